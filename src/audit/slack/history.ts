import { z } from 'zod';
import { listServices } from '../../catalogue/services/repository.ts';
import { getMaintenance } from '../../maintenance/commands/find.ts';
import { resolveMaintenance } from '../../maintenance/slack/resolve.ts';
import type { Message } from '../../slack/blocks.ts';
import { type Entry, subcommand } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import type { RecordedEvent } from '../events.ts';
import { countEvents, listEvents } from '../repository.ts';
import { historyMessage } from './history-lines.ts';

export const historyQuery = z.object({ of: z.literal('history'), id: z.number(), page: z.number().int().min(1) });
export type HistoryQuery = z.infer<typeof historyQuery>;

export const history: readonly Entry[] = [
  {
    form: subcommand('history'),
    run: async (context, person, [ref]) => {
      const { id } = await resolveMaintenance(context, person, ref);
      return historyPage(context, person, { of: 'history', id, page: 1 });
    },
  },
];

/** What happened to a maintenance: who, from where, with the values before and after. */
export async function historyPage({ ctx }: SlackContext, person: Person, query: HistoryQuery): Promise<Message> {
  const maintenance = await getMaintenance(ctx, person.actor, query.id);
  const { accountId } = person.actor;
  const total = await countEvents(ctx.database, accountId, maintenance.id);
  const page = Math.min(query.page, lastPage(total));
  const window = { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
  const events = await listEvents(ctx.database, accountId, maintenance.id, window);
  const services = await listServices(ctx.database, accountId, { ids: listServicesIn(events), removed: true });
  const reading = { zone: person.timezone, services: new Map(services.map(({ id, name }) => [id, name])) };
  return historyMessage(maintenance, events, reading, { page, total });
}

/** The services that changes of these events name, by their ids. */
export function listServicesIn(events: readonly RecordedEvent[]): number[] {
  const ids = events.flatMap(({ before = {}, after = {} }) =>
    [before, after].flatMap((values) => ('services' in values ? (values.services ?? []) : [])),
  );
  return [...new Set(ids)];
}
