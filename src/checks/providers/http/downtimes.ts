import type { CheckState } from '../../rules.ts';
import type { ProviderContext } from '../kind.ts';
import {
  type DowntimeMark,
  type DowntimeState,
  downtimeComment,
  downtimeEnd,
  type Provider,
  readMark,
  removedByHand,
  type Target,
} from '../provider.ts';
import { switchEach } from '../requests.ts';
import type { DowntimeDescription } from './description.ts';
import { failing } from './failing.ts';
import { lookUp } from './pointer.ts';
import { readText, type System } from './system.ts';

/** A downtime of Lull's, with what it says of itself. */
interface Own {
  readonly id: string;
  /** The check that it lies over, by the system's id. */
  readonly check: string | undefined;
  readonly comment: string;
  readonly lies: boolean;
  readonly mark: DowntimeMark;
}

/**
 * A system of windows, described by its requests: one for each check, known again by what its comment says.
 * @param margin minutes; see `endOf`
 */
export function downtimes(
  system: System,
  description: DowntimeDescription,
  { publicUrl, now }: ProviderContext,
  margin: number,
): Provider {
  const { find, put, change, cancel, list, atOnce } = description;

  /** Lull's own by Lull's id of the check. */
  const findOwn = async (signal: AbortSignal): Promise<ReadonlyMap<string, readonly Own[]>> => {
    const own = new Map<string, Own[]>();
    for (const item of await system.items(find, signal)) {
      const id = readText(lookUp(item, find.id));
      const comment = lookUp(item, find.comment);
      const mark = typeof comment === 'string' ? readMark(comment, publicUrl) : undefined;
      if (id === undefined || typeof comment !== 'string' || mark === undefined) continue;
      const lies = find.lying.some((each) => each === lookUp(item, find.state));
      const each = { id, comment, mark, lies, check: readText(lookUp(item, find.check)) };
      own.set(mark.check, [...(own.get(mark.check) ?? []), each]);
    }
    return own;
  };

  const takeAway = async ({ id, mark }: Own, signal: AbortSignal): Promise<void> => {
    const until = (mark.ends ?? now()).toISOString();
    const comment = removedByHand(mark.check, publicUrl);
    // Said first: what is canceled without these words was canceled by a hand.
    await system.send(change, { downtime: id, until, comment }, signal);
    await system.send(cancel, { downtime: id }, signal);
  };

  const cover = async (check: DowntimeState, present: readonly Own[], signal: AbortSignal): Promise<void> => {
    const ends = downtimeEnd(check, now(), margin);
    const until = ends.toISOString();
    // A name after this sign is a person to be told, in a system that sends the comment along.
    const comment = downtimeComment(check, ends, publicUrl).replaceAll('@', '(at)');
    const kept = present.find((each) => each.mark.ends !== null && each.check === check.externalId);
    if (kept === undefined) await system.sendOnce(put, { check: check.externalId, until, comment }, signal);
    else if (kept.comment !== comment) await system.send(change, { downtime: kept.id, until, comment }, signal);
    for (const each of present) {
      if (each !== kept) await takeAway(each, signal);
    }
  };

  /** @param own of one check. One that has passed has left no trace that matters. */
  const stateOf = (own: readonly Own[]): CheckState | undefined => {
    if (own.some(({ lies, mark }) => lies && mark.ends !== null)) return 'off';
    const ends = own.map(({ mark }) => mark.ends?.getTime() ?? 0);
    return Math.max(0, ...ends) > now().getTime() ? 'on' : undefined;
  };

  const listed = list && ((signal: AbortSignal) => system.list(list, () => true, signal));

  return {
    form: 'downtime',
    ...(listed && { list: listed }),
    ...failing(system, description),
    async read(targets, signal) {
      const own = await findOwn(signal);
      return new Map(
        targets.flatMap(({ id }): [string, CheckState][] => {
          const state = stateOf(own.get(id) ?? []);
          return state === undefined ? [] : [[id, state]];
        }),
      );
    },
    async switchOff(targets, signal) {
      const own = await findOwn(signal);
      const lying = (id: string) => (own.get(id) ?? []).filter(({ lies }) => lies);
      return await switchEach(targets, signal, (check: DowntimeState) => cover(check, lying(check.id), signal), atOnce);
    },
    async switchOn(targets, signal) {
      const own = await findOwn(signal);
      const end = async ({ id }: Target) => {
        for (const each of own.get(id) ?? []) if (each.lies) await takeAway(each, signal);
      };
      return await switchEach(targets, signal, end, atOnce);
    },
  };
}
