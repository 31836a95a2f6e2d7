import { DEFAULT_MARGIN_MINUTES, downtimeProvider, type OwnDowntime, readMark } from '../downtimes.ts';
import type { Provider, ProviderContext } from '../provider.ts';
import type { DowntimeDescription } from './description.ts';
import { DEFAULT_CONCURRENCY, type System } from './system.ts';
import { lookUp, readText } from './template.ts';

interface Downtime extends OwnDowntime {
  readonly id: string;
  /** The external id of its check. */
  readonly externalId: string | undefined;
}

/** A system with downtimes for checks. */
export function downtimes(system: System, description: DowntimeDescription, context: ProviderContext): Provider {
  const { find, create, change, cancel, list, concurrency = DEFAULT_CONCURRENCY } = description;
  // In comments that are sent to people, a name after this character would notify somebody.
  const toText = (comment: string) => comment.replaceAll('@', '(at)');
  const provider = downtimeProvider<Downtime>(
    {
      async list(signal) {
        return (await system.items(find, signal)).flatMap((item): Downtime[] => {
          const id = readText(lookUp(item, find.id));
          const comment = lookUp(item, find.comment);
          const mark = typeof comment === 'string' ? readMark(comment, context.publicUrl) : undefined;
          if (id === undefined || typeof comment !== 'string' || mark === undefined) return [];
          const inForce = find.inForce.includes(lookUp(item, find.state));
          return [{ id, comment, mark, inForce, externalId: readText(lookUp(item, find.check)) }];
        });
      },
      covers: (downtime, externalId) => downtime.externalId === externalId,
      removedByHand: (own) => own.some(({ mark }) => mark.ends !== null && mark.ends > context.now()),
      async save({ externalId: check }, existing, values, signal) {
        const [until, comment] = [values.ends.toISOString(), toText(values.comment)];
        if (existing === undefined) await system.send(create, { check, until, comment }, signal, 'sendOnce');
        else if (existing.comment !== comment)
          await system.send(change, { downtime: existing.id, until, comment }, signal);
      },
      async remove({ id: downtime, mark }, comment, signal) {
        const until = (mark.ends ?? context.now()).toISOString();
        await system.send(change, { downtime, until, comment }, signal);
        await system.send(cancel, { downtime }, signal);
      },
    },
    context,
    { marginMinutes: DEFAULT_MARGIN_MINUTES, concurrency },
  );
  return {
    ...provider,
    ...(list && { list: (signal) => system.list(list, () => true, signal) }),
    ...system.failing(description),
  };
}
