import type { SectionBlock } from '@slack/types';
import { decisionLine, expiredLine } from '../../approvals/slack/messages.ts';
import { nothing, type Renderers, render, type TimelineEvent } from '../../audit/events.ts';
import type { MuteRecord } from '../../checks/mute-repository.ts';
import { postCheckMessage, reopenedAsLine } from '../../checks/slack/aftermath.ts';
import type { Audience } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { freezeLine } from '../../freezes/slack/messages.ts';
import {
  formatList,
  formatNames,
  type Message,
  mentionPerson,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import { formatInstant, formatWindow, localizeDates, localWindow } from '../../slack/time.ts';
import { MAINTENANCE_FIELDS, SCOPE_FIELD } from '../fields.ts';
import { formatDuration } from '../rules/status.ts';
import { reminderMessage } from './announcement.ts';

const loud = (message: Message): Message => ({ ...message, broadcast: true });

/** What the internal threads show of an event, and nothing in public ones. */
const internally =
  <E extends TimelineEvent>(draw: (event: E) => Message) =>
  (event: E, audience: Audience) =>
    audience === 'public' ? undefined : draw(event);

/**
 * What the thread of an announcement shows of each event; nothing of what the live message shows by itself. Public
 * channels see what happens to the window, not who did it nor checks.
 */
const NOTES: Renderers<[audience: Audience], Message | undefined> = {
  'maintenance.scheduled': nothing,
  'maintenance.changed': (event, audience) => {
    const line = editedLine(event, audience);
    // Another time is for everybody in the channel to see; other words are not.
    return line === undefined ? undefined : { ...said(line), broadcast: changesTimes(event) };
  },
  'maintenance.rescheduled': (event, audience) => loud(said(movedLine(event, audience))),
  'maintenance.approved': (event) => said(decisionLine(event)),
  'maintenance.declined': (event) => said(decisionLine(event)),
  'maintenance.approval_expired': (_, audience) => loud(said(expiredLine(audience))),
  'maintenance.reminded': reminderMessage,
  'maintenance.started': (event, audience) => loud(said(startedLine(event, audience))),
  'maintenance.extended': (event, audience) => said(extendedLine(event, audience)),
  'maintenance.finished': (event, audience) => loud(said(endedLine(event, audience))),
  'maintenance.canceled': (event, audience) => loud(said(endedLine(event, audience))),
  'maintenance.skipped': (event, audience) =>
    loud(said(`:fast_forward: Skipped${by(event, audience)}. The series goes on.`)),
  'maintenance.missed': (event, audience) => {
    const line = missedLine(event, audience);
    return line === undefined ? undefined : loud(said(line));
  },
  'maintenance.reopened': (event, audience) => said(reopenedAsLine(by(event, audience), event)),
  'maintenance.deleted': nothing,
  'maintenance.announcement_failed': (event) => said(notAnnouncedLine(event)),
  'maintenance.checks_switched': internally((event) => ({
    ...said(enforcedLines(event)),
    // That a check may raise an alarm, or watches nothing, is for everybody in the channel to see.
    broadcast: event.after.failed.length > 0,
  })),
  'maintenance.checks_unhealthy': internally(postCheckMessage),
  'maintenance.freeze_entered': (event) => said(freezeLine(event)),
  'maintenance.freeze_overridden': (event) => said(freezeLine(event)),
  // A thread shows the comment itself, as it is now.
  'maintenance.commented': nothing,
  'maintenance.comment_changed': nothing,
  'maintenance.comment_deleted': nothing,
  'webhook.disabled': nothing,
};

/** What a thread shows of an event; undefined for nothing, also of an internal event in a public channel. */
export function threadNote(event: TimelineEvent, audience: Audience): Message | undefined {
  return audience === 'public' && event.internal ? undefined : render(NOTES, event, audience);
}

/** `text` is what a notification says. */
function said(text: string): Message {
  return { text: truncateBlocks(text, SLACK_LIMITS.section), blocks: [section(text)] };
}

const byLull = (event: TimelineEvent) => event.actor.source === 'lull';
const by = (event: TimelineEvent, audience: Audience) =>
  byLull(event) || audience === 'public' ? '' : ` by ${mentionPerson(event.actor)}`;

function startedLine(event: TimelineEvent<'maintenance.started'>, audience: Audience): string {
  const { before, after } = event;
  const { scheduled_start_date: start, scheduled_end_date: end } = before;
  const planned =
    start === undefined || end === undefined
      ? ''
      : ` (planned ${localWindow({ start: new Date(start), end: new Date(end) }, 'in a sentence')})`;
  const ends = `It ends ${localizeDates(new Date(after.ends_at))}${planned}.`;
  if (!byLull(event)) return `:construction: Started${by(event, audience)}. ${ends}`;
  if (after.late_by_minutes > 0) {
    return `:construction: Started ${formatDuration(after.late_by_minutes * 60_000)} late, because Lull was not running at its start. ${ends}`;
  }
  return `:construction: Started. ${ends}`;
}

function endedLine(event: TimelineEvent<'maintenance.finished' | 'maintenance.canceled'>, audience: Audience): string {
  const { status, reason, late_by_minutes: late } = event.after;
  const who = by(event, audience);
  const because = reason === undefined ? '' : `\n>${quote(reason, 1400).replaceAll('\n', '\n>')}`;
  if (status === 'canceled') return `:no_entry_sign: Canceled${who}.${because}`;
  if (status === 'failed') return `:x: Ended as failed${who}.${because}`;
  if (!byLull(event)) return `:white_check_mark: Ended${who}.${because}`;
  return late === undefined
    ? ':white_check_mark: Ended as planned.'
    : `:white_check_mark: Ended ${formatDuration(late * 60_000)} late, because Lull was not running at its end.`;
}

/** Of the runs of a series that were missed in a row, the newest tells of all. */
function missedLine({ after }: TimelineEvent<'maintenance.missed'>, audience: Audience): string | undefined {
  if (after.newer_missed === true) return undefined;
  const others = (after.missed_in_a_row ?? 1) - 1;
  const like = others === 0 ? '' : `, as during the ${others === 1 ? 'run' : `${others} runs`} of its series before it`;
  return `:warning: Missed: Lull was not running during this window${like}. Nothing was started${audience === 'public' ? '' : ', no check was switched'}.`;
}

function movedLine(event: TimelineEvent<'maintenance.rescheduled'>, audience: Audience): string {
  const before = windowIn(event.before);
  const after = windowIn(event.after);
  return `:calendar: Moved${by(event, audience)}: it is ${localWindow(after, 'in a sentence')}, not ${formatWindow(before, 'UTC')}.`;
}

function windowIn(times: { scheduled_start_date: string; scheduled_end_date: string }): Interval {
  return { start: new Date(times.scheduled_start_date), end: new Date(times.scheduled_end_date) };
}

const EDITABLE = { ...MAINTENANCE_FIELDS, scopeId: SCOPE_FIELD };

function editedLine(event: TimelineEvent<'maintenance.changed'>, audience: Audience): string | undefined {
  const { before, after } = event;
  const withSeries = after.series === undefined ? '' : ` with its series ${quote(after.series, 20)}`;
  const starts = after.scheduled_start_date;
  const endedBefore = before.ends_at ?? before.scheduled_end_date;
  const ends = after.ends_at ?? after.scheduled_end_date;
  const changes = [
    ...(starts === undefined || before.scheduled_start_date === undefined
      ? []
      : [`it starts ${nowNot(starts, before.scheduled_start_date)}`]),
    ...(after.name === undefined
      ? []
      : [`it is called "${quote(after.name, 250)}", not "${quote(before.name ?? '', 250)}"`]),
    ...(ends === undefined || endedBefore === undefined ? [] : [`it ends ${nowNot(ends, endedBefore)}`]),
    ...Object.values(EDITABLE).flatMap((field) =>
      'changed' in field && field.name in after && (audience === 'internal' || field.audience === 'public')
        ? [field.changed]
        : [],
    ),
  ];
  if (changes.length === 0) return undefined;
  return `:pencil2: Changed${by(event, audience)}${withSeries}: ${changes.join('; ')}.`;
}

function nowNot(after: string, before: string): string {
  return `${localizeDates(new Date(after))}, not ${formatInstant(new Date(before), 'UTC')} UTC`;
}

function changesTimes({ after }: TimelineEvent<'maintenance.changed'>): boolean {
  const times = [after.scheduled_start_date, after.scheduled_end_date, after.ends_at];
  return after.series === undefined && times.some((time) => time !== undefined);
}

function extendedLine(event: TimelineEvent<'maintenance.extended'>, audience: Audience): string {
  const before = event.before.ends_at ?? event.before.scheduled_end_date;
  const after = event.after.ends_at ?? event.after.scheduled_end_date;
  const longer = formatDuration(Date.parse(after) - Date.parse(before));
  return `:hourglass_flowing_sand: Extended by ${longer}${by(event, audience)}: it ends ${nowNot(after, before)}.`;
}

function notAnnouncedLine({ after }: TimelineEvent<'maintenance.announcement_failed'>): string {
  const { channel, error, advice } = after;
  return `:warning: This could not be announced in <#${channel}> (${quote(error, 100)}). ${quote(advice, 500)}`;
}

/** Other windows, as people name them. */
function others(windows: readonly number[]): string {
  const named = windows.slice(0, 5).map((id) => `#${id}`);
  const more = windows.length > named.length ? ` and ${windows.length - named.length} more` : '';
  return `${windows.length === 1 ? 'maintenance' : 'maintenances'} ${named.join(', ')}${more}`;
}

function enforcedLines({ after: done }: TimelineEvent<'maintenance.checks_switched'>): string {
  const line = (sign: string, checks: readonly string[], text: string) =>
    checks.length === 0 ? [] : [`${sign} ${text}: ${formatNames(checks, 200)}`];
  const refusals = done.failed.slice(0, 5).map(({ check, error }) => `• ${quote(check, 60)}: ${quote(error, 120)}`);
  return [
    ...line(':no_bell:', done.muted, 'Switched off'),
    ...done.shared
      .slice(0, 3)
      .flatMap(({ checks, by }) => line(':no_bell:', checks, `Off already for ${others(by)}, and kept off`)),
    ...line(':heavy_minus_sign:', done.already_muted, 'Off already, so left as they are'),
    ...line(':bell:', done.unmuted, 'Switched on again'),
    ...line(':heavy_minus_sign:', done.left_muted, 'Left off, as they were before'),
    ...done.still_muted
      .slice(0, 3)
      .flatMap(({ checks, by, until }) =>
        line(':no_bell:', checks, `Stays off, still held by ${others(by)} until ${localizeDates(new Date(until))}`),
      ),
    ...(done.still_muted.length > 3 ? ['and more, still held by other maintenances'] : []),
    ...line(':bell:', done.unmuted_by_hand, 'Switched on by somebody else during the window, and left on'),
    ...(done.failed.length === 0
      ? []
      : [
          `:warning: ${done.failed.length === 1 ? '1 check' : `${done.failed.length} checks`} could not be switched; Lull keeps trying:`,
          ...refusals,
          ...(done.failed.length > refusals.length ? [`and ${done.failed.length - refusals.length} more`] : []),
        ]),
  ].join('\n');
}

/** So many lines are shown, and so much of each (characters); the HTTP interface has every check. */
const LINES = 6;
const NAMES = 120;

/** What became of the checks of one window, and when, in a person's zone. Undefined while there is nothing to tell. */
export function runRecord(mutes: readonly MuteRecord[], zone: string): SectionBlock | undefined {
  const groups = new Map<string, MuteRecord[]>();
  for (const mute of mutes) {
    const told = tale(mute, zone);
    groups.set(told, [...(groups.get(told) ?? []), mute]);
  }
  if (groups.size === 0) return undefined;
  const lines = formatList([...groups], LINES, ([told, its]) => `${told}: ${formatNames(its.map(nameOf), NAMES)}`);
  return section(['*Checks of this run*', ...lines].join('\n'));
}

function nameOf({ checkName }: MuteRecord): string {
  return checkName;
}

function tale({ outcome, decidedAt, endedAt, releasedAt, error }: MuteRecord, zone: string): string {
  const when = (instant: Date | null) => (instant === null ? '' : ` ${formatInstant(instant, zone)} ${zone}`);
  const failed = error === null ? '' : ` (${quote(error, 80)})`;
  switch (outcome) {
    case 'muted':
      if (releasedAt !== null) return `:bell: Off from${when(decidedAt)}, released${when(releasedAt)}`;
      if (endedAt !== null) return `:warning: Off since${when(decidedAt)}, not on again yet${failed}`;
      return `:no_bell: Off since${when(decidedAt)}${failed}`;
    case 'already_muted':
      return `:heavy_minus_sign: Off already${when(decidedAt)}, so left as it was`;
    case 'unmuted_by_hand':
      return `:bell: Switched on by hand, seen${when(decidedAt)}`;
    case 'failed':
      return `:warning: Not switched off, tried${when(decidedAt)}${failed}`;
    case 'pending':
      return endedAt === null ? ':hourglass: Being switched off' : ':heavy_minus_sign: Not switched';
  }
}
