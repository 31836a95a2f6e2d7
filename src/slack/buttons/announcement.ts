import { find, type Ground } from '../../actions/action.ts';
import { start } from '../../actions/start.ts';
import { Frozen } from '../../domain/freezes.ts';
import { can, STANDS, type Transition } from '../../domain/lifecycle.ts';
import { may, mustBeAllowed } from '../../domain/permissions.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import { slackError } from '../client.ts';
import { keepChange } from '../commands/anyway.ts';
import type { SlackContext } from '../context.ts';
import { cancelModal } from '../modals/cancel.ts';
import { commentModal } from '../modals/comment.ts';
import { editForm } from '../modals/draw.ts';
import { extendModal } from '../modals/extend.ts';
import { finishModal } from '../modals/finish.ts';
import { wholeModal, wholeQuery } from '../modals/whole.ts';
import type { Person } from '../people.ts';
import { openOverride } from './override.ts';

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
