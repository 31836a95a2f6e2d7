import type { SectionBlock } from '@slack/types';
import { z } from 'zod';
import { decisionLine, expiredLine } from '../../approvals/slack/messages.ts';
import type { MuteRecord } from '../../checks/mutes.ts';
import { postCheckMessage, reopenedAsLine } from '../../checks/slack/aftermath.ts';
import type { Audience, TimelineEvent } from '../../delivery/announcements.ts';
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
import { formatDuration, type Interval } from '../status.ts';
import { reminderMessage } from './announcement.ts';

const instant = z.iso.datetime().transform((text) => new Date(text));

/** Checks that stay off, and for which windows. Events of earlier versions have their names alone. */
const stillMuted = z.union([
  z.object({ checks: z.array(z.string()), by: z.array(z.number()), until: instant }),
  z.string().transform((check) => ({ checks: [check], by: [], until: undefined })),
]);

/** What the actions record of each event, as far as the threads tell it. */
const recorded = {
  start: {
    before: z.object({ scheduled_start_date: instant.optional(), scheduled_end_date: instant.optional() }),
    after: z.object({ start_date: instant, ends_at: instant, late_by_minutes: z.number() }),
  },
  ended: {
    after: z.object({ reason: z.string().optional(), status: z.string(), late_by_minutes: z.number().optional() }),
  },
  extend: {
    before: z.object({ scheduled_end_date: instant.optional(), ends_at: instant.optional() }),
    after: z.object({ scheduled_end_date: instant.optional(), ends_at: instant.optional() }),
  },
  reschedule: {
    before: z.object({ scheduled_start_date: instant, scheduled_end_date: instant }),
    after: z.object({ scheduled_start_date: instant, scheduled_end_date: instant }),
  },
  edit: {
    before: z.object({
      name: z.string().optional(),
      scheduled_start_date: instant.optional(),
      scheduled_end_date: instant.optional(),
      ends_at: instant.optional(),
    }),
    after: z.looseObject({
      series: z.string().optional(),
      name: z.string().optional(),
      scheduled_start_date: instant.optional(),
      scheduled_end_date: instant.optional(),
      ends_at: instant.optional(),
    }),
  },
  miss: {
    after: z.object({ newer_missed: z.boolean().optional(), missed_in_a_row: z.number().optional() }).nullish(),
  },
  notAnnounced: { after: z.object({ channel: z.string(), error: z.string(), advice: z.string() }) },
  enforce: {
    after: z.object({
      disabled: z.array(z.string()),
      shared: z.array(z.object({ checks: z.array(z.string()), by: z.array(z.number()) })).default([]),
      skipped: z.array(z.string()),
      enabled: z.array(z.string()),
      left_off: z.array(z.string()),
      still_held: z.array(stillMuted),
      overridden: z.array(z.string()).default([]),
      failed: z.array(z.object({ check: z.string(), error: z.string() })),
    }),
  },
} as const;

/**
 * What the thread says of an event; undefined when the live message says it already, or when it is not for this audience.
 * Public channels hear what happens to the window, not who did it nor of checks.
 */
export function threadNote(event: TimelineEvent, audience: Audience): Message | undefined {
  if (audience === 'public' && event.internal) return undefined;
  switch (event.action) {
    case 'start':
      return { ...said(startedLine(event, audience)), broadcast: true };
    case 'finish':
    case 'cancel':
      return { ...said(endedLine(event, audience)), broadcast: true };
    case 'skip':
      return { ...said(`:fast_forward: Skipped${by(event, audience)}. The series goes on.`), broadcast: true };
    case 'miss': {
      const line = missedLine(event, audience);
      return line === undefined ? undefined : { ...said(line), broadcast: true };
    }
    case 'extend':
      return said(extendedLine(event, audience));
    case 'reschedule':
      return { ...said(movedLine(event, audience)), broadcast: true };
    case 'edit': {
      const line = editedLine(event, audience);
      // Another time is for everybody in the channel to see; other words are not.
      return line === undefined ? undefined : { ...said(line), broadcast: changesTimes(event) };
    }
    case 'enforce':
      return audience === 'public' ? undefined : { ...said(enforcedLines(event)), broadcast: anyRefused(event) };
    case 'remind':
      return reminderMessage(event, audience);
    case 'lapse':
      return { ...said(expiredLine(audience)), broadcast: true };
    case 'approve':
    case 'decline':
      return said(decisionLine(event));
    case 'enter-freeze':
    case 'override-freeze':
      return said(freezeLine(event));
    case 'look-again':
      return audience === 'public' ? undefined : postCheckMessage(event);
    case 'reopen':
      return said(reopenedAsLine(by(event, audience), event));
    case 'announce-failed':
      return said(notAnnouncedLine(event));
    default:
      return undefined;
  }
}

