import type { Fields } from '../domain/difference.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { problemsOfService } from '../domain/service.ts';
import { record } from '../store/audit.ts';
import { takenIn } from '../store/fault.ts';
import { createService, type Service, type ServiceValues, serviceNamed } from '../store/services.ts';
import { type Ground, transact } from './action.ts';
import { unknownScope } from './references.ts';

/** As the HTTP interface names them. */
export function recordedService(service: ServiceValues): Fields {
  const { name, scopeId, description = '', visibility = 'public', owners = [] } = service;
  return { name, scope: scopeId, description, visibility, owners: [...owners] };
}

/** @throws Refusal `forbidden`, `invalid`, or `conflict` when the scope has a service of that name already */
export async function addService(ground: Ground, actor: Actor, input: ServiceValues): Promise<Service> {
  mustBeAllowed(actor, 'add-service');
  const name = input.name.trim();
  const problems = problemsOfService({ ...input, name });
  if (problems.length > 0) throw Refusal.invalid(problems);
  const taken = () => {
    const message = `There is a service named ${name} already. Choose another name.`;
    return new Refusal('conflict', message, [{ field: 'name', message }]);
  };
  const add = transact(ground, async (tx, now) => {
    const unknown = await unknownScope(tx, actor.accountId, input.scopeId);
    if (unknown.length > 0) throw Refusal.invalid(unknown);
    if ((await serviceNamed(tx, actor.accountId, name, input.scopeId)) !== null) {
      throw taken();
    }
    const service = await createService(tx, actor.accountId, { ...input, name });
    await record(tx, actor, now, {
      action: 'add-service',
      subject: `service:${service.id}`,
      after: recordedService({ ...input, name }),
    });
    return service;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw takenIn(error) === 'services_named_once' ? taken() : error;
  });
}
