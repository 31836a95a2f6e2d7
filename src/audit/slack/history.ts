import { z } from 'zod';
import { listServices } from '../../catalogue/services/repository.ts';
import { find } from '../../maintenance/commands/find.ts';
import type { Message } from '../../slack/blocks.ts';
import { about, type Entry, meant } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { countEvents, eventsOf } from '../repository.ts';
import { historyOf } from './history-lines.ts';

export const historyQuery = z.object({ of: z.literal('history'), id: z.number(), page: z.number().int().min(1) });
export type HistoryQuery = z.infer<typeof historyQuery>;

export const history: readonly Entry[] = [
  {
    form: about('history'),
    run: async (context, person, [ref]) => {
      const { id } = await meant(context, person, ref);
      return historyPage(context, person, { of: 'history', id, page: 1 });
    },
  },
];

/** What happened to a maintenance: who, from where, with the values before and after. */
export async function historyPage({ ground }: SlackContext, person: Person, query: HistoryQuery): Promise<Message> {
  const maintenance = await find(ground, person.actor, query.id);
  const { accountId } = person.actor;
  const total = await countEvents(ground.database, accountId, maintenance.id);
  const page = Math.min(query.page, lastPage(total));
  const window = { limit: PAGE, offset: (page - 1) * PAGE };
  const events = await eventsOf(ground.database, accountId, maintenance.id, window);
  const services = await listServices(ground.database, accountId, { ids: servicesIn(events), removed: true });
  const reading = { zone: person.timezone, services: new Map(services.map(({ id, name }) => [id, name])) };
  return historyOf(maintenance, events, reading, { page, total });
}

const withServices = z.object({ services: z.array(z.number()) });

/** The services that the records speak of. */
export function servicesIn(events: readonly { readonly before: unknown; readonly after: unknown }[]): number[] {
  const ids = events.flatMap(({ before, after }) =>
    [before, after].flatMap((values) => withServices.safeParse(values).data?.services ?? []),
  );
  return [...new Set(ids)];
}