/** `text` is what a notification says. */
function said(text: string): Message {
  return { text: truncateBlocks(text, SLACK_LIMITS.section), blocks: [section(text)] };
}

const byLull = (event: TimelineEvent) => event.actor.source === 'lull';
const by = (event: TimelineEvent, audience: Audience) =>
  byLull(event) || audience === 'public' ? '' : ` by ${mentionPerson(event.actor)}`;

function startedLine(event: TimelineEvent, audience: Audience): string {
  const before = recorded.start.before.parse(event.before);
  const after = recorded.start.after.parse(event.after);
  const { scheduled_start_date: start, scheduled_end_date: end } = before;
  const planned =
    start === undefined || end === undefined ? '' : ` (planned ${localWindow({ start, end }, 'in a sentence')})`;
  const ends = `It ends ${localizeDates(after.ends_at)}${planned}.`;
  if (!byLull(event)) return `:construction: Started${by(event, audience)}. ${ends}`;
  if (after.late_by_minutes > 0) {
    return `:construction: Started ${formatDuration(after.late_by_minutes * 60_000)} late, because Lull was not running at its start. ${ends}`;
  }
  return `:construction: Started. ${ends}`;
}

function endedLine(event: TimelineEvent, audience: Audience): string {
  const { status, reason, late_by_minutes: late } = recorded.ended.after.parse(event.after);
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
function missedLine(event: TimelineEvent, audience: Audience): string | undefined {
  const after = recorded.miss.after.parse(event.after);
  if (after?.newer_missed === true) return undefined;
  const others = (after?.missed_in_a_row ?? 1) - 1;
  const like = others === 0 ? '' : `, as during the ${others === 1 ? 'run' : `${others} runs`} of its series before it`;
  return `:warning: Missed: Lull was not running during this window${like}. Nothing was started${audience === 'public' ? '' : ', no check was switched'}.`;
}

function movedLine(event: TimelineEvent, audience: Audience): string {
  const before = windowIn(recorded.reschedule.before.parse(event.before));
  const after = windowIn(recorded.reschedule.after.parse(event.after));
  return `:calendar: Moved${by(event, audience)}: it is ${localWindow(after, 'in a sentence')}, not ${formatWindow(before, 'UTC')}.`;
}

function windowIn(times: { scheduled_start_date: Date; scheduled_end_date: Date }): Interval {
  return { start: times.scheduled_start_date, end: times.scheduled_end_date };
}

/** What the fields that people may change are called. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  description: 'the description',
  visibility: 'who may see it',
  timezone: 'the time zone',
  scope: 'the scope',
  services: 'the services',
  service_status: 'the status of the services',
  checks: 'the checks',
  external_reference: 'the reference',
  external_link: 'the link',
};

const INTERNAL_FIELDS: readonly string[] = ['checks', 'visibility'];

function editedLine(event: TimelineEvent, audience: Audience): string | undefined {
  const before = recorded.edit.before.parse(event.before);
  const after = recorded.edit.after.parse(event.after);
  const withSeries = after.series === undefined ? '' : ` with its series ${quote(after.series, 20)}`;
  const starts = after.scheduled_start_date;
  const endedBefore = before.ends_at ?? before.scheduled_end_date;
  const ends = after.ends_at ?? after.scheduled_end_date;
  const changes = [
    ...(starts === undefined || before.scheduled_start_date === undefined
      ? []
      : [`it starts ${localizeDates(starts)}, not ${formatInstant(before.scheduled_start_date, 'UTC')} UTC`]),
    ...(after.name === undefined
      ? []
      : [`it is called "${quote(after.name, 250)}", not "${quote(before.name ?? '', 250)}"`]),
    ...(ends === undefined || endedBefore === undefined
      ? []
      : [`it ends ${localizeDates(ends)}, not ${formatInstant(endedBefore, 'UTC')} UTC`]),
    ...Object.entries(FIELD_WORDS).flatMap(([field, words]) =>
      field in after && (audience === 'internal' || !INTERNAL_FIELDS.includes(field)) ? [words] : [],
    ),
  ];
  if (changes.length === 0) return undefined;
  return `:pencil2: Changed${by(event, audience)}${withSeries}: ${changes.join('; ')}.`;
}

function changesTimes(event: TimelineEvent): boolean {
  const after = recorded.edit.after.parse(event.after);
  const times = [after.scheduled_start_date, after.scheduled_end_date, after.ends_at];
  return after.series === undefined && times.some((time) => time !== undefined);
}

function extendedLine(event: TimelineEvent, audience: Audience): string {
  const [before, after] = [
    endIn(recorded.extend.before.parse(event.before)),
    endIn(recorded.extend.after.parse(event.after)),
  ];
  const longer = formatDuration(after.getTime() - before.getTime());
  return `:hourglass_flowing_sand: Extended by ${longer}${by(event, audience)}: it ends ${localizeDates(after)}, not ${formatInstant(before, 'UTC')} UTC.`;
}

function endIn({ ends_at, scheduled_end_date }: z.infer<typeof recorded.extend.after>): Date {
  const end = ends_at ?? scheduled_end_date;
  if (end === undefined) throw new Error('an extension was recorded without an end');
  return end;
}

/** That a check may raise an alarm, or watches nothing, is for everybody in the channel to see. */
function anyRefused(event: TimelineEvent): boolean {
  return recorded.enforce.after.parse(event.after).failed.length > 0;
}

function notAnnouncedLine(event: TimelineEvent): string {
  const { channel, error, advice } = recorded.notAnnounced.after.parse(event.after);
  return `:warning: This could not be announced in <#${channel}> (${quote(error, 100)}). ${quote(advice, 500)}`;
}

function stillMutedBy(windows: readonly number[], until: Date | undefined): string {
  if (until === undefined) return 'Still off, because another maintenance holds them';
  return `Stays off, still held by ${others(windows)} until ${localizeDates(until)}`;
}

/** Other windows, as people name them. */
function others(windows: readonly number[]): string {
  const named = windows.slice(0, 5).map((id) => `#${id}`);
  const more = windows.length > named.length ? ` and ${windows.length - named.length} more` : '';
  return `${windows.length === 1 ? 'maintenance' : 'maintenances'} ${named.join(', ')}${more}`;
}

function enforcedLines(event: TimelineEvent): string {
  const done = recorded.enforce.after.parse(event.after);
  const line = (sign: string, checks: readonly string[], text: string) =>
    checks.length === 0 ? [] : [`${sign} ${text}: ${formatNames(checks, 200)}`];
  const refusals = done.failed.slice(0, 5).map(({ check, error }) => `• ${quote(check, 60)}: ${quote(error, 120)}`);
  return [
    ...line(':no_bell:', done.disabled, 'Switched off'),
    ...done.shared
      .slice(0, 3)
      .flatMap(({ checks, by }) => line(':no_bell:', checks, `Off already for ${others(by)}, and kept off`)),
    ...line(':heavy_minus_sign:', done.skipped, 'Off already, so left as they are'),
    ...line(':bell:', done.enabled, 'Switched on again'),
    ...line(':heavy_minus_sign:', done.left_off, 'Left off, as they were before'),
    ...done.still_held
      .slice(0, 3)
      .flatMap(({ checks, by, until }) => line(':no_bell:', checks, stillMutedBy(by, until))),
    ...(done.still_held.length > 3 ? ['and more, still held by other maintenances'] : []),
    ...line(':bell:', done.overridden, 'Switched on by somebody else during the window, and left on'),
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
