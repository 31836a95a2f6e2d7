import { comment } from '../../comments/commands.ts';
import { type Actor, toReader } from '../../core/permissions.ts';
import { deleteMaintenance } from '../../maintenance/commands/finish.ts';
import { schedule } from '../../maintenance/commands/schedule.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import {
  countMatching,
  findVisible,
  type MaintenanceSearch,
  searchMaintenances,
} from '../../maintenance/repository/search.ts';
import { SERVICE_STATUSES, STATUSES } from '../../maintenance/rules/status.ts';
import { viewFor } from '../../maintenance/rules/visibility.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { readTimelines } from '../../status-page/timeline-repository.ts';
import { type DocumentOptions, maintenanceDocument, SHOWN_EVENTS } from './documents.ts';
import { Failure, type Reasons } from './failure.ts';
import { Fields, parseInstant } from './fields.ts';
import type { Form } from './form.ts';
import type { PageRequest } from './paging.ts';

/** Who asks, and how they are answered. */
export interface RequestContext extends DocumentOptions {
  readonly ctx: ActionContext;
  readonly actor: Actor;
}

/** One page of those that somebody may see, those that start last first, and how many there are. */
export async function listPage(asking: RequestContext, search: MaintenanceSearch, { page, perPage }: PageRequest) {
  const { ctx, actor } = asking;
  const reader = toReader(actor);
  const total = await countMatching(ctx.database, actor.accountId, reader, search);
  const order = { field: 'scheduledStart', direction: 'desc', limit: perPage, offset: (page - 1) * perPage } as const;
  const found = perPage === 0 ? [] : await searchMaintenances(ctx.database, actor.accountId, reader, search, order);
  return { items: await documentsOf(asking, found), total };
}

/** @throws Failure with what is wrong with the query */
export function toSearch(query: Readonly<Record<string, string[]>>, zone: string, reasons: Reasons): MaintenanceSearch {
  const wrong = (name: string, text: string, expected: string) => {
    reasons[name] = [`${JSON.stringify(text)} is not valid: ${expected} is expected.`];
  };
  const read = <T>(name: string, expected: string, value: (text: string) => T | undefined): T[] | undefined =>
    query[name]?.flatMap((text) => {
      const found = value(text);
      if (found === undefined) wrong(name, text, expected);
      return found === undefined ? [] : [found];
    });
  const id = (text: string) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined);
  const instants = (name: string) =>
    read(name, 'YYYY-MM-DDTHH:MM', (text) => parseInstant(text, zone))?.map((instant) => instant.getTime());
  // Of several one is enough, so the widest holds. The minute itself counts.
  const latest = (name: string) => bound(instants(name), Math.max, 1);
  const earliest = (name: string) => bound(instants(name), Math.min, -1);
  return {
    statuses: read('status', `one of ${STATUSES.join(', ')}`, (text) => STATUSES.find((word) => word === text)),
    scopes: read('scope', 'an id, a whole number,', id),
    services: read('service', 'an id, a whole number,', id),
    content: {
      serviceStatus: read('service_status', `one of ${SERVICE_STATUSES.join(', ')}`, (text) =>
        SERVICE_STATUSES.find((word) => word === text),
      ),
      externalReference: query.external_reference,
    },
    startBefore: latest('start_before'),
    startAfter: earliest('start_after'),
    endBefore: latest('end_before'),
    endAfter: earliest('end_after'),
  };
}

function bound(instants: readonly number[] | undefined, widest: typeof Math.max, beyond: number): Date | undefined {
  return instants === undefined || instants.length === 0 ? undefined : new Date(widest(...instants) + beyond);
}

/** @throws Failure 404, also for one that somebody may not see */
export async function getVisibleMaintenance({ ctx, actor }: RequestContext, id: number): Promise<Maintenance> {
  const reader = toReader(actor);
  const found = await findVisible(ctx.database, actor.accountId, reader, id);
  const shown = found && viewFor(reader, found);
  if (shown === undefined) throw new Failure(404, { maintenance: [`Resource not found : ${id}`] });
  return shown;
}

export async function toDocument(asking: RequestContext, maintenance: Maintenance) {
  const [document] = await documentsOf(asking, [maintenance]);
  return document;
}

async function documentsOf(asking: RequestContext, maintenances: readonly Maintenance[]) {
  const { ctx, actor } = asking;
  const reader = toReader(actor);
  const shown = maintenances.flatMap((maintenance) => viewFor(reader, maintenance) ?? []);
  const ids = shown.map(({ id }) => id);
  const told = await readTimelines(ctx.database, actor.accountId, ids, SHOWN_EVENTS, reader);
  return shown.map((maintenance) => maintenanceDocument(maintenance, told.get(maintenance.id) ?? [], asking));
}

/** @returns the id of what was made */
export async function createFromForm({ ctx, actor, zone }: RequestContext, form: Form): Promise<number> {
  const fields = new Fields(form, zone);
  const input = {
    name: fields.required('name'),
    scopeId: fields.requiredId('scope'),
    services: [fields.requiredId('service')],
    serviceStatus: fields.oneOf('service_status', SERVICE_STATUSES),
    start: fields.requiredDate('scheduled_start_date'),
    end: fields.requiredDate('scheduled_end_date'),
    description: fields.text('description') ?? '',
    externalReference: fields.text('external_reference') || null,
    externalLink: fields.text('external_link') || null,
    timezone: zone,
    visibility: 'public',
    checks: null,
    channels: [],
  } as const;
  fields.check();
  const { id } = await schedule(ctx, actor, input);
  return id;
}

export async function commentFromForm({ ctx, actor, zone }: RequestContext, id: number, form: Form): Promise<void> {
  const fields = new Fields(form, zone);
  const written = { text: fields.required('comment'), internal: fields.flag('internal') };
  fields.check();
  await comment(ctx, actor, id, written);
}

export async function deleteById({ ctx, actor }: RequestContext, id: number): Promise<void> {
  await deleteMaintenance(ctx, actor, id);
}
