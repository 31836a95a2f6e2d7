import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { listServices } from '../../catalogue/services/repository.ts';
import { getMaintenance, resolveMaintenance } from '../../maintenance/commands/find.ts';
import { MAINTENANCE_FIELDS } from '../../maintenance/fields.ts';
import { SERIES_FIELDS } from '../../series/fields.ts';
import { formatNames, type Message, mentionPerson, quote, truncateBlocks } from '../../slack/blocks.ts';
import { type Entry, subcommand } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE, pagedMessage } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { formatInstant } from '../../slack/time.ts';
import { historyMessages as texts } from '../../texts/slack-messages.ts';
import type { RecordedEvent } from '../events.ts';
import { countEvents, listEvents } from '../repository.ts';

export const historyQuery = z.object({ of: z.literal('history'), id: z.number(), page: z.number().int().min(1) });

export const history: readonly Entry[] = [
  {
    form: subcommand('history'),
    run: async (context, person, [ref]) => {
      const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
      return historyPage(context, person, { of: 'history', id, page: 1 });
    },
  },
];

export async function historyPage(
  { ctx }: SlackContext,
  { actor, timezone }: Person,
  query: z.infer<typeof historyQuery>,
): Promise<Message> {
  const maintenance = await getMaintenance(ctx, actor, query.id);
  const total = await countEvents(ctx.database, actor.accountId, maintenance.id);
  const page = Math.min(query.page, lastPage(total));
  const window = { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
  const events = await listEvents(ctx.database, actor.accountId, maintenance.id, window);
  const services = await listServices(ctx.database, actor.accountId, { ids: listServicesIn(events), removed: true });
  const reader = { zone: timezone, services: new Map(services.map(({ id, name }) => [id, name])) };
  return historyMessage(maintenance, events, reader, { page, total });
}

/** The ids of the services in what events changed. */
export function listServicesIn(events: readonly RecordedEvent[]): number[] {
  const ids = events.flatMap(({ before = {}, after = {} }) =>
    [before, after].flatMap((values) => ('services' in values ? (values.services ?? []) : [])),
  );
  return [...new Set(ids)];
}

/** The labels of fields. A field that is not listed is shown under its own name. */
const LABELS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values({ ...MAINTENANCE_FIELDS, ...SERIES_FIELDS }).map((each) => [each.name, each.label]),
  ),
  ...texts.labels,
};

/** Shown first; the database keeps no order. */
const FIRST = ['name', 'status', 'start_date', 'end_date', 'ends_at', 'scheduled_start_date', 'scheduled_end_date'];
const positionOf = (field: string) => (FIRST.includes(field) ? FIRST.indexOf(field) : FIRST.length);

/** For whom values are shown: their IANA zone, and the names of services by id. */
export interface ReaderContext {
  readonly zone: string;
  readonly services: ReadonlyMap<number, string>;
}

/** One page of the history of a maintenance, the newest event first. */
export function historyMessage(
  { id, name }: { readonly id: number; readonly name: string },
  events: readonly RecordedEvent[],
  reader: ReaderContext,
  { page, total }: { page: number; total: number },
): Message {
  return pagedMessage({
    title: texts.title(id, quote(name, 100), reader.zone),
    lines: events.map((event) => eventLine(event, reader)),
    page,
    total,
    valueFor: (other) => JSON.stringify({ of: 'history', id, page: other }),
  });
}

/** An event on a line: when, who, what. At most 480 characters of mrkdwn. */
export function eventLine(event: RecordedEvent, reader: ReaderContext): string {
  const { at, actor, type, internal } = event;
  const action = texts.action(type, actor.source === 'http', internal);
  const line = `*${formatInstant(at, reader.zone)}*  ${mentionPerson(actor)} ${action}`;
  const changes = describeChanges(event, reader);
  return truncateBlocks(changes.length === 0 ? line : `${line}: ${changes.join('; ')}`, 480);
}

/** "end: 04:00, was 03:00" for each changed field. An end that moves the plan too is shown once. */
function describeChanges({ before = {}, after = {} }: RecordedEvent, reader: ReaderContext): string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  const endsAt = 'ends_at' in after ? after.ends_at : undefined;
  return Object.entries<unknown>(after)
    .sort(([one], [other]) => positionOf(one) - positionOf(other))
    .filter(([field, value]) => field !== 'scheduled_end_date' || value !== endsAt)
    .filter(([field, now]) => (old.has(field) ? !isDeepStrictEqual(now, old.get(field)) : isInformative(field, now)))
    .map(([field, value]) => {
      const was = old.has(field) ? texts.was(formatValue(field, old.get(field), reader)) : '';
      return `${fieldLabel(field)} ${formatValue(field, value, reader)}${was}`;
    });
}

export const fieldLabel = (field: string) => LABELS[field] ?? field.replaceAll('_', ' ');

/** A recorded value in mrkdwn. */
export function formatValue(field: string, value: unknown, { zone, services }: ReaderContext, most = 120): string {
  if (isEmpty(value)) return field === 'checks' && value === null ? texts.checksOfServices : texts.none;
  if (Array.isArray(value)) {
    const items = value.map((item) => {
      if (field === 'services' && typeof item === 'number') return services.get(item) ?? texts.service(item);
      return typeof item === 'object' ? JSON.stringify(item) : String(item);
    });
    return formatNames(items, most);
  }
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T.*Z$/.test(value)) return formatInstant(new Date(value), zone);
  if (typeof value === 'boolean') return value ? texts.yes : texts.no;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return quote((field === 'status' ? texts.statuses[text] : undefined) ?? text, most);
}

/** Whether a value that has no earlier one says more than the line without it. */
const isInformative = (field: string, value: unknown) =>
  !isEmpty(value) && value !== false && field !== 'internal' && !(field === 'late_by_minutes' && value === 0);

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
