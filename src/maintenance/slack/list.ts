import { z } from 'zod';
import { approvalRemark } from '../../approvals/slack/messages.ts';
import { getPlace } from '../../catalogue/slack/places.ts';
import { authorize } from '../../core/permissions.ts';
import { successMessage } from '../../slack/answers.ts';
import { formatNames, type Message, quote } from '../../slack/blocks.ts';
import type { Entry, Run } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE, pagedMessage, pagePosition } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { EXAMPLE } from '../../texts/slack-help.ts';
import {
  countMaintenances,
  listMaintenances,
  type Maintenance,
  type MaintenanceFilter,
} from '../repository/maintenances.ts';
import { heading, localTimes } from './announcement.ts';

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

export const listCommand: readonly Entry[] = [
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
  const { kind: placeKind, id, name } = await getPlace(context, person, place);
  return listPage(context, person, { ...query, name, ...(placeKind === 'service' ? { service: id } : { scope: id }) });
};

/** One page of the maintenances that were asked for; past the last one, the last. */
export async function listPage({ ctx }: SlackContext, person: Person, query: ListQuery): Promise<Message> {
  authorize(person.actor, 'read');
  const { accountId, id } = person.actor;
  const filter: MaintenanceFilter = {
    statuses: STATUSES[query.kind],
    ...(query.service === undefined ? {} : { services: [query.service] }),
    ...(query.scope === undefined ? {} : { scopes: [query.scope] }),
    ...(query.kind === 'mine' ? { owner: id } : {}),
  };
  const total = await countMaintenances(ctx.database, accountId, filter);
  const page = Math.min(query.page, lastPage(total));
  const shown = await listMaintenances(ctx.database, accountId, filter, {
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
    newestFirst: query.kind === 'past',
  });
  return listMessage(shown, { ...query, page, total });
}

interface Listed {
  readonly of: 'list';
  readonly kind: 'open' | 'upcoming' | 'active' | 'past' | 'mine';
  readonly service?: number | undefined;
  readonly scope?: number | undefined;
  /** What the service or scope is called. */
  readonly name?: string | undefined;
  readonly page: number;
  readonly total: number;
}

const NOTHING: Record<Listed['kind'], string> = {
  open: 'Nothing is on and nothing is planned',
  upcoming: 'Nothing is planned',
  active: 'Nothing is on',
  past: 'Nothing has ended yet',
  mine: 'You have nothing on and nothing planned',
};

const TITLES: Record<Listed['kind'], string> = {
  open: 'on or planned',
  upcoming: 'planned',
  active: 'on now',
  past: 'over',
  mine: 'of yours, on or planned',
};

/** One page of maintenances, each with its number, in the reader's own zone. */
export function listMessage(shown: readonly Maintenance[], { total, page, ...query }: Listed): Message {
  const place = query.name === undefined ? '' : ` for ${quote(query.name, 100)}`;
  if (shown.length === 0) return successMessage(`${NOTHING[query.kind]}${place}. To plan something: \`${EXAMPLE}\``);
  return pagedMessage({
    title: `${total} ${total === 1 ? 'maintenance' : 'maintenances'} ${TITLES[query.kind]}${place}`,
    lines: shown.map(lineOf),
    total,
    page,
    valueFor: (other) => JSON.stringify({ ...query, ...pagePosition(query), page: other }),
  });
}

function lineOf(maintenance: Maintenance): string {
  const services = formatNames(
    maintenance.services.map((service) => service.name),
    100,
  );
  const when = [localTimes(maintenance), ...approvalRemark(maintenance)].join(', ');
  return `*${maintenance.id}*  ${heading(maintenance)}: ${quote(maintenance.name, 80)}${services === '' ? '' : ` (${services})`}\n${when}`;
}
