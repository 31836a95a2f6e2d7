import { z } from '@hono/zod-openapi';
import { SUBJECT_KINDS } from '../core/events.ts';
import { utc } from '../core/time.ts';
import { listing, listingById, paged } from '../http/paging.ts';
import { type Api, type NamedOptions, resolveZone } from '../http/route.ts';
import { outputMapper } from '../http/rows.ts';
import {
  id,
  idInPath,
  idInQuery,
  many,
  moment,
  oneOf,
  searchWord,
  timezone,
  toInstant,
  utcText,
} from '../http/schemas.ts';
import { assertVisible } from '../maintenance/http/maintenances.ts';
import { auditFieldTexts, commonFieldTexts } from '../texts/openapi.ts';
import { EVENT_TYPES, type RecordedEvent, TIMELINE_EVENT_TYPES, type TimelineEvent } from './events.ts';
import { listEventsPage, searchAudit } from './repository.ts';

const auditListing = listing<RecordedEvent, 'id', number, number>({
  orders: { id: 'id' },
  newestFirst: true,
  value: { write: String, read: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : undefined) },
  id: z.int(),
  valueOf: (row) => row.id,
  idOf: (row) => row.id,
});

const EXPECTED_SUBJECT = `Expected one of ${SUBJECT_KINDS.join(', ')}, a colon and an id, such as service:4.`;
const subjectText = z
  .string({ error: EXPECTED_SUBJECT })
  .transform((text, context) => {
    const kind = SUBJECT_KINDS.find((each) => text.startsWith(`${each}:`));
    if (kind !== undefined) return { kind, id: text.slice(kind.length + 1) };
    context.addIssue({ code: 'custom', message: EXPECTED_SUBJECT });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: 'service:4' });

const auditQuery = z.strictObject({
  type: many(oneOf(EVENT_TYPES)).describe(auditFieldTexts.type),
  actor: many(searchWord).describe(auditFieldTexts.actor),
  maintenance: many(idInQuery).describe(auditFieldTexts.maintenance),
  subject: many(subjectText).describe(auditFieldTexts.subject),
  after: moment.optional(),
  before: moment.optional(),
  timezone: timezone.optional().describe(commonFieldTexts.zoneOfTimes),
  ...auditListing.params,
});

/** The changed fields of an event. */
const values = z.record(z.string(), z.unknown()).nullable();
const changes = { before: values.describe(auditFieldTexts.before), after: values.describe(auditFieldTexts.after) };

const auditOut = z
  .object({
    id,
    date: utcText,
    actor: z.object({ id: z.string(), name: z.string(), source: z.string() }),
    type: z.enum(EVENT_TYPES),
    maintenance: id.nullable(),
    subject: z.string().nullable(),
    internal: z.boolean(),
    ...changes,
  })
  .openapi('AuditEvent');

const changesOut = ({ before, after }: Pick<RecordedEvent, 'before' | 'after'>) => ({
  before: before === undefined ? null : { ...before },
  after: after === undefined ? null : { ...after },
});

const toAudit = outputMapper(auditOut, ({ at, actor, maintenanceId, subject, ...event }: RecordedEvent) => ({
  date: utc(at),
  actor,
  maintenance: maintenanceId ?? null,
  subject: subject === undefined ? null : `${subject.kind}:${subject.id}`,
  ...changesOut(event),
}));

const eventOut = z
  .object({
    id,
    at: utcText,
    actor: z.string().openapi({ example: 'Ana' }),
    source: z.string().openapi({ example: 'slack' }),
    type: z.enum(TIMELINE_EVENT_TYPES),
    internal: z.boolean().describe(auditFieldTexts.internal),
    ...changes,
  })
  .openapi('Event');

const toEvent = outputMapper(eventOut, ({ actor, ...event }: TimelineEvent) => ({
  actor: actor.name,
  source: actor.source,
  ...changesOut(event),
}));

export function audit(api: Api): void {
  const item = { item: auditOut, toItem: toAudit };
  const options = {
    ...item,
    list: auditListing,
    permission: 'read-audit',
    query: auditQuery,
  } as const satisfies NamedOptions;
  paged(api, 'listAudit', 'get /audit', options, async (call, page) => {
    const { type: types, actor: actors, maintenance: maintenances, subject: subjects, ...times } = call.query;
    const zone = await resolveZone(call, times.timezone);
    const period = { after: toInstant(times.after, zone), before: toInstant(times.before, zone) };
    return searchAudit(call.db, call.accountId, { types, actors, maintenances, subjects, ...period }, page);
  });
}

export function history(api: Api): void {
  const list = listingById<TimelineEvent>();
  const query = z.strictObject(list.params);
  const options = {
    list,
    permission: 'read',
    item: eventOut,
    toItem: toEvent,
    params: idInPath,
    query,
  } as const satisfies NamedOptions;
  paged(api, 'listHistory', 'get /maintenances/{id}/history', options, async (call, page) => {
    await assertVisible(call, call.params.id);
    return listEventsPage(call.db, call.accountId, call.params.id, page);
  });
}
