import { createRoute, z } from '@hono/zod-openapi';
import { authorize } from '../core/permissions.ts';
import type { TimelineEvent } from '../delivery/announcements.ts';
import { byText, listing, pageSchema } from '../http/paging.ts';
import { type Api, failures, jsonResponse, resolveZone, security } from '../http/route.ts';
import { id, idInPath, idInQuery, many, moment, timezone, toInstant, utc, utcText } from '../http/schemas.ts';
import { visibleMaintenance } from '../maintenance/http/maintenances.ts';
import { type AuditRow, listEventsPage, searchAudit } from './repository.ts';

const auditListing = listing<AuditRow, 'id', number, number>({
  orders: { id: 'id' },
  newestFirst: true,
  value: { write: String, read: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : undefined) },
  id: z.int(),
  valueOf: (row) => row.id,
  idOf: (row) => row.id,
});

const word = z.string({ error: 'Expected a text.' });

const auditQuery = z.strictObject({
  action: many(word).openapi({ description: 'Such as `schedule`, `cancel`, `make-token`.' }),
  actor: many(word).openapi({ description: 'Who did it: a Slack user id, `token:5`, `admin-token`, or `lull`.' }),
  maintenance: many(idInQuery).openapi({ description: 'Ids of maintenances.' }),
  subject: many(word).openapi({ description: 'What else it was about, such as `service:4`.' }),
  after: moment.optional(),
  before: moment.optional(),
  timezone: timezone.optional().openapi({ description: 'Of times without an offset.' }),
  ...auditListing.query,
});

const values = z.record(z.string(), z.unknown()).nullable();

const auditOut = z
  .object({
    id,
    date: utcText,
    actor: z.object({ id: z.string(), name: z.string(), source: z.string() }),
    action: z.string(),
    maintenance: id.nullable(),
    subject: z.string().nullable(),
    internal: z.boolean(),
    before: values.openapi({ description: 'The fields that changed, as they were.' }),
    after: values.openapi({ description: 'The fields that changed, as they became.' }),
  })
  .openapi('AuditEvent');

const fields = z.record(z.string(), z.unknown()).nullable().catch(null);

function toAudit(row: AuditRow): z.infer<typeof auditOut> {
  return {
    id: row.id,
    date: utc(row.at),
    actor: { id: row.actorId, name: row.actorName, source: row.source },
    action: row.action,
    maintenance: row.maintenanceId,
    subject: row.subject,
    internal: row.internal,
    before: fields.parse(row.before),
    after: fields.parse(row.after),
  };
}

export function audit(api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/audit',
      operationId: 'listAudit',
      summary: 'Who did what, from where, with the values before and after; for admins',
      description: 'A parameter that comes several times means "or"; different ones mean "and".',
      tags: ['audit'],
      security,
      request: { query: auditQuery },
      responses: { 200: jsonResponse('A page of it, the newest first.', pageSchema(auditOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      authorize(actor, 'read-audit');
      const query = c.req.valid('query');
      const page = auditListing.page(c, query);
      const zone = await resolveZone(c, query.timezone);
      const at = (said: typeof query.after) => (said === undefined ? undefined : toInstant(said, zone));
      const found = await searchAudit(
        c.get('ctx').database,
        actor.accountId,
        {
          actions: query.action,
          actors: query.actor,
          maintenances: query.maintenance,
          subjects: query.subject,
          after: at(query.after),
          before: at(query.before),
        },
        auditListing.oneMore(page),
      );
      return c.json(auditListing.answer(c, found, page, toAudit), 200);
    },
  );
}

const changedFields = z.record(z.string(), z.unknown()).nullable();

const eventOut = z
  .object({
    id,
    at: utcText,
    actor: z.string().openapi({ example: 'Ana' }),
    source: z.string().openapi({ example: 'slack' }),
    action: z.string().openapi({ example: 'extend' }),
    internal: z.boolean().openapi({ description: 'Not told in public channels.' }),
    before: changedFields.openapi({ description: 'What changed, as it was.' }),
    after: changedFields.openapi({ description: 'What changed, as it was from then on.' }),
  })
  .openapi('Event');

function toEvent(event: TimelineEvent): z.infer<typeof eventOut> {
  return {
    id: event.id,
    at: utc(event.at),
    actor: event.actor.name,
    source: event.actor.source,
    action: event.action,
    internal: event.internal,
    before: changedFields.parse(event.before),
    after: changedFields.parse(event.after),
  };
}

const list = listing<TimelineEvent, 'id', string, number>({
  orders: { id: 'id' },
  value: byText,
  id: z.int(),
  valueOf: ({ id }) => String(id),
  idOf: ({ id }) => id,
});

export function history(api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances/{id}/history',
      operationId: 'listHistory',
      summary: 'Who did what to a maintenance, and when; oldest first',
      tags: ['maintenances'],
      security,
      request: { params: idInPath, query: z.strictObject(list.query) },
      responses: { 200: jsonResponse('A page of it.', pageSchema(eventOut)), ...failures },
    }),
    async (c) => {
      authorize(c.get('actor'), 'read');
      const { maintenance } = await visibleMaintenance(c, c.req.valid('param').id);
      const page = list.page(c, c.req.valid('query'));
      const { database } = c.get('ctx');
      const found = await listEventsPage(database, maintenance.accountId, maintenance.id, list.oneMore(page));
      return c.json(list.answer(c, found, page, toEvent), 200);
    },
  );
}
