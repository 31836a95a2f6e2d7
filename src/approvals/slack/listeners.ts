import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { readRoles } from '../../access/repository.ts';
import { type Actor, authorize, isAllowed } from '../../core/permissions.ts';
import { describeCron } from '../../core/recurrence/index.ts';
import { getMaintenance, resolveMaintenance } from '../../maintenance/commands/find.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import { currentWindow } from '../../maintenance/rules/times.ts';
import type { Queries } from '../../platform/database.ts';
import { getSeries } from '../../series/commands.ts';
import type { Series } from '../../series/repository.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { formatNames, quote, section, successMessage } from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run, subcommand, TEXT } from '../../slack/command.ts';
import { lookUp } from '../../slack/connection/call.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';
import { choiceField, drawField, fillFields, readFields } from '../../slack/fields.ts';
import { modal, readInput, readText, textInput } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { formatWindow, localTime } from '../../slack/time.ts';
import { approvalForms } from '../../texts/slack-forms.ts';
import { approvalMessages } from '../../texts/slack-messages.ts';
import { approve, decline } from '../commands.ts';
import { DEFAULT_SERIES_APPROVAL_DAYS, MAX_SERIES_APPROVAL_DAYS } from '../rules.ts';
import { approveSeries } from '../series-commands.ts';

/** Listens for the buttons to approve and to decline, and for the submitted reason. The announcement shows the outcome. */
export function listenToApprovals(on: Listeners): void {
  const { client, ctx } = on.context;

  on.button(ACTIONS.approve, async ({ actor }, { value, body }) => {
    const [id, version] = value.split(':').map(Number);
    const once = `press:approve:${value}:${body.actions[0]?.action_ts ?? ''}`;
    await approve(ctx, actor, id ?? Number.NaN, once, { version });
  });
  on.button(ACTIONS.decline, async ({ actor, timezone }, { value, triggerId }) => {
    authorize(actor, 'approve');
    const view = declineModal(await getMaintenance(ctx, actor, Number(value)), timezone);
    await client.views.open({ trigger_id: triggerId, view });
  });
  on.button(ACTIONS.approveSeries, async ({ actor }, { value, triggerId }) => {
    authorize(actor, 'approve');
    const series = await getSeries(ctx, actor, Number(value));
    await client.views.open({ trigger_id: triggerId, view: approveSeriesModal(series, ctx.clock.now()) });
  });
  on.submission(VIEWS.approveSeries, async ({ actor }, view) => {
    const { id, version } = seriesMetadata.parse(JSON.parse(view.private_metadata));
    const { days } = readFields({ days: DAYS_FIELD }, readInput(view.state.values), 'all');
    await approveSeries(ctx, actor, id, { days: Number(days), version }, `view:${view.id}`);
  });
  on.submission(VIEWS.decline, async ({ actor }, view) => {
    const reason = readText(readInput(view.state.values), 'reason') || undefined;
    await decline(ctx, actor, Number(view.private_metadata), reason, `view:${view.id}`);
  });
}

/** How long an approver can approve a series for. */
const SERIES_DAYS = [7, 30, DEFAULT_SERIES_APPROVAL_DAYS, MAX_SERIES_APPROVAL_DAYS];
const DAYS_FIELD = choiceField(
  'days',
  'static_select',
  Object.fromEntries(SERIES_DAYS.map((days) => [String(days), approvalForms.days.option(days)])),
  approvalForms.days,
);

const approveOne: Run = async (context, person, [ref], request) => {
  const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
  const approved = await approve(context.ctx, person.actor, id, idempotencyKey(request));
  if (approved === undefined) return undefined;
  const window = formatWindow(currentWindow(approved), person.timezone);
  return successMessage(approvalMessages.approved(id, quote(approved.name, 200), window));
};

const declineOne: Run = async (context, person, [ref, reason], request) => {
  const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
  const declined = await decline(context.ctx, person.actor, id, reason, idempotencyKey(request));
  if (declined === undefined) return undefined;
  const name = quote(declined.name, 200);
  if (declined.status === 'scheduled') return successMessage(approvalMessages.declined(id, name));
  const window = formatWindow(currentWindow(declined), person.timezone);
  return successMessage(approvalMessages.extensionDeclined(id, name, window));
};

export const approvals: readonly Entry[] = [
  { form: subcommand('approve'), run: approveOne },
  { form: subcommand('decline', `(?:${TEXT})?`), run: declineOne },
];

const seriesMetadata = z.object({ id: z.int(), version: z.int() });

/** Asks for how long. */
export function approveSeriesModal({ id, version, ...series }: Series, now: Date): ModalView {
  const inputs = fillFields({ days: DAYS_FIELD }, { days: String(DEFAULT_SERIES_APPROVAL_DAYS) });
  const until = series.standingApproval?.until;
  return modal(VIEWS.approveSeries, approvalForms.series, { id, version }, [
    section(
      approvalMessages.series({
        name: quote(series.name, 250),
        services: formatNames(
          series.services.map(({ name }) => name),
          500,
        ),
        recurrence: quote(describeCron(series.cron), 150),
        timezone: series.timezone,
        duration: formatDuration(series.durationMinutes * 60_000),
        until: until === undefined || until <= now ? null : localTime(until),
      }),
    ),
    ...inputs.map((filled) => drawField(filled, 'days')),
  ]);
}

/** Asks why. @param zone the IANA zone of whoever declines */
export function declineModal(maintenance: Maintenance, zone: string): ModalView {
  const window = formatWindow(currentWindow(maintenance), zone);
  return modal(VIEWS.decline, approvalForms.decline, maintenance.id, [
    section(`*${quote(maintenance.name, 250)}*\n${window}`),
    textInput('reason', approvalForms.reason, { multiline: true, optional: true, hint: approvalForms.reasonHint }),
  ]);
}

/** The approvers of a workspace; `others` are user ids. See `Channel.listApprovers`. */
export async function findSlackApprovers(
  workspaces: Workspaces,
  database: Queries,
  accountId: number,
  others: readonly string[],
): Promise<readonly string[]> {
  const { people, workspace } = await workspaces.forAccount(accountId);
  const findActor = async (id: string): Promise<Actor | undefined> => {
    try {
      return (await lookUp(workspaces, accountId, () => people.find(workspace, id))).actor;
    } catch (error) {
      // The person left the workspace.
      if (slackError(error) === undefined) throw error;
      return undefined;
    }
  };
  const { grants } = await readRoles(database, accountId);
  const granted = grants.filter(({ role }) => role === 'approver' || role === 'admin').map(({ subject }) => subject);
  const groups = granted.filter((subject) => subject.startsWith('S'));
  const members = await Promise.all(groups.map((group) => people.membersOf(group)));
  const individuals = granted.filter((subject) => !subject.startsWith('S'));
  const candidates = new Set([...individuals, ...members.flatMap((users) => [...users]), ...others]);
  const found: string[] = [];
  for (const id of candidates) {
    const actor = await findActor(id);
    if (actor !== undefined && isAllowed(actor, 'approve')) found.push(id);
  }
  return found.length > 0 ? found : lookUp(workspaces, accountId, () => people.adminsOf(workspace));
}
