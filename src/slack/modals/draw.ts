import { find } from '../../actions/action.ts';
import { listChecks } from '../../store/checks.ts';
import { lastEvent } from '../../store/history.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import { listServices } from '../../store/services.ts';
import type { SlackContext } from '../context.ts';
import type { Person } from '../people.ts';
import { drawEdit, type Editable, type EditMetadata, formOf } from './edit.ts';
import { overlapsOf } from './remarks.ts';

/** A maintenance with its services and checks as they are called. */
export async function editable({ ground }: SlackContext, maintenance: Maintenance): Promise<Editable> {
  const { accountId } = maintenance;
  const services = await listServices(ground.database, accountId, { ids: maintenance.services.map(({ id }) => id) });
  const checks =
    maintenance.checks === null ? [] : await listChecks(ground.database, accountId, { ids: maintenance.checks });
  return { maintenance, services, checks };
}

/** The form to change a maintenance as it is now, with what it overlaps. */
export async function editForm(context: SlackContext, person: Person, id: number) {
  // Before the maintenance, so that no change falls between the two.
  const event = await lastEvent(context.ground.database, person.actor.accountId, id);
  const now = await editable(context, await find(context.ground, person.actor, id));
  const metadata: EditMetadata = {
    id,
    version: now.maintenance.version,
    event,
    timezone: person.timezone,
    generation: 0,
    times: 0,
  };
  const form = formOf(now);
  const { lines, asksReason } = await overlapsOf(context, person, form, coveredBy(now.maintenance));
  return drawEdit(metadata, now, form, lines, { asksReason });
}

/** What overlaps are looked for with, where the form does not show it. */
export function coveredBy({ id, services, checks }: Maintenance) {
  return { id, services: services.map((service) => service.id), checks };
}
