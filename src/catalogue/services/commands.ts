import { record } from '../../audit/record.ts';
import { UserError } from '../../core/errors.ts';
import { difference } from '../../core/merge.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { announceChanges } from '../../maintenance/commands/announce.ts';
import { findUnknown, withCoverageChange } from '../../maintenance/commands/coverage.ts';
import { prefetch } from '../../maintenance/commands/prefetch.ts';
import { listOpenOnServices } from '../../maintenance/repository/list.ts';
import { isUniqueViolation, type Queries } from '../../platform/database.ts';
import { advisoryLock } from '../../platform/sql.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { serviceNameTaken, serviceNotFound, stillNeeded } from '../errors.ts';
import { readUsage, type Usage } from '../scopes/repository.ts';
import {
  createService,
  findService,
  findServiceByName,
  removeServiceRow,
  type Service,
  type ServiceSettings,
  type ServiceValues,
  updateService,
} from './repository.ts';
import { validateService } from './rules.ts';

/** With the names of the HTTP API. */
function serviceForAudit(service: ServiceValues) {
  const { name, scopeId, description = '', visibility = 'public', owners = [] } = service;
  return { name, scope: scopeId, description, visibility, owners: [...owners] };
}

const scopeIdOf = ({ scope }: Service) => scope?.id ?? null;

/** @throws UserError `forbidden`, `invalid`, or `conflict` when the scope already has a service of that name */
export async function addService(ctx: ActionContext, actor: Actor, input: ServiceValues): Promise<Service> {
  authorize(actor, 'add-service');
  const { accountId } = actor;
  const values = { ...input, name: input.name.trim() };
  const problems = validateService(values);
  if (problems.length > 0) throw UserError.invalid(problems);
  const taken = serviceNameTaken({ name: values.name }, 'name');
  return withUniqueName(
    () => taken,
    inTransaction(ctx, async (tx, now) => {
      const unknown = await findUnknown(tx, accountId, { scope: values.scopeId === null ? [] : [values.scopeId] });
      if (unknown.length > 0) throw UserError.invalid(unknown);
      if ((await findServiceByName(tx, accountId, values.name, values.scopeId)) !== null) throw taken;
      const service = await createService(tx, accountId, values);
      const subject = { kind: 'service', id: service.id } as const;
      await record(tx, actor, now, { type: 'service.added', subject, after: serviceForAudit(values) });
      return service;
    }),
  );
}

/** Rejects with `taken` when another transaction took the name between the check and the commit of this one. */
export async function withUniqueName<T>(taken: () => UserError, change: Promise<T>): Promise<T> {
  return change.catch((error: unknown) => {
    throw /^(services|scopes)_named_once$/.test(isUniqueViolation(error) ?? '') ? taken() : error;
  });
}

/** Absent fields keep their values; `checks` are the ids of all its checks. */
export type ServiceEdit = {
  readonly [Field in keyof ServiceValues]?: ServiceValues[Field] | undefined;
} & { readonly checks?: readonly string[] | undefined };

/**
 * Changes a service. Maintenances in progress follow immediately: an added check is muted, a removed one is unmuted.
 * @throws UserError `forbidden`, `not-found`, `conflict` when the name is taken in its scope, or `invalid`
 */
export async function editService(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  edit: ServiceEdit,
): Promise<ServiceSettings> {
  authorize(actor, 'edit-service');
  const { accountId } = actor;
  const field = edit.name === undefined ? 'scope' : 'name';
  let name = edit.name?.trim() ?? '';
  const taken = () => serviceNameTaken({ name }, field);
  const change = inTransaction(ctx, async (tx, now) => {
    const service = await lockService(tx, accountId, id);
    name = edit.name?.trim() ?? service.name;
    const wanted = {
      name,
      scopeId: edit.scopeId === undefined ? scopeIdOf(service) : edit.scopeId,
      description: edit.description ?? service.description,
      visibility: edit.visibility ?? service.visibility,
      owners: [...new Set(edit.owners ?? service.owners)],
    };
    const checks = [...new Set(edit.checks ?? service.checks)].sort();
    const problems = [
      ...validateService(wanted),
      ...(await findUnknown(tx, accountId, { scope: wanted.scopeId === null ? [] : [wanted.scopeId], checks })),
    ];
    if (problems.length > 0) throw UserError.invalid(problems);
    const changes = difference(
      { ...serviceForAudit({ ...service, scopeId: scopeIdOf(service) }), checks: [...service.checks].sort() },
      { ...serviceForAudit(wanted), checks },
    );
    if (changes === undefined) return service;
    const namesake = await findServiceByName(tx, accountId, name, wanted.scopeId);
    if (namesake !== null && namesake.id !== id) throw taken();
    const openBefore = await listOpenOnServices(tx, accountId, [id]);
    const update = () => updateService(tx, accountId, id, wanted, checks);
    if ('checks' in changes.after) await withCoverageChange(tx, accountId, now, update);
    else await update();
    await record(tx, actor, now, { type: 'service.changed', subject: { kind: 'service', id }, ...changes });
    // Announcements show the name and depend on the visibility.
    const openAfter = await listOpenOnServices(tx, accountId, [id]);
    await prefetch(tx, openAfter);
    await announceChanges(tx, openBefore, openAfter);
    return (await findService(tx, accountId, id)) ?? service;
  });
  return withUniqueName(taken, change);
}

/**
 * Removes a service. Past maintenances still name it; its checks stay.
 * @throws UserError `forbidden`, `not-found`, or `conflict` with the open maintenances and series that need it
 */
export async function removeService(ctx: ActionContext, actor: Actor, id: number): Promise<ServiceSettings> {
  authorize(actor, 'remove-service');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    const service = await lockService(tx, accountId, id);
    const usage = await readUsage(tx, accountId, { services: { some: { serviceId: id } } });
    assertUnused('service', service.name, usage);
    await removeServiceRow(tx, accountId, id, now);
    const before = serviceForAudit({ ...service, scopeId: scopeIdOf(service) });
    await record(tx, actor, now, { type: 'service.removed', subject: { kind: 'service', id }, before });
    return service;
  });
}

async function lockService(tx: Queries, accountId: number, id: number): Promise<ServiceSettings> {
  await advisoryLock(tx, accountId, `service:${id}`);
  const service = await findService(tx, accountId, id);
  if (service === null) throw serviceNotFound({ id });
  return service;
}

const MAX_NAMED = 5;

export function assertUnused(kind: 'service' | 'scope', name: string, { maintenances, series }: Usage): void {
  const count = maintenances.length + series.length;
  if (count === 0) return;
  const named = { maintenances: maintenances.slice(0, MAX_NAMED), series: series.slice(0, MAX_NAMED) };
  throw stillNeeded({ kind, name, count, ...named });
}
