import type { App, BlockButtonAction } from '@slack/bolt';
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
import { createReply, type ListenerContext, withErrorReply } from '../../slack/context.ts';
import { replyInDialog } from '../../slack/dialog.ts';
import { onSubmission } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { formatWindow } from '../../slack/time.ts';
import { approve, decline } from '../commands.ts';

/** Hears those who approve, and those who decline and say why. The announcement shows what came of it. */
export function listenToApprovals(app: App, { context, track }: ListenerContext): void {
  const { client, ctx, log, people, workspace } = context;

  onButton(ACTIONS.approve, async (person, id, body) => {
    await approve(ctx, person.actor, id, `press:approve:${id}:${body.actions[0]?.action_ts ?? ''}`);
  });
  onButton(ACTIONS.decline, async (person, id, body) => {
    authorize(person.actor, 'approve');
    const view = declineModal(await getMaintenance(ctx, person.actor, id), person.timezone);
    await client.views.open({ trigger_id: body.trigger_id, view });
  });

  function onButton(
    actionId: string,
    work: (person: Person, maintenanceId: number, body: BlockButtonAction) => Promise<void>,
  ): void {
    app.action<BlockButtonAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body, action }) => {
      await ack();
      const inView = body.container.type === 'view';
      const reply = inView ? replyInDialog(client, body.trigger_id, log) : createReply(body.response_url, log);
      track(
        withErrorReply(log, reply, async () => {
          await work(await people.find(workspace, body.user.id), Number(action.value), body);
        }),
      );
    });
  }

  onSubmission(app, { context, track })(VIEWS.decline, async ({ actor }, view) => {
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
