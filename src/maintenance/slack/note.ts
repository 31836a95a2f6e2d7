import { decisionLine } from '../../approvals/slack/messages.ts';
import { nothing, type Renderers, render, type TimelineEvent } from '../../audit/events.ts';
import { postCheckMessage, reopenedAsLine } from '../../checks/slack/messages.ts';
import type { Audience } from '../../core/permissions.ts';
import { freezeLine, freezeMovedLine, freezeSkippedLine } from '../../freezes/slack/messages.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import type { Message } from '../../slack/blocks.ts';
import { actions, button, formatList, formatNames, mentionPerson, quote, successMessage } from '../../slack/blocks.ts';
import { formatInstant, formatWindow, localizeDates, localWindow } from '../../slack/time.ts';
import { maintenanceForms } from '../../texts/slack-forms.ts';
import { approvalMessages, historyMessages, maintenanceMessages } from '../../texts/slack-messages.ts';
import { MAINTENANCE_FIELDS, SCOPE_FIELD } from '../fields.ts';
import { formatDuration, type Status } from '../rules/status.ts';

const texts = maintenanceMessages.notes;
const loud = (text: string): Message => ({ ...successMessage(text), broadcast: true });

const internally =
  <E extends TimelineEvent>(draw: (event: E) => Message) =>
  (event: E, audience: Audience) =>
    audience === 'public' ? undefined : draw(event);

/**
 * The notes in the thread of an announcement; none for what the live message shows by itself. Public channels see what
 * happens to the window, not who did it, and no checks.
 */
const NOTES: Renderers<[audience: Audience], Message | undefined> = {
  'maintenance.scheduled': nothing,
  'maintenance.changed': (event, audience) => {
    const line = changedLine(event, audience);
    // Other times are for everybody in the channel to see; other words are not.
    return line === undefined ? undefined : { ...successMessage(line), broadcast: changesTimes(event) };
  },
  'maintenance.corrected': (event, audience) => {
    const changes = [...listCorrections(event), ...listChanges(event, audience)];
    if (changes.length === 0) return undefined;
    const line = texts.corrected(by(event, audience), changes);
    return { ...successMessage(line), broadcast: event.after.status !== undefined };
  },
  'maintenance.rescheduled': (event, audience) => {
    const { before, after } = event;
    const now = localWindow(toWindow(after.scheduled_start_date, after.scheduled_end_date), 'in a sentence');
    const old = formatWindow(toWindow(before.scheduled_start_date, before.scheduled_end_date), 'UTC');
    return loud(texts.moved(by(event, audience), now, old));
  },
  'maintenance.approved': (event) => successMessage(decisionLine(event)),
  'maintenance.declined': (event) => successMessage(decisionLine(event)),
  'maintenance.approval_expired': (_, audience) => loud(approvalMessages.expired[audience]),
  'maintenance.reminded': reminderMessage,
  'maintenance.started': (event, audience) => loud(startedLine(event, audience)),
  'maintenance.extended': (event, audience) => {
    const before = event.before.ends_at ?? event.before.scheduled_end_date;
    const after = event.after.ends_at ?? event.after.scheduled_end_date;
    const longer = formatDuration(Date.parse(after) - Date.parse(before));
    return successMessage(texts.extended(longer, by(event, audience), nowNot(after, before)));
  },
  'maintenance.finished': (event, audience) => loud(endedLine(event, audience)),
  'maintenance.canceled': (event, audience) => loud(endedLine(event, audience)),
  'maintenance.skipped': (event, audience) => loud(texts.skipped(by(event, audience))),
  // Of the runs of a series that were missed in a row, the newest stands for all.
  'maintenance.missed': ({ after }, audience) =>
    after.newer_missed === true ? undefined : loud(texts.missed((after.missed_in_a_row ?? 1) - 1, audience)),
  'maintenance.reopened': (event, audience) => successMessage(reopenedAsLine(by(event, audience), event)),
  'maintenance.deleted': nothing,
  'maintenance.owner_deactivated': internally(({ after: { owner, name } }) =>
    successMessage(texts.ownerDeactivated(mentionPerson({ id: owner, name }))),
  ),
  'maintenance.announcement_failed': ({ after: { channel, error, advice } }) =>
    successMessage(texts.announcementFailed(channel, quote(error, 100), quote(advice, 500))),
  'maintenance.checks_switched': internally((event) => ({
    ...successMessage(checkLines(event)),
    // That a check may raise an alarm, or watches nothing, is for everybody in the channel to see.
    broadcast: event.after.failed.length > 0,
  })),
  'maintenance.checks_unhealthy': internally(postCheckMessage),
  'maintenance.freeze_skipped': (event, audience) => successMessage(freezeSkippedLine(event, audience)),
  'maintenance.freeze_moved': (event, audience) => {
    const { before, after } = event;
    const now = localWindow(toWindow(after.scheduled_start_date, after.scheduled_end_date), 'in a sentence');
    const old = formatWindow(toWindow(before.scheduled_start_date, before.scheduled_end_date), 'UTC');
    return loud(freezeMovedLine(event, audience, now, old));
  },
  'maintenance.freeze_entered': (event) => successMessage(freezeLine(event)),
  'maintenance.freeze_overridden': (event) => successMessage(freezeLine(event)),
  // A thread shows the comment itself, as it is now.
  'maintenance.commented': nothing,
  'maintenance.comment_changed': nothing,
  'maintenance.comment_deleted': nothing,
  'webhook.disabled': nothing,
};

