import type { ModalView } from '@slack/types';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { settingsOf } from '../../store/accounts.ts';
import { countChecks } from '../../store/checks.ts';
import { listFreezes } from '../../store/freezes.ts';
import { listProviders } from '../../store/providers.ts';
import { rolesOf } from '../../store/roles.ts';
import { listScopes } from '../../store/scopes.ts';
import { countServices } from '../../store/services.ts';
import { slackError } from '../client.ts';
import type { SlackContext } from '../context.ts';
import type { Person } from '../people.ts';
import type { Origin } from './form.ts';
import { settingsModal } from './overview.ts';

/** How an account is set now. */
async function drawn(
  { ground, providers }: SlackContext,
  { actor, timezone }: Person,
  generation: number,
): Promise<ModalView> {
  const db = ground.database;
  const { accountId } = actor;
  return settingsModal(
    {
      settings: await settingsOf(db, accountId),
      grants: (await rolesOf(db, accountId)).grants,
      scopes: await listScopes(db, accountId),
      services: await countServices(db, accountId),
      checks: await countChecks(db, accountId),
      freezes: await listFreezes(db, accountId, ground.clock.now()),
      providers: await listProviders(db, accountId),
      kinds: providers.configuration.described(),
    },
    generation,
    timezone,
  );
}

/** Opens the settings, for an admin. */
export async function openSettings(context: SlackContext, person: Person, triggerId: string): Promise<void> {
  mustBeAllowed(person.actor, 'configure-account');
  await context.client.views.open({ trigger_id: triggerId, view: await drawn(context, person, 0) });
}

/** Draws the settings anew, under the form that changed something. */
export async function redrawSettings(context: SlackContext, person: Person, origin: Origin): Promise<void> {
  try {
    const view = await drawn(context, person, origin.generation + 1);
    await context.client.views.update({ view_id: origin.view, view });
  } catch (error) {
    // Closed meanwhile.
    if (slackError(error) !== 'not_found') throw error;
  }
}
