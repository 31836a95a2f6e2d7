import { commentModal } from '../../comments/slack/form.ts';
import { Refusal } from '../../core/errors.ts';
import { may, mustBeAllowed } from '../../core/permissions.ts';
import { Frozen } from '../../freezes/rules.ts';
import { keepChange } from '../../freezes/slack/anyway.ts';
import { openOverride } from '../../freezes/slack/overrides.ts';
import type { Ground } from '../../platform/transactions.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { find } from '../commands/find.ts';
import { start } from '../commands/start.ts';
import { can, STANDS, type Transition } from '../lifecycle.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { editForm } from './edit-form.ts';
import { cancelModal, finishModal } from './end-forms.ts';
import { extendModal } from './extend-form.ts';
import { wholeModal, wholeQuery } from './whole-form.ts';

/** A press of a button on an announcement. */
export interface Press {
  readonly maintenanceId: number;
  readonly triggerId: string;
  /** The same for a redelivery of the same press. */
  readonly once: string;
}

/** What each button does. The announcement itself shows that it happened; only refusals are answered. */
export const pressed = {
  async start(context: SlackContext, person: Person, { maintenanceId: id, once, triggerId }: Press): Promise<void> {
    const { ground } = context;
    try {
      await start(ground, person.actor, id, once);
    } catch (error) {
      if (!(error instanceof Frozen) || !may(person.actor, 'override-freeze')) throw error;
      const draftId = await keepChange(ground, person.actor, { kind: 'start', id });
      await openOverride(context, person, draftId, { triggerId });
    }
  },
  async finish({ ground, client }: SlackContext, person: Person, { maintenanceId, triggerId }: Press): Promise<void> {
    mustBeAllowed(person.actor, 'finish');
    const maintenance = await openOne(ground, person, maintenanceId, 'finish');
    await client.views.open({ trigger_id: triggerId, view: finishModal(maintenance) });
  },
  async cancel({ ground, client }: SlackContext, person: Person, { maintenanceId, triggerId }: Press): Promise<void> {
    mustBeAllowed(person.actor, 'cancel');
    const maintenance = await openOne(ground, person, maintenanceId, 'cancel');
    await client.views.open({ trigger_id: triggerId, view: cancelModal(maintenance, person.timezone) });
  },
  async change(context: SlackContext, person: Person, { maintenanceId, triggerId }: Press): Promise<void> {
    await openEdit(context, person, maintenanceId, triggerId);
  },
  async whole({ ground, client }: SlackContext, person: Person, { maintenanceId, triggerId }: Press): Promise<void> {
    const maintenance = await find(ground, person.actor, maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: wholeModal(maintenance, 1) });
  },
  async extend({ ground, client }: SlackContext, person: Person, { maintenanceId, triggerId }: Press): Promise<void> {
    mustBeAllowed(person.actor, 'extend');
    const maintenance = await openOne(ground, person, maintenanceId, 'extend');
    await client.views.open({ trigger_id: triggerId, view: extendModal(maintenance, person.timezone) });
  },
  async comment({ ground, client }: SlackContext, person: Person, { maintenanceId, triggerId }: Press): Promise<void> {
    mustBeAllowed(person.actor, 'comment');
    const maintenance = await find(ground, person.actor, maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: commentModal(maintenance) });
  },
} as const;

/** Opens the form to change a maintenance, for somebody who may. */
export async function openEdit(context: SlackContext, person: Person, id: number, triggerId: string): Promise<void> {
  mustBeAllowed(person.actor, 'edit');
  await openOne(context.ground, person, id, 'edit');
  await context.client.views.open({ trigger_id: triggerId, view: await editForm(context, person, id) });
}

/** Another page of a whole maintenance, in the dialog that shows it. */
export async function turnWhole(
  { ground, client }: SlackContext,
  person: Person,
  value: string,
  view: { id: string; hash: string } | undefined,
): Promise<void> {
  if (view === undefined) return;
  const { id, page } = wholeQuery.parse(JSON.parse(value));
  const drawn = wholeModal(await find(ground, person.actor, id), page);
  try {
    await client.views.update({ view_id: view.id, hash: view.hash, view: drawn });
  } catch (error) {
    // Pressed twice: the first press has turned the page.
    if (slackError(error) !== 'hash_conflict') throw error;
  }
}

/** A maintenance that this can be done to; asked before a form is opened that could not be submitted. */
async function openOne(ground: Ground, { actor }: Person, id: number, transition: Transition): Promise<Maintenance> {
  const maintenance = await find(ground, actor, id);
  if (can(maintenance.status, transition)) return maintenance;
  throw new Refusal(
    'conflict',
    `Maintenance ${id} ${STANDS[maintenance.status]} already; that cannot be done any more.`,
  );
}
