import { record } from '../../audit/record.ts';
import { UserError } from '../../core/errors.ts';
import { difference } from '../../core/merge.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { announceChanged } from '../../maintenance/commands/announce.ts';
import { validateCheckIds, validateScopeId, withCoverageChange } from '../../maintenance/commands/coverage.ts';
import { listOpenOnServices } from '../../maintenance/repository/coverage.ts';
import { advisoryLock, isUniqueViolation } from '../../platform/database.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { serviceNameTaken, serviceNotFound, stillNeeded } from '../errors.ts';
import type { Usage } from '../scopes/repository.ts';
import {
  createService,
  findService,
  findServiceByName,
  findServiceUsage,
  removeServiceRow,
  type Service,
  type ServiceSettings,
  type ServiceValues,
  updateService,
} from './repository.ts';
import { validateService } from './rules.ts';

/** As the HTTP interface names them. */
export function serviceForAudit(service: ServiceValues) {
  const { name, scopeId, description = '', visibility = 'public', owners = [] } = service;
  return { name, scope: scopeId, description, visibility, owners: [...owners] };
}

/** @throws UserError `forbidden`, `invalid`, or `conflict` when the scope has a service of that name already */
export async function addService(ctx: ActionContext, actor: Actor, input: ServiceValues): Promise<Service> {
  authorize(actor, 'add-service');
  const name = input.name.trim();
  const problems = validateService({ ...input, name });
  if (problems.length > 0) throw UserError.invalid(problems);
  const taken = () => serviceNameTaken({ name }, 'name');
  const add = inTransaction(ctx, async (tx, now) => {
    const unknown = await validateScopeId(tx, actor.accountId, input.scopeId);
    if (unknown.length > 0) throw UserError.invalid(unknown);
    if ((await findServiceByName(tx, actor.accountId, name, input.scopeId)) !== null) {
      throw taken();
    }
    const service = await createService(tx, actor.accountId, { ...input, name });
    await record(tx, actor, now, {
      type: 'service.added',
      subject: { kind: 'service', id: service.id },
      after: serviceForAudit({ ...input, name }),
    });
    return service;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw isUniqueViolation(error) === 'services_named_once' ? taken() : error;
  });
}

/** What is not named stays as it is. */
export type ServiceEdit = {
  readonly [Field in keyof ServiceValues]?: ServiceValues[Field] | undefined;
} & {
  /** The ids of its checks. */
  readonly checks?: readonly string[] | undefined;
};

/**
 * Changes a service. Windows in progress follow at once: a check that joins goes off, one that leaves comes on again.
 * @throws UserError `forbidden`, `not-found`, `conflict` when the scope has a service of that name, or `invalid` with every
 *   field that is wrong
 */
export async function editService(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  edit: ServiceEdit,
): Promise<ServiceSettings> {
  authorize(actor, 'edit-service');
  const name = edit.name?.trim();
  let called = name;
  const taken = () => serviceNameTaken({ name: called ?? '' }, name === undefined ? 'scope' : 'name');
  const changing = inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, actor.accountId, `service:${id}`);
    const service = await findService(tx, actor.accountId, id);
    if (service === null) throw serviceNotFound({ id });
    const wanted = {
      name: name ?? service.name,
      scopeId: edit.scopeId === undefined ? (service.scope?.id ?? null) : edit.scopeId,
      description: edit.description ?? service.description,
      visibility: edit.visibility ?? service.visibility,
      owners: [...new Set(edit.owners ?? service.owners)],
    };
    called = wanted.name;
    const checks = [...new Set(edit.checks ?? service.checks)].sort();
    const problems = [
      ...validateService(wanted),
      ...(await validateScopeId(tx, actor.accountId, wanted.scopeId)),
      ...(await validateCheckIds(tx, actor.accountId, checks)),
    ];
    if (problems.length > 0) throw UserError.invalid(problems);
    const change = difference(
      { ...serviceForAudit({ ...service, scopeId: service.scope?.id ?? null }), checks: [...service.checks].sort() },
      recordedAll(wanted, checks),
    );
    if (change === undefined) return service;
    const other = await findServiceByName(tx, actor.accountId, wanted.name, wanted.scopeId);
    if (other !== null && other.id !== id) throw taken();
    const before = await listOpenOnServices(tx, actor.accountId, [id]);
    const store = () => updateService(tx, actor.accountId, id, wanted, checks);
    if ('checks' in change.after) await withCoverageChange(tx, actor.accountId, now, store);
    else await store();
    await record(tx, actor, now, { type: 'service.changed', subject: { kind: 'service', id }, ...change });
    // Another name or visibility shows in what is announced already.
    await announceChanged(tx, before, await listOpenOnServices(tx, actor.accountId, [id]));
    return (await findService(tx, actor.accountId, id)) ?? service;
  });
  return changing.catch((error: unknown) => {
    throw isUniqueViolation(error) === 'services_named_once' ? taken() : error;
  });
}

/** As the HTTP interface names them. */
function recordedAll(service: ServiceValues, checks: readonly string[]) {
  return { ...serviceForAudit(service), checks: [...checks] };
}

/** How many of what still needs it are named. */
const NAMED = 5;

/**
 * Removes a service from the catalogue. What is past still names it; its checks stay. Nothing open may need it.
 * @throws UserError `forbidden`, `not-found`, or `conflict` with the maintenances and series that need it
 */
export async function removeService(ctx: ActionContext, actor: Actor, id: number): Promise<ServiceSettings> {
  authorize(actor, 'remove-service');
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, actor.accountId, `service:${id}`);
    const service = await findService(tx, actor.accountId, id);
    if (service === null) throw serviceNotFound({ id });
    assertUnused('service', service.name, await findServiceUsage(tx, actor.accountId, id));
    await removeServiceRow(tx, actor.accountId, id, now);
    await record(tx, actor, now, {
      type: 'service.removed',
      subject: { kind: 'service', id },
      before: serviceForAudit({ ...service, scopeId: service.scope?.id ?? null }),
    });
    return service;
  });
}

/** @throws UserError `conflict` when something open needs it */
export function assertUnused(kind: 'service' | 'scope', name: string, { maintenances, series }: Usage): void {
  const count = maintenances.length + series.length;
  if (count === 0) return;
  throw stillNeeded({ kind, name, count, maintenances: maintenances.slice(0, NAMED), series: series.slice(0, NAMED) });
}
