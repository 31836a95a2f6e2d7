import { record } from '../../audit/record.ts';
import { writeServiceChecks } from '../../checks/repository.ts';
import { assertValid } from '../../core/errors.ts';
import { type Difference, difference } from '../../core/merge.ts';
import { Pauses } from '../../core/pauses.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { assessEach, onlyResult } from '../../core/refusals.ts';
import { withCoverageChange } from '../../maintenance/commands/coverage.ts';
import { readSurroundings } from '../../maintenance/repository/surroundings.ts';
import {
  type References,
  requiresApproval,
  type Surroundings,
  validateReferences,
} from '../../maintenance/rules/coverage.ts';
import { serviceAudience } from '../../maintenance/rules/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { nextId, reserveIds } from '../../platform/ids.ts';
import { advisoryLocks } from '../../platform/sql.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { AffectedMaintenances } from '../affected.ts';
import { serviceNameTaken, serviceNotFound } from '../errors.ts';
import { readUsage } from '../scopes/repository.ts';
import { assertUnused } from '../usage.ts';
import {
  readServicesForChange,
  removeServiceRows,
  type ServiceSettings,
  type ServicesForChange,
  type ServiceValues,
  type WantedService,
  writeService,
} from './repository.ts';
import { validateService } from './rules.ts';

/** Absent fields keep their values, or those of every new service; `checks` are the ids of all its checks. */
export type ServiceEdit = {
  readonly [Field in keyof ServiceValues]?: ServiceValues[Field] | undefined;
} & { readonly checks?: readonly string[] | undefined };

/** Without an id, the service is new. */
interface ServiceChange {
  readonly id: number | undefined;
  readonly edit: ServiceEdit;
}

/** @throws UserError `forbidden`, `invalid`, or `conflict` when the scope already has a service of that name */
export async function addService(ctx: ActionContext, actor: Actor, input: ServiceValues): Promise<ServiceSettings> {
  return saveService(ctx, actor, { id: undefined, edit: input });
}

/**
 * Changes a service. Maintenances in progress follow immediately: an added check is muted, a removed one is unmuted, also
 * where a selector chooses it by the name or the scope of the service.
 * @throws UserError `forbidden`, `not-found`, `conflict` when the name is taken in its scope, or `invalid`
 */
export async function editService(ctx: ActionContext, actor: Actor, id: number, edit: ServiceEdit) {
  return saveService(ctx, actor, { id, edit });
}

export async function saveService(ctx: ActionContext, actor: Actor, change: ServiceChange): Promise<ServiceSettings> {
  return onlyResult(saveServices(ctx, actor, [change]));
}

/**
 * Adds and changes services, completely or not at all.
 * @returns the services, in the order of the changes
 * @throws UserError `forbidden`; RefusedChanges
 */
export async function saveServices(
  ctx: ActionContext,
  actor: Actor,
  changes: readonly ServiceChange[],
): Promise<readonly ServiceSettings[]> {
  const existing = changes.flatMap(({ id }) => id ?? []);
  if (existing.length < changes.length) authorize(actor, 'add-service');
  // Checks are only changed by those who may change services.
  if (changes.some(({ id, edit }) => id !== undefined || edit.checks !== undefined)) authorize(actor, 'edit-service');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLocks(tx, accountId, 'service', existing);
    const wanted = changes.map(({ id, edit: { name, scopeId } }) => ({ id, name: name?.trim(), scopeId }));
    const stored = await readServicesForChange(tx, accountId, wanted);
    const references = changes.map((change) => newReferences(stored, change));
    const need = {
      scopes: references.flatMap(({ scope = [] }) => scope),
      checks: references.flatMap(({ checks = [] }) => checks),
    };
    const hasReferences = need.scopes.length + need.checks.length > 0;
    const around = hasReferences
      ? await readSurroundings(tx, accountId, need, { audit_events: changes.length })
      : undefined;
    const plans = await assessEach(changes, (change, position) =>
      planChange(stored, around, change, position, references[position] ?? {}),
    );
    return savePlans(tx, actor, now, plans, stored.followed);
  });
}

/** What a service refers to after a change and did not before. */
function newReferences({ byId }: ServicesForChange, { id, edit }: ServiceChange): References {
  const before = id === undefined ? undefined : byId.get(id);
  const known = new Set(before?.checks);
  return {
    scope: edit.scopeId == null || edit.scopeId === before?.scope?.id ? [] : [edit.scopeId],
    checks: (edit.checks ?? []).filter((check) => !known.has(check)),
  };
}

interface Plan {
  /** Undefined: it is new. */
  readonly before: ServiceSettings | undefined;
  readonly wanted: WantedService & Omit<ServiceSettings, 'id'>;
  readonly changed: Difference<ReturnType<typeof serviceForAudit> & { readonly checks: string[] }> | undefined;
  /** Whether it moves to a scope that requires approval. */
  readonly guarded: boolean;
}

