import { difference, type Fields } from '../domain/difference.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { problemsOfService } from '../domain/service.ts';
import { record } from '../store/audit.ts';
import { takenIn } from '../store/fault.ts';
import { openOfServices } from '../store/open-windows.ts';
import {
  findService,
  type ServiceSettings,
  type ServiceValues,
  serviceNamed,
  updateService,
} from '../store/services.ts';
import { takeTurn } from '../store/turns.ts';
import { type Ground, transact } from './action.ts';
import { recordedService } from './add-service.ts';
import { announceChanged } from './announce-changed.ts';
import { changingCoverage } from './cover.ts';
import { unknownChecks, unknownScope } from './references.ts';

/** What is not named stays as it is. */
export type ServiceEdit = {
  readonly [Field in keyof ServiceValues]?: ServiceValues[Field] | undefined;
} & {
  /** The ids of its checks. */
  readonly checks?: readonly string[] | undefined;
};

export function noSuchService(id: number): Refusal {
  return new Refusal('not-found', `There is no service ${id}. GET /api/v1/services lists those there are.`);
}

/**
 * Changes a service. Windows in progress follow at once: a check that joins goes off, one that leaves comes on again.
 * @throws Refusal `forbidden`, `not-found`, `conflict` when the scope has a service of that name, or `invalid` with every
 *   field that is wrong
 */
export async function editService(
  ground: Ground,
  actor: Actor,
  id: number,
  edit: ServiceEdit,
): Promise<ServiceSettings> {
  mustBeAllowed(actor, 'edit-service');
  const name = edit.name?.trim();
  let called = name;
  const taken = () => {
    const [field, what] =
      name === undefined
        ? ['scope', 'in this scope already. Choose another one']
        : ['name', 'already. Choose another name'];
    const message = `There is a service named ${called} ${what}.`;
    return new Refusal('conflict', message, [{ field, message }]);
  };
  const changing = transact(ground, async (tx, now) => {
    await takeTurn(tx, actor.accountId, `service:${id}`);
    const service = await findService(tx, actor.accountId, id);
    if (service === null) throw noSuchService(id);
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
      ...problemsOfService(wanted),
      ...(await unknownScope(tx, actor.accountId, wanted.scopeId)),
      ...(await unknownChecks(tx, actor.accountId, checks)),
    ];
    if (problems.length > 0) throw Refusal.invalid(problems);
    const change = difference(
      { ...recordedService({ ...service, scopeId: service.scope?.id ?? null }), checks: [...service.checks].sort() },
      recordedAll(wanted, checks),
    );
    if (change === undefined) return service;
    const other = await serviceNamed(tx, actor.accountId, wanted.name, wanted.scopeId);
    if (other !== null && other.id !== id) throw taken();
    const before = await openOfServices(tx, actor.accountId, [id]);
    const store = () => updateService(tx, actor.accountId, id, wanted, checks);
    if ('checks' in change.after) await changingCoverage(tx, actor.accountId, now, store);
    else await store();
    await record(tx, actor, now, { action: 'edit-service', subject: `service:${id}`, ...change });
    // Another name or visibility shows in what is announced already.
    await announceChanged(tx, before, await openOfServices(tx, actor.accountId, [id]));
    return (await findService(tx, actor.accountId, id)) ?? service;
  });
  return changing.catch((error: unknown) => {
    throw takenIn(error) === 'services_named_once' ? taken() : error;
  });
}

/** As the HTTP interface names them. */
function recordedAll(service: ServiceValues, checks: readonly string[]): Fields {
  return { ...recordedService(service), checks: [...checks] };
}
