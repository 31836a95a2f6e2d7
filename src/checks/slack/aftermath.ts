import type { TimelineEvent } from '../../audit/events.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  formatNames,
  type Message,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import { localizeDates } from '../../slack/time.ts';

type Unhealthy = TimelineEvent<'maintenance.checks_unhealthy'>;

/** That somebody reopened it. @param who as Slack shows them */
export function reopenedAsLine(who: string, { after }: TimelineEvent<'maintenance.reopened'>): string {
  const end = new Date(after.ends_at);
  return `:construction: Reopened${who} as maintenance ${after.maintenance}, until ${localizeDates(end)}.`;
}

/** What the thread, and the channel, hear of checks that do not watch again after a window, or find something wrong. */
export function postCheckMessage(event: Unhealthy): Message {
  const { name, maintenance } = event.after;
  const text = truncateBlocks(
    `:warning: *${quote(name, 250)}* is over, but:\n${found(event).join('\n')}`,
    SLACK_LIMITS.section,
  );
  const reopen = button(ACTIONS.reopen, 'Reopen', String(maintenance));
  return { text, blocks: [section(text), actions(`look-again:${event.id}`, [reopen])], broadcast: true };
}

/** The same for its owner, line by line. */
export function postCheckLines(what: string, event: Unhealthy): string[] {
  return [`${what} is over, but:`, ...found(event), 'If the work goes on, reopen it.'];
}

function found({ after }: Unhealthy): string[] {
  const { still_off: off, failing } = after;
  const were = (checks: readonly string[], one: string, many: string) => (checks.length === 1 ? one : many);
  return [
    ...(off.length === 0
      ? []
      : [
          `${were(off, 'A check is', `${off.length} checks are`)} off, so nothing watches there: ${formatNames(off, 500)}`,
        ]),
    ...(failing.length === 0
      ? []
      : [`${were(failing, 'A check fails', `${failing.length} checks fail`)}: ${formatNames(failing, 500)}`]),
  ].map((line) => `• ${line}`);
}