/** The note of an event in a thread; undefined for none, also of an internal event in a public channel. */
export function threadNote(event: TimelineEvent, audience: Audience): Message | undefined {
  return audience === 'public' && event.internal ? undefined : render(NOTES, event, audience);
}

const byLull = (event: TimelineEvent) => event.actor.source === 'lull';
const by = (event: TimelineEvent, audience: Audience) =>
  byLull(event) || audience === 'public' ? '' : texts.by(mentionPerson(event.actor));
const toWindow = (start: string, end: string) => ({ start: new Date(start), end: new Date(end) });

/**
 * "Postgres upgrade starts in 15 min", as of the reminder: who reads it later sees when that was. In the thread and in the
 * channel; before the end with a button to extend it.
 */
export function reminderMessage(event: TimelineEvent<'maintenance.reminded'>, audience: Audience): Message {
  const { maintenance, name, awaits_approval: awaitsApproval = false, ...planned } = event.after;
  const edge = planned.scheduled_start_date ?? planned.ends_at;
  if (edge === undefined) throw new Error(`reminder ${event.id} has neither a start nor an end`);
  const at = new Date(edge);
  const title = quote(name, 250);
  const length = formatDuration(at.getTime() - event.at.getTime());
  const when = localizeDates(at);
  if (planned.scheduled_start_date !== undefined) {
    if (!awaitsApproval) return loud(texts.startsSoon(title, length, when));
    // In public it is not known yet whether it will start, and why is not for everybody.
    return loud(audience === 'public' ? texts.plannedFor(title, when) : texts.awaits(title, length, when, maintenance));
  }
  const message = loud(texts.endsSoon(title, length, when));
  if (audience === 'public') return message;
  const extend = button(ACTIONS.extend, maintenanceForms.buttons.extend, String(maintenance));
  return { ...message, blocks: [...message.blocks, actions(`reminder:${event.id}`, [extend])] };
}

function startedLine(event: TimelineEvent<'maintenance.started'>, audience: Audience): string {
  const { before, after } = event;
  const { scheduled_start_date: start, scheduled_end_date: end } = before;
  const planned =
    start === undefined || end === undefined
      ? ''
      : ` ${maintenanceMessages.planned(localWindow(toWindow(start, end), 'in a sentence'))}`;
  const late = byLull(event) && after.late_by_minutes > 0 ? formatDuration(after.late_by_minutes * 60_000) : undefined;
  return texts.started(by(event, audience), late, `${localizeDates(new Date(after.ends_at))}${planned}`);
}

function endedLine(event: TimelineEvent<'maintenance.finished' | 'maintenance.canceled'>, audience: Audience): string {
  const { status, reason, late_by_minutes: late } = event.after;
  const because = reason === undefined ? '' : `\n>${quote(reason, 1400).replaceAll('\n', '\n>')}`;
  if (status === 'succeed' && byLull(event)) {
    return texts.endedByItself(late === undefined ? undefined : formatDuration(late * 60_000));
  }
  return texts.ended(status, `${by(event, audience)}.${because}`);
}

