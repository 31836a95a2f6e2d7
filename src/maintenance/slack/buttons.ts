import type { GlobalShortcut } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { authorize, isAllowed } from '../../core/permissions.ts';
import { FreezeConflict } from '../../freezes/rules.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import type { Message } from '../../slack/blocks.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { SlackContext } from '../../slack/context.ts';
import { replyInDialog } from '../../slack/dialog.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import { getMaintenance } from '../commands/find.ts';
import { schedule } from '../commands/schedule.ts';
import { start } from '../commands/transitions.ts';
import { wrongStatus } from '../errors.ts';
import { discardDraft } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { can } from '../rules/lifecycle.ts';
import { draftWindow, findCreatedMaintenance, getDraft, scheduledMessage, toScheduleInput } from './drafts.ts';
import { editForm, openCreateForm } from './forms.ts';
import { changeOrOfferOverride, openOverride, saveBlockedChange } from './freeze-overrides.ts';
import { cancelModal, extendModal, finishModal } from './transition-forms.ts';
import { wholeModal, wholeQuery } from './whole-form.ts';

const SCHEDULE_SHORTCUT = 'schedule_maintenance';

/**
 * Listens for the buttons of announcements, previews and the App Home, and for the shortcut. Announcements show by themselves
 * what happened.
 */
export function listenToMaintenanceButtons(on: Listeners): void {
  const { context } = on;
  const { ctx, client, log } = context;

  on.button(ACTIONS.start, async (person, press) => {
    const id = Number(press.value);
    const { container } = press.body;
    const place =
      container.type === 'message' ? `${container.channel_id}:${container.message_ts}` : `${container.view_id}:${id}`;
    try {
      await start(ctx, person.actor, id, `press:start:${place}`);
    } catch (error) {
      if (!(error instanceof FreezeConflict) || !isAllowed(person.actor, 'override-freeze')) throw error;
      const draftId = await saveBlockedChange(context, person, { kind: 'start', id });
      await openOverride(context, person, draftId, { triggerId: press.triggerId });
    }
  });
  opensForm('finish', finishModal);
  opensForm('cancel', cancelModal);
  opensForm('extend', extendModal);
  on.button(ACTIONS.change, (person, { value, triggerId }) => openEdit(context, person, Number(value), triggerId));
  on.button(ACTIONS.whole, async ({ actor }, { value, triggerId }) => {
    const maintenance = await getMaintenance(ctx, actor, Number(value));
    await client.views.open({ trigger_id: triggerId, view: wholeModal(maintenance, 1) });
  });
  for (const turn of [ACTIONS.previousOfWhole, ACTIONS.nextOfWhole]) {
    on.button(turn, (person, { value, body }) => turnWholePage(context, person, value, body.view));
  }
  on.button(ACTIONS.reopen, (person, { value }) =>
    changeOrOfferOverride(context, person, { kind: 'reopen', id: Number(value) }, undefined),
  );
  on.button(ACTIONS.plan, (person, { triggerId }) => openCreateForm(context, person, triggerId));
  on.button(ACTIONS.schedule, (person, { value }) => scheduleDraft(context, person, value), { replace: true });
  on.button(
    ACTIONS.discard,
    async ({ actor }, { value }) => {
      await discardDraft(ctx.database, actor.accountId, value);
      return successMessage(texts.discarded);
    },
    { replace: true },
  );
  on.app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: SCHEDULE_SHORTCUT }, async ({ ack, body }) => {
    await ack();
    const reply = replyInDialog(client, body.trigger_id, log);
    on.run(body.user.id, reply, (person) => openCreateForm(context, person, body.trigger_id));
  });

  /** A button that opens a form, for those who may submit it and where it can be submitted. */
  function opensForm(
    transition: 'finish' | 'cancel' | 'extend',
    draw: (maintenance: Maintenance, zone: string) => ModalView,
  ): void {
    on.button(ACTIONS[transition], async (person, { value, triggerId }) => {
      const maintenance = await getChangeable(context, person, Number(value), transition);
      await client.views.open({ trigger_id: triggerId, view: draw(maintenance, person.timezone) });
    });
  }
}

export async function openEdit(context: SlackContext, person: Person, id: number, triggerId: string): Promise<void> {
  await getChangeable(context, person, id, 'edit');
  await context.client.views.open({ trigger_id: triggerId, view: await editForm(context, person, id) });
}

async function turnWholePage(
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

async function getChangeable(
  { ctx }: SlackContext,
  { actor }: Person,
  id: number,
  action: 'finish' | 'cancel' | 'extend' | 'edit',
): Promise<Maintenance> {
  authorize(actor, action);
  const maintenance = await getMaintenance(ctx, actor, id);
  if (can(maintenance.status, action)) return maintenance;
  throw wrongStatus({ id, status: maintenance.status, action });
}

/** Schedules what the preview shows. A second press does nothing, and is answered like the first. */
async function scheduleDraft(context: SlackContext, person: Person, draftId: string): Promise<Message> {
  const { ctx } = context;
  const { actor } = person;
  const window = await getDraft(context, person, draftId, draftWindow);
  const once = `draft:${draftId}`;
  const made =
    (await schedule(ctx, actor, toScheduleInput(window), once)) ??
    (await findCreatedMaintenance(ctx.database, actor.accountId, once));
  if (made === undefined) return successMessage(texts.scheduledAlready);
  return scheduledMessage(context, person, made, window.channels);
}
