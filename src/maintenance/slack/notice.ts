import { declinedNotice } from '../../approvals/slack/messages.ts';
import { nothing, type Renderers, render, type TimelineEvent } from '../../audit/events.ts';
import { postCheckLines } from '../../checks/slack/messages.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  context,
  formatList,
  type Message,
  mentionPerson,
  quote,
  successMessage,
} from '../../slack/blocks.ts';
import { localizeDates } from '../../slack/time.ts';
import { maintenanceForms } from '../../texts/slack-forms.ts';
import { approvalMessages, maintenanceMessages } from '../../texts/slack-messages.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { can } from '../rules/lifecycle.ts';
import { formatDuration } from '../rules/status.ts';
import { currentWindow } from '../rules/times.ts';
import { localTimes } from './announcement.ts';

const texts = maintenanceMessages.notices;

/**
 * The direct message to the owner of a maintenance about an event, or to whoever can act for them; undefined when it needs
 * nobody.
 */
export function noticeMessage(
  maintenance: Maintenance,
  event: TimelineEvent,
  recipient = maintenance.owner.id,
): Message | undefined {
  const { id, name, status, owner } = maintenance;
  const why = recipient === owner.id ? texts.youOwnIt : texts.ownerUnreachable(mentionPerson(owner));
  const lines = render(NOTICES, event, `*${quote(name, 250)}*`, maintenance);
  if (lines === undefined) return undefined;
  const { text, blocks } = successMessage(`:warning: ${lines.join('\n')}`);
  const press = (action: 'extend' | 'reopen' | 'show') =>
    button(ACTIONS[action], maintenanceForms.buttons[action], String(id));
  return {
    text,
    blocks: [
      ...blocks,
      context([maintenanceMessages.maintenance(id), localTimes(maintenance), why]),
      actions(`notice:${event.id}`, [
        ...(can(status, 'extend') ? [press('extend')] : []),
        ...(event.type === 'maintenance.checks_unhealthy' ? [press('reopen')] : []),
        press('show'),
      ]),
    ],
  };
}

/** The lines of a notice; `title` is the name of the maintenance in mrkdwn. Most events have none. */
const NOTICES: Renderers<[title: string, maintenance: Maintenance], readonly string[] | undefined> = {
  'maintenance.scheduled': nothing,
  'maintenance.changed': nothing,
  'maintenance.corrected': nothing,
  'maintenance.rescheduled': nothing,
  'maintenance.approved': nothing,
  'maintenance.declined': (event, title) => [declinedNotice(title, event)],
  'maintenance.approval_expired': (_, title) => [approvalMessages.notice.expired(title)],
  'maintenance.reminded': nothing,
  'maintenance.started': ({ after }, title, maintenance) => [
    texts.startedLate(title, inWords(after.late_by_minutes), localizeDates(currentWindow(maintenance).end)),
  ],
  'maintenance.extended': nothing,
  'maintenance.finished': ({ after }, title) => [texts.endedLate(title, inWords(after.late_by_minutes ?? 0))],
  'maintenance.canceled': nothing,
  'maintenance.skipped': nothing,
  'maintenance.missed': (_, title) => [texts.missed(title)],
  'maintenance.reopened': nothing,
  'maintenance.deleted': nothing,
  'maintenance.owner_deactivated': ({ after: { owner, name, open } }, title) => [
    texts.ownerDeactivated(title, mentionPerson({ id: owner, name }), open - 1),
  ],
  'maintenance.announcement_failed': ({ after: { channel, error, advice } }, title) => [
    texts.announcementFailed(title, channel, quote(error, 100), quote(advice, 500)),
  ],
  'maintenance.checks_switched': ({ after: { failed } }, title) =>
    failed[0] && [
      texts.switchFailed(title, failed.length, failed[0].to),
      ...formatList(failed, MAX_FAILURES, ({ check, error }) => `• ${quote(check, 80)}: ${quote(error, 300)}`),
    ],
  'maintenance.checks_unhealthy': (event, title) => postCheckLines(title, event),
  'maintenance.commented': nothing,
  'maintenance.comment_changed': nothing,
  'maintenance.comment_deleted': nothing,
  'maintenance.freeze_skipped': nothing,
  'maintenance.freeze_moved': nothing,
  'maintenance.freeze_entered': nothing,
  'maintenance.freeze_overridden': nothing,
  'webhook.disabled': ({ after: { webhook, reason } }, title) => [
    texts.webhookDisabled(title, webhook, quote(reason, 500)),
  ],
};

const MAX_FAILURES = 5;
const inWords = (minutes: number) => formatDuration(minutes * 60_000);
