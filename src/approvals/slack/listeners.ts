import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../../core/permissions.ts';
import { getMaintenance } from '../../maintenance/commands/find.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { resolveMaintenance } from '../../maintenance/slack/resolve.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import { quote, section } from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run, subcommand, TEXT } from '../../slack/command.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { formatWindow } from '../../slack/time.ts';
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
    const reason = readDeclineModal(view.state.values);
    await decline(ctx, actor, Number(view.private_metadata), reason, `view:${view.id}`);
  });
}

/** What a second person says. */
export const approvals: readonly Entry[] = [
  { form: subcommand('approve'), run: (...asked) => approveOne(...asked) },
  { form: subcommand('decline', `(?:${TEXT})?`), run: (...asked) => declineOne(...asked) },
];

const approveOne: Run = async (context, person, [ref], asked) => {
  const { id } = await resolveMaintenance(context, person, ref);
  const approved = await approve(context.ctx, person.actor, id, idempotencyKey(asked));
  if (approved === undefined) return undefined;
  const window = { start: approved.scheduledStart, end: approved.scheduledEnd };
  return successMessage(
    `Approved: maintenance ${id}, *${quote(approved.name, 200)}*, ${formatWindow(window, person.timezone)}.`,
  );
};

const declineOne: Run = async (context, person, [ref, reason], asked) => {
  const { id } = await resolveMaintenance(context, person, ref);
  const declined = await decline(context.ctx, person.actor, id, reason, idempotencyKey(asked));
  if (declined === undefined) return undefined;
  return successMessage(`Declined: maintenance ${id}, *${quote(declined.name, 200)}*. It does not start.`);
};

const LONGEST = 3000;

/** Asks why. @param zone the IANA zone of whoever declines */
export function declineModal(maintenance: Maintenance, zone: string): ModalView {
  const window = { start: maintenance.scheduledStart, end: maintenance.scheduledEnd };
  return {
    type: 'modal',
    callback_id: VIEWS.decline,
    title: { type: 'plain_text', text: 'Decline' },
    submit: { type: 'plain_text', text: 'Decline' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: String(maintenance.id),
    blocks: [
      section(`*${quote(maintenance.name, 250)}*\n${formatWindow(window, zone)}`),
      {
        type: 'input',
        block_id: 'reason',
        optional: true,
        label: { type: 'plain_text', text: 'Reason' },
        hint: { type: 'plain_text', text: 'Shown in internal threads, and to whoever asked.' },
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: LONGEST },
      },
    ],
  };
}

const submitted = z.object({ reason: z.object({ value: z.object({ value: z.string().nullish() }) }) });

/** The reason given, or none. `values` is Slack's `view.state.values`. */
export function readDeclineModal(values: unknown): string | undefined {
  return submitted.parse(values).reason.value.value ?? undefined;
}
