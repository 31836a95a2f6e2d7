import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import type { Needs } from '../store/needs.ts';
import { findService, needsOfService, removeServiceRow, type ServiceSettings } from '../store/services.ts';
import { takeTurn } from '../store/turns.ts';
import { type Ground, transact } from './action.ts';
import { recordedService } from './add-service.ts';
import { noSuchService } from './edit-service.ts';

/** How many of what still needs it are named. */
const NAMED = 5;

/**
 * Removes a service from the catalogue. What is past still names it; its checks stay. Nothing open may need it.
 * @throws Refusal `forbidden`, `not-found`, or `conflict` with the maintenances and series that need it
 */
export async function removeService(ground: Ground, actor: Actor, id: number): Promise<ServiceSettings> {
  mustBeAllowed(actor, 'remove-service');
  return transact(ground, async (tx, now) => {
    await takeTurn(tx, actor.accountId, `service:${id}`);
    const service = await findService(tx, actor.accountId, id);
    if (service === null) throw noSuchService(id);
    mustBeFree(`The service ${service.name}`, await needsOfService(tx, actor.accountId, id));
    await removeServiceRow(tx, actor.accountId, id, now);
    await record(tx, actor, now, {
      action: 'remove-service',
      subject: `service:${id}`,
      before: recordedService({ ...service, scopeId: service.scope?.id ?? null }),
    });
    return service;
  });
}

/** @throws Refusal `conflict` when something open needs it */
export function mustBeFree(what: string, { maintenances, series }: Needs): void {
  const needing = [
    ...maintenances.slice(0, NAMED).map((id) => `maintenance ${id}`),
    ...series.slice(0, NAMED).map((key) => `series ${key}`),
  ];
  if (needing.length === 0) return;
  const rest = maintenances.length + series.length - needing.length;
  const all = rest > 0 ? `${needing.join(', ')} and ${rest} more` : needing.join(', ');
  throw new Refusal(
    'conflict',
    `${what} is still needed by ${all}. Change or cancel those first. Nothing was removed.`,
  );
}
