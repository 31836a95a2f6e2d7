import { z } from 'zod';
import { decisionNotice } from '../../approvals/slack/messages.ts';
import { postCheckLines } from '../../checks/slack/aftermath.ts';
import type { TimelineEvent } from '../../delivery/announcements.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  context,
  formatList,
  type Message,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import { localizeDates } from '../../slack/time.ts';
import { can } from '../lifecycle.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { formatDuration } from '../status.ts';
import { currentWindow } from '../times.ts';
import { localTimes } from './times.ts';

const recorded = {
  late: z.object({ late_by_minutes: z.number() }),
  enforce: z.object({
    failed: z.array(z.object({ check: z.string(), error: z.string(), to: z.enum(['off', 'on']).default('off') })),
  }),
  disabledWebhook: z.object({ webhook: z.number(), reason: z.string() }),
  notAnnounced: z.object({ channel: z.string(), error: z.string(), advice: z.string() }),
} as const;

/** How many refused checks are named. */
const NAMED = 5;

/** What the owner of a maintenance is told of an event in a direct message; undefined when it does not need them. */
export function noticeMessage(maintenance: Maintenance, event: TimelineEvent): Message | undefined {
  const lines = linesOf(maintenance, event);
  if (lines === undefined) return undefined;
  const text = truncateBlocks(`:warning: ${lines.join('\n')}`, SLACK_LIMITS.section);
  const value = String(maintenance.id);
  return {
    text,
    blocks: [
      section(text),
      context([`Maintenance ${maintenance.id}`, localTimes(maintenance), 'You are told because it is yours.']),
      actions(`notice:${event.id}`, [
        ...(can(maintenance.status, 'extend') ? [button(ACTIONS.extend, 'Extend', value)] : []),
        ...(event.action === 'look-again' ? [button(ACTIONS.reopen, 'Reopen', value)] : []),
        button(ACTIONS.show, 'Show', value),
      ]),
    ],
  };
}

function linesOf(maintenance: Maintenance, event: TimelineEvent): string[] | undefined {
  const { action, after } = event;
  const what = `*${quote(maintenance.name, 250)}*`;
  switch (action) {
    case 'start': {
      const { late_by_minutes: late } = recorded.late.parse(after);
      return [
        `${what} started ${inWords(late)} late, because Lull was not running at its start. It ends ${localizeDates(currentWindow(maintenance).end)}.`,
      ];
    }
    case 'finish': {
      const { late_by_minutes: late } = recorded.late.parse(after);
      return [
        `${what} ended ${inWords(late)} late, because Lull was not running at its end. Its checks were off until then.`,
      ];
    }
    case 'miss':
      return [
        `${what} was missed: Lull was not running during its window, so nothing was started and no check was switched. If the work is still to be done, schedule it again.`,
      ];
    case 'decline':
    case 'lapse':
      return [decisionNotice(what, action, after)];
    case 'look-again':
      return postCheckLines(what, event);
    case 'enforce':
      return refused(what, recorded.enforce.parse(after).failed);
    case 'announce-failed': {
      const { channel, error, advice } = recorded.notAnnounced.parse(after);
      return [`${what} could not be announced in <#${channel}> (${quote(error, 100)}). ${quote(advice, 500)}`];
    }
    case 'disable-webhook': {
      const { webhook, reason } = recorded.disabledWebhook.parse(after);
      return [
        `Webhook ${webhook} was disabled, so the tools behind it hear of nothing any more, ${what} included. ${quote(reason, 500)} Once it works, enable it again: what waits is delivered then.`,
      ];
    }
    default:
      return undefined;
  }
}

const inWords = (minutes: number) => formatDuration(minutes * 60_000);

function refused(what: string, failed: z.infer<typeof recorded.enforce>['failed']): string[] | undefined {
  const [first] = failed;
  if (first === undefined) return undefined;
  const count = failed.length === 1 ? 'A check' : `${failed.length} checks`;
  const said =
    first.to === 'off'
      ? `${count} of ${what} could not be switched off, so ${failed.length === 1 ? 'it' : 'they'} may raise an alarm during the work. Lull keeps trying.`
      : `${what} is over, but ${count.toLowerCase()} could not be switched on again. Lull keeps trying; until then nothing watches there.`;
  return [said, ...formatList(failed, NAMED, ({ check, error }) => `• ${quote(check, 80)}: ${quote(error, 300)}`)];
}
