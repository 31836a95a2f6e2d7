import { z } from 'zod';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { countMaintenances, listMaintenances, type MaintenanceFilter } from '../../store/maintenance-list.ts';
import type { SlackContext } from '../context.ts';
import { listed } from '../messages/list.ts';
import type { Message } from '../messages/message.ts';
import { lastPage, PAGE } from '../messages/paged.ts';
import type { Person } from '../people.ts';
import type { Entry, Run } from './command.ts';
import { mustBeNamed } from './places.ts';

const KINDS = ['open', 'upcoming', 'active', 'past', 'mine'] as const;

export const listQuery = z.object({
  of: z.literal('list'),
  kind: z.enum(KINDS),
  service: z.number().optional(),
  scope: z.number().optional(),
  /** What the service or scope is called. */
  name: z.string().optional(),
  page: z.number().int().min(1),
});
export type ListQuery = z.infer<typeof listQuery>;

const STATUSES = {
  open: ['scheduled', 'in-progress'],
  upcoming: ['scheduled'],
  active: ['in-progress'],
  past: ['succeed', 'failed', 'canceled'],
  mine: ['scheduled', 'in-progress'],
} as const;

export const lists: readonly Entry[] = [
  { form: /^list$/i, run: (...asked) => list(...asked) },
  { form: /^list(?:\s+(upcoming|active|past|mine))(?:\s+(.+?))??(?:\s+(\d+))?$/i, run: (...asked) => list(...asked) },
  { form: /^list()\s+(.+?)(?:\s+(\d+))?$/i, run: (...asked) => list(...asked) },
];

const list: Run = async (context, person, [said, place, page]) => {
  const kind = KINDS.find((each) => each === said?.toLowerCase()) ?? 'open';
  // A number alone is a page, unless a service is called so.
  const onlyPage = place !== undefined && page === undefined && /^\d{1,4}$/.test(place);
  const query = { of: 'list', kind, page: Math.max(1, Number(onlyPage ? place : (page ?? 1))) } as const;
  if (place === undefined || onlyPage) return listPage(context, person, query);
  const { kind: placeKind, id, name } = await mustBeNamed(context, person, place);
  return listPage(context, person, { ...query, name, ...(placeKind === 'service' ? { service: id } : { scope: id }) });
};

/** One page of the maintenances that were asked for; past the last one, the last. */
export async function listPage({ ground }: SlackContext, person: Person, query: ListQuery): Promise<Message> {
  mustBeAllowed(person.actor, 'read');
  const { accountId, id } = person.actor;
  const filter: MaintenanceFilter = {
    statuses: STATUSES[query.kind],
    ...(query.service === undefined ? {} : { services: [query.service] }),
    ...(query.scope === undefined ? {} : { touchingScope: query.scope }),
    ...(query.kind === 'mine' ? { owner: id } : {}),
  };
  const total = await countMaintenances(ground.database, accountId, filter);
  const page = Math.min(query.page, lastPage(total));
  const shown = await listMaintenances(ground.database, accountId, filter, {
    limit: PAGE,
    offset: (page - 1) * PAGE,
    newestFirst: query.kind === 'past',
  });
  return listed(shown, { ...query, page, total });
}
