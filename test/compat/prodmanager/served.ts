import { expect } from 'vitest';
import { addScope } from '../../../src/catalogue/scopes/commands.ts';
import { addService } from '../../../src/catalogue/services/commands.ts';
import type { Status } from '../../../src/maintenance/rules/status.ts';
import { ADMIN_TOKEN, startTestServer } from '../../http/served.ts';
import { hours, minutes } from '../../world.ts';
import { type Answer, Client, exchange, formOf, type Resource, type Values } from './client.ts';

/** Starts Lull with two scopes and two services, and what creates maintenances in them over this interface. */
export async function startProdManager() {
  const server = await startTestServer();
  const { ctx, lull, clock } = server;
  const client = new Client(server, ADMIN_TOKEN);
  const first = {
    scope: (await addScope(ctx, lull, { name: 'Production' })).id,
    service: (await server.service('api', ['GET /health'])).id,
  };
  const other = {
    scope: (await addScope(ctx, lull, { name: 'Staging' })).id,
    service: (await addService(ctx, lull, { name: 'web', scopeId: null })).id,
  };
  /** A date that many milliseconds from now. */
  const date = (milliseconds: number) => toDate(new Date(clock.now().getTime() + milliseconds));
  const required = (): Values => ({
    ...first,
    name: 'Postgres upgrade',
    service_status: 'degraded',
    scheduled_start_date: date(hours(1)),
    scheduled_end_date: date(hours(3)),
  });
  const optional = { description: 'To 18', external_reference: 'CHG-1', external_link: 'https://a.example/1' };
  const create = (more: Values = {}) => client.create('maintenance', { ...required(), ...optional, ...more });
  const update = (resource: Resource, more: Values) => client.update('maintenance', resource, more);

  return {
    ...server,
    client,
    /** Without a token. */
    anonymous: new Client(server),
    /** A scope and a service that has a check. */
    first,
    other,
    date,
    /** Values of all attributes, in an hour and two hours long. */
    required,
    optional,
    create,
    /** Sends the whole object back, with changes. */
    update,
    get: (id: number) => client.get('maintenance', id),
    /** Sends the whole object back, with changes, and does not mind a failure. */
    tryUpdate: (resource: Resource, more: Values, token = ADMIN_TOKEN) =>
      exchange(server, token, 'POST', `/api/maintenance/${resource.id}/update`, formOf({ ...resource, ...more })),
    /** A maintenance that came to its status as usual. */
    async createWith(status: Status, more: Values = {}): Promise<Resource> {
      const scheduled = await create(more);
      if (status === 'scheduled') return scheduled;
      if (status === 'canceled') return update(scheduled, { status });
      const started = await update(scheduled, { status: 'in-progress' });
      return status === 'in-progress' ? started : update(started, { status });
    },
    /** The row in the database, by the names of the interface. */
    async stored(id: number): Promise<Values> {
      const found = await ctx.database.maintenance.findUniqueOrThrow({ where: { id }, include: { services: true } });
      return {
        scope: found.scopeId,
        service: found.services[0]?.serviceId,
        name: found.name,
        description: found.description || null,
        external_reference: found.externalReference,
        external_link: found.externalLink,
        service_status: found.serviceStatus,
        status: found.status,
        scheduled_start_date: toDate(found.scheduledStart),
        scheduled_end_date: toDate(found.scheduledEnd),
        start_date: found.startedAt && toDate(found.startedAt),
        end_date: found.endedAt && toDate(found.endedAt),
      };
    },
    links: ({ id, scope, service }: Values) => ({
      calendar: `${server.url}/api/maintenance/${id}/calendar`,
      scope: `${server.url}/api/scope/${scope}`,
      self: `${server.url}/api/maintenance/${id}`,
      service: `${server.url}/api/service/${service}`,
    }),
    wait: (milliseconds: number) => clock.moveTo(new Date(clock.now().getTime() + milliseconds)),
    /** Deletes all maintenances and begins a minute, as dates have no seconds. */
    async reset(): Promise<void> {
      clock.moveTo(new Date(Math.ceil(clock.now().getTime() / minutes(1)) * minutes(1)));
      await ctx.database.mute.deleteMany();
      await ctx.database.maintenance.deleteMany();
    },
  };
}
export type ProdManager = Awaited<ReturnType<typeof startProdManager>>;

export const toDate = (instant: Date) => instant.toISOString().slice(0, 16);

interface Event {
  readonly content: string;
  readonly creation_date: string;
  readonly internal: boolean;
  readonly type: 'create' | 'update' | 'comment';
}

/** The newest is first. */
export const eventsOf = (resource: Resource) => resource.events as readonly Event[];

/** Changes in the events since `before`: of each field the old and the new value. */
export function changesSince(before: Resource, after: Resource): Record<string, unknown> {
  const added = eventsOf(after).slice(0, eventsOf(after).length - eventsOf(before).length);
  for (const event of added) expect(event).toMatchObject({ internal: true, type: 'update' });
  const changes = added.map(({ content }): Record<string, unknown> => JSON.parse(content));
  // No field changes in two of them.
  const fields = changes.flatMap((each) => Object.keys(each));
  expect(fields).toEqual([...new Set(fields)]);
  return Object.assign({}, ...changes);
}

/** How an event writes a change of a field. */
export function change(field: string, from: unknown, to: unknown): Record<string, unknown> {
  const isEnum = field === 'status' || field === 'service_status';
  const written = (value: unknown) => (isEnum ? String(value).toUpperCase().replace('-', '_') : value);
  const name = field === 'scope' || field === 'service' ? `${field}_id` : field;
  return { [name]: [written(from), written(to)] };
}

export const MISSING = ['This field is required.'];

/** Expects a 400 with a reason for each of these fields, and for no other. */
export function expectRefused({ status, body }: Answer, operation: string, ...fields: readonly string[]): void {
  const reasons = Object.fromEntries(fields.map((field) => [field, [expect.stringMatching(/./)]]));
  expect({ status, body }).toEqual({ status: 400, body: { message: `Maintenance ${operation} failed`, reasons } });
}