/** @throws UserError */
function planChange(
  { byId, named }: ServicesForChange,
  around: Surroundings | undefined,
  { id, edit }: ServiceChange,
  position: number,
  references: References,
): Plan {
  const before = id === undefined ? undefined : byId.get(id);
  if (id !== undefined && before === undefined) throw serviceNotFound({ id });
  const visibility = edit.visibility ?? before?.visibility ?? 'public';
  const scopeId = edit.scopeId === undefined ? (before?.scope?.id ?? null) : edit.scopeId;
  const scope = scopeId === null ? null : (around?.scopes.get(scopeId) ?? before?.scope ?? null);
  const wanted = {
    name: edit.name?.trim() ?? before?.name ?? '',
    scopeId,
    scope: scope && { id: scope.id, name: scope.name },
    description: edit.description ?? before?.description ?? '',
    visibility,
    audience: serviceAudience({ visibility, scope }),
    status: before?.status ?? 'up',
    owners: [...new Set(edit.owners ?? before?.owners)],
    checks: [...new Set(edit.checks ?? before?.checks)].sort(),
  };
  assertValid([...validateService(wanted), ...(around === undefined ? [] : validateReferences(around, references))]);
  const current = before === undefined ? wanted : { ...before, scopeId: before.scope?.id ?? null };
  const changed = difference(
    { ...serviceForAudit(current), checks: [...(before?.checks ?? [])].sort() },
    { ...serviceForAudit(wanted), checks: wanted.checks },
  );
  const namesake = named.get(position);
  if (namesake !== undefined && namesake !== id && (before === undefined || changed !== undefined)) {
    throw serviceNameTaken({ name: wanted.name }, edit.name === undefined ? 'scope' : 'name');
  }
  const guarded = scopeId !== current.scopeId && around !== undefined && requiresApproval(around, scopeId);
  return { before, wanted, changed, guarded };
}

/** With the names of the HTTP API. */
function serviceForAudit({ name, scopeId, description, visibility, owners }: WantedService) {
  return { name, scope: scopeId, description, visibility, owners: [...owners] };
}

/** @param followed whether open windows may choose checks by the names and scopes of services */
async function savePlans(
  tx: Queries,
  actor: Actor,
  now: Date,
  plans: readonly Plan[],
  followed: boolean,
): Promise<ServiceSettings[]> {
  const { accountId } = actor;
  const added = plans.filter(({ before }) => before === undefined).length;
  const changed = plans.filter((plan) => plan.changed !== undefined);
  const services = changed.flatMap(({ before }) => before?.id ?? []);
  const events = added + changed.length;
  const moved = changed.flatMap(({ before, guarded }) => (guarded ? (before?.id ?? []) : []));
  const read = () => AffectedMaintenances.read(tx, accountId, { services, moved, events });
  // What starts locks what windows cover first, then itself.
  let affected = moved.length === 0 ? await read() : undefined;
  await reserveIds(tx, { services: added, audit_events: events });
  const saved: ServiceSettings[] = [];
  const save = async () => {
    affected ??= await read();
    const pauses = new Pauses();
    for (const plan of plans) {
      saved.push(await savePlan(tx, actor, now, plan));
      await pauses.pause();
    }
    if (moved.length > 0) await affected.requestApprovals(actor, now);
  };
  const coversOther = changed.some(({ guarded, changed: { after = {} } = {} }) => {
    return guarded || 'checks' in after || (followed && ('name' in after || 'scope' in after));
  });
  if (coversOther) await withCoverageChange(tx, accountId, now, save);
  else await save();
  await affected?.announce();
  return saved;
}

async function savePlan(
  tx: Queries,
  actor: Actor,
  now: Date,
  { before, wanted, changed }: Plan,
): Promise<ServiceSettings> {
  const { accountId } = actor;
  const { scopeId: _, ...settings } = wanted;
  const id = before?.id ?? (await nextId(tx, 'services'));
  const subject = { kind: 'service', id } as const;
  if (before === undefined || changed !== undefined) {
    await writeService(tx, accountId, id, wanted, before === undefined);
    const toLinks = (checks: readonly string[] = []) => checks.map((check) => ({ service: id, check }));
    await writeServiceChecks(tx, accountId, toLinks(before?.checks), toLinks(wanted.checks));
  }
  if (before === undefined) {
    await record(tx, actor, now, { type: 'service.added', subject, after: serviceForAudit(wanted) });
  }
  if (changed !== undefined) await record(tx, actor, now, { type: 'service.changed', subject, ...changed });
  return { ...settings, id };
}

/**
 * Removes a service. Past maintenances still name it; its checks stay.
 * @throws UserError `forbidden`, `not-found`, or `conflict` with the open maintenances and series that need it
 */
export async function removeService(ctx: ActionContext, actor: Actor, id: number): Promise<ServiceSettings> {
  return onlyResult(removeServices(ctx, actor, [id]));
}

/** Removes services, all or none. @throws UserError `forbidden`; RefusedChanges */
export async function removeServices(
  ctx: ActionContext,
  actor: Actor,
  ids: readonly number[],
): Promise<readonly ServiceSettings[]> {
  authorize(actor, 'remove-service');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLocks(tx, accountId, 'service', ids);
    const { byId, followed } = await readServicesForChange(
      tx,
      accountId,
      ids.map((id) => ({ id })),
    );
    const usage = await readUsage(tx, accountId, 'service', [...byId.keys()]);
    const removed = await assessEach(ids, (id) => {
      const service = byId.get(id);
      if (service === undefined) throw serviceNotFound({ id });
      assertUnused('service', service.name, usage.get(id));
      return service;
    });
    await reserveIds(tx, { audit_events: ids.length });
    const remove = () => removeServiceRows(tx, accountId, ids, now);
    await (followed ? withCoverageChange(tx, accountId, now, remove) : remove());
    for (const service of removed) {
      const before = serviceForAudit({ ...service, scopeId: service.scope?.id ?? null });
      await record(tx, actor, now, { type: 'service.removed', subject: { kind: 'service', id: service.id }, before });
    }
    return removed;
  });
}
