import { z } from 'zod';
import { approvalRemark } from '../../approvals/slack/messages.ts';
import { getPlace } from '../../catalogue/slack/places.ts';
import { authorize } from '../../core/permissions.ts';
import { type Message, quote, successMessage } from '../../slack/blocks.ts';
import type { Entry, Run } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE, pagedMessage, pagePosition } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { EXAMPLE } from '../../texts/slack-help.ts';
import { maintenanceMessages } from '../../texts/slack-messages.ts';
import { countMaintenances, listMaintenances } from '../repository/list.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { OPEN_STATUSES } from '../rules/status.ts';
import { heading, listServiceNames, localTimes } from './announcement.ts';

const texts = maintenanceMessages.list;

const STATUSES = {
  open: OPEN_STATUSES,
  upcoming: ['scheduled'],
  active: ['in-progress'],
  past: ['succeed', 'failed', 'canceled'],
  mine: OPEN_STATUSES,
} as const;
const kind = z.enum(['open', 'upcoming', 'active', 'past', 'mine']);

export const listQuery = z.object({
  of: z.literal('list'),
  kind,
  service: z.number().optional(),
  scope: z.number().optional(),
  name: z.string().optional(),
  page: z.number().int().min(1),
});
type ListQuery = z.infer<typeof listQuery>;

const list: Run = async (context, person, [kindWord, placeName, pageWord]) => {
  // A number alone is a page, unless a service has this name.
  const onlyPage = placeName !== undefined && pageWord === undefined && /^\d{1,4}$/.test(placeName);
  const page = Math.max(1, Number(onlyPage ? placeName : (pageWord ?? 1)));
  const query = { of: 'list', kind: kind.safeParse(kindWord?.toLowerCase()).data ?? 'open', page } as const;
  if (placeName === undefined || onlyPage) return listPage(context, person, query);
  const { kind: placeKind, id, name } = await getPlace(context, person, placeName);
  return listPage(context, person, { ...query, name, [placeKind]: id });
};

export const listCommand: readonly Entry[] = [
  { form: /^list$/i, run: list },
  { form: /^list(?:\s+(upcoming|active|past|mine))(?:\s+(.+?))??(?:\s+(\d+))?$/i, run: list },
  { form: /^list()\s+(.+?)(?:\s+(\d+))?$/i, run: list },
];

/** One page of maintenances; past the last one, the last. */
export async function listPage({ ctx }: SlackContext, { actor }: Person, query: ListQuery): Promise<Message> {
  authorize(actor, 'read');
  const { accountId, id } = actor;
  const filter = {
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

export function listMessage(
  shown: readonly Maintenance[],
  { total, page, ...query }: ListQuery & { readonly total: number },
): Message {
  const place = query.name === undefined ? '' : quote(query.name, 100);
  if (shown.length === 0) return successMessage(texts.none(query.kind, place, EXAMPLE));
  return pagedMessage({
    title: texts.title(total, query.kind, place),
    lines: shown.map((maintenance) => {
      const services = listServiceNames(maintenance, 100);
      const when = [localTimes(maintenance), ...approvalRemark(maintenance)].join(', ');
      return texts.line(maintenance.id, heading(maintenance), quote(maintenance.name, 80), services, when);
    }),
    total,
    page,
    valueFor: (other) => JSON.stringify({ ...query, ...pagePosition(query), page: other }),
  });
}