const EDITABLE = Object.values({ ...MAINTENANCE_FIELDS, scopeId: SCOPE_FIELD });

function changedLine(event: TimelineEvent<'maintenance.changed'>, audience: Audience): string | undefined {
  const changes = listChanges(event, audience);
  if (changes.length === 0) return undefined;
  const { series } = event.after;
  return texts.changed(by(event, audience), series === undefined ? '' : quote(series, 20), changes);
}

function listCorrections({ before, after }: TimelineEvent<'maintenance.corrected'>): string[] {
  const { status, start_date: start, end_date: end, ends_at: endsAt } = after;
  const name = (of: Status) => historyMessages.statuses[of] ?? of;
  return [
    ...(status === undefined || before.status === undefined
      ? []
      : [texts.newStatus(name(status), name(before.status))]),
    ...(start ? [texts.recordedStart(localizeDates(new Date(start)))] : []),
    ...(end ? [texts.recordedEnd(localizeDates(new Date(end)))] : []),
    ...(status === 'in-progress' && endsAt ? [texts.newEnd(localizeDates(new Date(endsAt)))] : []),
  ];
}

function listChanges(
  { before, after }: TimelineEvent<'maintenance.changed' | 'maintenance.corrected'>,
  audience: Audience,
): string[] {
  const { scheduled_start_date: start, name } = after;
  const [end, endBefore] = [after, before].map(({ ends_at, scheduled_end_date }) => ends_at ?? scheduled_end_date);
  const startBefore = before.scheduled_start_date;
  return [
    ...(start === undefined || startBefore === undefined ? [] : [texts.newStart(nowNot(start, startBefore))]),
    ...(name === undefined ? [] : [texts.newName(quote(name, 250), quote(before.name ?? '', 250))]),
    ...(end === undefined || endBefore === undefined ? [] : [texts.newEnd(nowNot(end, endBefore))]),
    ...EDITABLE.flatMap((field) =>
      'changed' in field && field.name in after && (audience === 'internal' || field.audience === 'public')
        ? [field.changed]
        : [],
    ),
  ];
}

function nowNot(after: string, before: string): string {
  return texts.nowNot(localizeDates(new Date(after)), `${formatInstant(new Date(before), 'UTC')} UTC`);
}

function changesTimes({ after }: TimelineEvent<'maintenance.changed'>): boolean {
  const times = [after.scheduled_start_date, after.scheduled_end_date, after.ends_at];
  return after.series === undefined && times.some((time) => time !== undefined);
}

function numbers(ids: readonly number[]): string {
  const shown = ids.slice(0, 5).map((id) => `#${id}`);
  return texts.maintenances(ids.length, shown.join(', '), ids.length - shown.length);
}

const MAX_FAILURES = 5;
const MAX_SHARED = 3;

function checkLines({ after }: TimelineEvent<'maintenance.checks_switched'>): string {
  const { failed, shared, still_muted: stillMuted } = after;
  const line = (text: string, checks: readonly string[]) =>
    checks.length === 0 ? [] : [`${text}: ${formatNames(checks, 200)}`];
  return [
    ...line(texts.muted, after.muted),
    ...shared.slice(0, MAX_SHARED).flatMap(({ checks, by: ids }) => line(texts.sharedMute(numbers(ids)), checks)),
    ...line(texts.alreadyMuted, after.already_muted),
    ...line(texts.unmuted, after.unmuted),
    ...line(texts.leftMuted, after.left_muted),
    ...stillMuted
      .slice(0, MAX_SHARED)
      .flatMap(({ checks, by: ids, until }) =>
        line(texts.stillMuted(numbers(ids), localizeDates(new Date(until))), checks),
      ),
    ...(stillMuted.length > MAX_SHARED ? [texts.moreStillMuted] : []),
    ...line(texts.unmutedByHand, after.unmuted_by_hand),
    ...(failed.length === 0 ? [] : [texts.switchFailed(failed.length)]),
    ...formatList(failed, MAX_FAILURES, ({ check, error }) => `• ${quote(check, 60)}: ${quote(error, 120)}`),
  ].join('\n');
}
