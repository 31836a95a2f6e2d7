import { z } from 'zod';
import type { TimelineEvent } from '../../delivery/announcements.ts';
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

/** What is recorded of a look at the checks some time after a window. */
const recorded = z.object({
  maintenance: z.number(),
  name: z.string(),
  still_off: z.array(z.string()),
  failing: z.array(z.string()),
});

const reopened = z.object({
  maintenance: z.number(),
  ends_at: z.iso.datetime().transform((text) => new Date(text)),
});

/** That somebody reopened it. @param who as Slack shows them */
export function reopenedAsLine(who: string, { after }: TimelineEvent): string {
  const { maintenance, ends_at: end } = reopened.parse(after);
  return `:construction: Reopened${who} as maintenance ${maintenance}, until ${localizeDates(end)}.`;
}

/** What the thread, and the channel, hear of checks that do not watch again after a window, or find something wrong. */
export function postCheckMessage(event: TimelineEvent): Message {
  const { name, maintenance } = recorded.parse(event.after);
  const text = truncateBlocks(
    `:warning: *${quote(name, 250)}* is over, but:\n${found(event).join('\n')}`,
    SLACK_LIMITS.section,
  );
  const reopen = button(ACTIONS.reopen, 'Reopen', String(maintenance));
  return { text, blocks: [section(text), actions(`look-again:${event.id}`, [reopen])], broadcast: true };
}

/** The same for its owner, line by line. */
export function postCheckLines(what: string, event: TimelineEvent): string[] {
  return [`${what} is over, but:`, ...found(event), 'If the work goes on, reopen it.'];
}

function found({ after }: TimelineEvent): string[] {
  const { still_off: off, failing } = recorded.parse(after);
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
