import { commentModal } from '../../comments/slack/form.ts';
import { authorize, isAllowed } from '../../core/permissions.ts';
import { FreezeConflict } from '../../freezes/rules.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { getMaintenance } from '../commands/find.ts';
import { start } from '../commands/start.ts';
import { wrongStatus } from '../errors.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { can, type Transition } from '../rules/lifecycle.ts';
import { saveBlockedChange } from './blocked-by-freeze.ts';
import { editForm } from './edit-form.ts';
import { cancelModal, finishModal } from './end-forms.ts';
import { extendModal } from './extend-form.ts';
import { openOverride } from './freeze-overrides.ts';
import { wholeModal, wholeQuery } from './whole-form.ts';

/** A press of a button on an announcement. */
export interface ButtonPress {
  readonly maintenanceId: number;
  readonly triggerId: string;
  /** The same for a redelivery of the same press. */
  readonly once: string;
}

/** What each button does. The announcement itself shows that it happened; only refusals are answered. */
export const handleAnnouncementButton = {
  async start(
    context: SlackContext,
    person: Person,
    { maintenanceId: id, once, triggerId }: ButtonPress,
  ): Promise<void> {
    const { ctx } = context;
    try {
      await start(ctx, person.actor, id, once);
    } catch (error) {
      if (!(error instanceof FreezeConflict) || !isAllowed(person.actor, 'override-freeze')) throw error;
      const draftId = await saveBlockedChange(ctx, person.actor, { kind: 'start', id });
      await openOverride(context, person, draftId, { triggerId });
    }
  },
  async finish(
    { ctx, client }: SlackContext,
    person: Person,
    { maintenanceId, triggerId }: ButtonPress,
  ): Promise<void> {
    authorize(person.actor, 'finish');
    const maintenance = await openOne(ctx, person, maintenanceId, 'finish');
    await client.views.open({ trigger_id: triggerId, view: finishModal(maintenance) });
  },
  async cancel(
    { ctx, client }: SlackContext,
    person: Person,
    { maintenanceId, triggerId }: ButtonPress,
  ): Promise<void> {
    authorize(person.actor, 'cancel');
    const maintenance = await openOne(ctx, person, maintenanceId, 'cancel');
    await client.views.open({ trigger_id: triggerId, view: cancelModal(maintenance, person.timezone) });
  },
  async change(context: SlackContext, person: Person, { maintenanceId, triggerId }: ButtonPress): Promise<void> {
    await openEdit(context, person, maintenanceId, triggerId);
  },
  async whole({ ctx, client }: SlackContext, person: Person, { maintenanceId, triggerId }: ButtonPress): Promise<void> {
    const maintenance = await getMaintenance(ctx, person.actor, maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: wholeModal(maintenance, 1) });
  },
  async extend(
    { ctx, client }: SlackContext,
    person: Person,
    { maintenanceId, triggerId }: ButtonPress,
  ): Promise<void> {
    authorize(person.actor, 'extend');
    const maintenance = await openOne(ctx, person, maintenanceId, 'extend');
    await client.views.open({ trigger_id: triggerId, view: extendModal(maintenance, person.timezone) });
  },
  async comment(
    { ctx, client }: SlackContext,
    person: Person,
    { maintenanceId, triggerId }: ButtonPress,
  ): Promise<void> {
    authorize(person.actor, 'comment');
    const maintenance = await getMaintenance(ctx, person.actor, maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: commentModal(maintenance) });
  },
} as const;

/** Opens the form to change a maintenance, for somebody who may. */
export async function openEdit(context: SlackContext, person: Person, id: number, triggerId: string): Promise<void> {
  authorize(person.actor, 'edit');
  await openOne(context.ctx, person, id, 'edit');
  await context.client.views.open({ trigger_id: triggerId, view: await editForm(context, person, id) });
}

/** Another page of a whole maintenance, in the dialog that shows it. */
export async function turnWholePage(
  { ctx, client }: SlackContext,
  person: Person,
  value: string,
  view: { id: string; hash: string } | undefined,
): Promise<void> {
  if (view === undefined) return;
  const { id, page } = wholeQuery.parse(JSON.parse(value));
  const drawn = wholeModal(await getMaintenance(ctx, person.actor, id), page);
  try {
    await client.views.update({ view_id: view.id, hash: view.hash, view: drawn });
  } catch (error) {
    // Pressed twice: the first press has turned the page.
    if (slackError(error) !== 'hash_conflict') throw error;
  }
}

/** A maintenance that this can be done to; asked before a form is opened that could not be submitted. */
async function openOne(
  ctx: ActionContext,
  { actor }: Person,
  id: number,
  transition: Transition,
): Promise<Maintenance> {
  const maintenance = await getMaintenance(ctx, actor, id);
  if (can(maintenance.status, transition)) return maintenance;
  throw wrongStatus({ id, status: maintenance.status, action: transition });
}
