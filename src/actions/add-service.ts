import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { problemsOfName } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { createService, findScope, type Service, serviceNamed } from '../store/catalogue.ts';
import { takenIn } from '../store/fault.ts';
import { type Ground, transact } from './action.ts';

/** @throws Refusal `forbidden`, `invalid`, or `conflict` when the scope has a service of that name already */
export async function addService(
  ground: Ground,
  actor: Actor,
  input: { name: string; scopeId: number | null },
): Promise<Service> {
  mustBeAllowed(actor, 'add-service');
  const name = input.name.trim();
  const problems = problemsOfName('service', name);
  if (problems.length > 0) throw Refusal.invalid(problems);
  const taken = () => {
    const message = `There is a service named ${name} already. Choose another name.`;
    return new Refusal('conflict', message, [{ field: 'name', message }]);
  };
  const add = transact(ground, async (tx, now) => {
    if (input.scopeId !== null && (await findScope(tx, actor.accountId, input.scopeId)) === null) {
      throw Refusal.invalid([{ field: 'scope', message: `There is no scope with id ${input.scopeId}.` }]);
    }
    if ((await serviceNamed(tx, actor.accountId, name, input.scopeId)) !== null) {
      throw taken();
    }
    const service = await createService(tx, actor.accountId, { name, scopeId: input.scopeId });
    await record(tx, actor, now, {
      action: 'add-service',
      subject: `service:${service.id}`,
      after: { name, scope: input.scopeId },
    });
    return service;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw takenIn(error) === 'services_named_once' ? taken() : error;
  });
}
