import type { ModalView } from '@slack/types';
import { authorize } from '../../core/permissions.ts';
import { getMaintenance } from '../../maintenance/commands/find.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { plannedWindow } from '../../maintenance/rules/times.ts';
import { resolveMaintenance } from '../../maintenance/slack/resolve.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import { quote, section } from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run, subcommand, TEXT } from '../../slack/command.ts';
import { modal, readInput, readText, textInput } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { formatWindow } from '../../slack/time.ts';
import { approvalForms } from '../../texts/slack-forms.ts';
import { approvalMessages } from '../../texts/slack-messages.ts';
import { approve, decline } from '../commands.ts';

/** Listens for the buttons to approve and to decline, and for the submitted reason. The announcement shows the outcome. */
export function listenToApprovals(on: Listeners): void {
  const { client, ctx } = on.context;

  on.button(ACTIONS.approve, async ({ actor }, { value, body }) => {
    await approve(ctx, actor, Number(value), `press:approve:${value}:${body.actions[0]?.action_ts ?? ''}`);
  });
  on.button(ACTIONS.decline, async ({ actor, timezone }, { value, triggerId }) => {
    authorize(actor, 'approve');
    const view = declineModal(await getMaintenance(ctx, actor, Number(value)), timezone);
    await client.views.open({ trigger_id: triggerId, view });
  });
  on.submission(VIEWS.decline, async ({ actor }, view) => {
    const reason = readText(readInput(view.state.values), 'reason') || undefined;
    await decline(ctx, actor, Number(view.private_metadata), reason, `view:${view.id}`);
  });
}

const approveOne: Run = async (context, person, [ref], request) => {
  const { id } = await resolveMaintenance(context, person, ref);
  const approved = await approve(context.ctx, person.actor, id, idempotencyKey(request));
  if (approved === undefined) return undefined;
  const window = formatWindow(plannedWindow(approved), person.timezone);
  return successMessage(approvalMessages.approved(id, quote(approved.name, 200), window));
};

const declineOne: Run = async (context, person, [ref, reason], request) => {
  const { id } = await resolveMaintenance(context, person, ref);
  const declined = await decline(context.ctx, person.actor, id, reason, idempotencyKey(request));
  return declined && successMessage(approvalMessages.declined(id, quote(declined.name, 200)));
};

export const approvals: readonly Entry[] = [
  { form: subcommand('approve'), run: approveOne },
  { form: subcommand('decline', `(?:${TEXT})?`), run: declineOne },
];

/** Asks why. @param zone the IANA zone of whoever declines */
export function declineModal(maintenance: Maintenance, zone: string): ModalView {
  const window = formatWindow(plannedWindow(maintenance), zone);
  return modal(VIEWS.decline, approvalForms.decline, maintenance.id, [
    section(`*${quote(maintenance.name, 250)}*\n${window}`),
    textInput('reason', approvalForms.reason, { multiline: true, optional: true, hint: approvalForms.reasonHint }),
  ]);
}
