import { declinedNotice, expiredNotice } from '../../approvals/slack/messages.ts';
import { nothing, type Renderers, render, type TimelineEvent } from '../../audit/events.ts';
import { postCheckLines } from '../../checks/slack/aftermath.ts';
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
import type { Maintenance } from '../repository/maintenances.ts';
import { can } from '../rules/lifecycle.ts';
import { formatDuration } from '../rules/status.ts';
import { currentWindow } from '../rules/times.ts';
import { localTimes } from './announcement.ts';

/** How many refused checks are named. */
const NAMED = 5;

/** What the owner of a maintenance is told of an event in a direct message; undefined when it does not need them. */
export function noticeMessage(maintenance: Maintenance, event: TimelineEvent): Message | undefined {
  const lines = render(NOTICES, event, `*${quote(maintenance.name, 250)}*`, maintenance);
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
        ...(event.type === 'maintenance.checks_unhealthy' ? [button(ACTIONS.reopen, 'Reopen', value)] : []),
        button(ACTIONS.show, 'Show', value),
      ]),
    ],
  };
}

/** The lines of a notice; `what` is the name of the maintenance in mrkdwn. Of most events there is none. */
const NOTICES: Renderers<[what: string, maintenance: Maintenance], string[] | undefined> = {
  'maintenance.scheduled': nothing,
  'maintenance.changed': nothing,
  'maintenance.rescheduled': nothing,
  'maintenance.approved': nothing,
  'maintenance.declined': (event, what) => [declinedNotice(what, event)],
  'maintenance.approval_expired': (_, what) => [expiredNotice(what)],
  'maintenance.reminded': nothing,
  'maintenance.started': ({ after }, what, maintenance) => [
    `${what} started ${inWords(after.late_by_minutes)} late, because Lull was not running at its start. It ends ${localizeDates(currentWindow(maintenance).end)}.`,
  ],
  'maintenance.extended': nothing,
  'maintenance.finished': ({ after }, what) => [
    `${what} ended ${inWords(after.late_by_minutes ?? 0)} late, because Lull was not running at its end. Its checks were off until then.`,
  ],
  'maintenance.canceled': nothing,
  'maintenance.skipped': nothing,
  'maintenance.missed': (_, what) => [
    `${what} was missed: Lull was not running during its window, so nothing was started and no check was switched. If the work is still to be done, schedule it again.`,
  ],
  'maintenance.reopened': nothing,
  'maintenance.deleted': nothing,
  'maintenance.announcement_failed': ({ after: { channel, error, advice } }, what) => [
    `${what} could not be announced in <#${channel}> (${quote(error, 100)}). ${quote(advice, 500)}`,
  ],
  'maintenance.checks_switched': ({ after }, what) => refused(what, after.failed),
  'maintenance.checks_unhealthy': (event, what) => postCheckLines(what, event),
  'maintenance.commented': nothing,
  'maintenance.comment_changed': nothing,
  'maintenance.comment_deleted': nothing,
  'maintenance.freeze_entered': nothing,
  'maintenance.freeze_overridden': nothing,
  'webhook.disabled': ({ after: { webhook, reason } }, what) => [
    `Webhook ${webhook} was disabled, so the tools behind it hear of nothing any more, ${what} included. ${quote(reason, 500)} Once it works, enable it again: what waits is delivered then.`,
  ],
};

const inWords = (minutes: number) => formatDuration(minutes * 60_000);

type Refusals = TimelineEvent<'maintenance.checks_switched'>['after']['failed'];

function refused(what: string, failed: Refusals): string[] | undefined {
  const [first] = failed;
  if (first === undefined) return undefined;
  const count = failed.length === 1 ? 'A check' : `${failed.length} checks`;
  const said =
    first.to === 'off'
      ? `${count} of ${what} could not be switched off, so ${failed.length === 1 ? 'it' : 'they'} may raise an alarm during the work. Lull keeps trying.`
      : `${what} is over, but ${count.toLowerCase()} could not be switched on again. Lull keeps trying; until then nothing watches there.`;
  return [said, ...formatList(failed, NAMED, ({ check, error }) => `• ${quote(check, 80)}: ${quote(error, 300)}`)];
}
