import type { TimelineEvent } from '../../audit/events.ts';
import type { Audience } from '../../core/permissions.ts';
import { describeCron } from '../../core/recurrence/index.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import { formatNames, mentionPerson, quote } from '../../slack/blocks.ts';
import { formatWindow, localizeDates, localWindow } from '../../slack/time.ts';
import { freezeMessages as texts } from '../../texts/slack-messages.ts';
import type { StoredFreeze } from '../repository.ts';
import type { Freeze } from '../rules.ts';

/** A freeze in a list. */
export type ListedFreeze = Omit<StoredFreeze, 'createdBy' | 'createdAt'>;

/** The note in internal threads. */
export function freezeLine(event: TimelineEvent<'maintenance.freeze_entered' | 'maintenance.freeze_overridden'>) {
  const all = event.after.freezes.map(({ reason }) => reason);
  const reasons = formatNames(all, 500);
  if (event.type === 'maintenance.freeze_entered') return texts.entered(reasons);
  const reason = quote(event.after.override_reason, 1000).replaceAll('\n', '\n>');
  return texts.overridden(reasons, mentionPerson(event.actor), reason);
}

/** The note in the threads of a run that freezes skip. Why is for internal channels only. */
export function freezeSkippedLine({ after }: TimelineEvent<'maintenance.freeze_skipped'>, audience: Audience): string {
  return texts.skipped(nameFreezes(after.freezes, audience), after.more ?? 0);
}

/** @param now its window @param old the one without the freezes */
export function freezeMovedLine(
  { after }: TimelineEvent<'maintenance.freeze_moved'>,
  audience: Audience,
  now: string,
  old: string,
): string {
  return texts.moved(nameFreezes(after.freezes, audience), now, old);
}

const nameFreezes = (freezes: readonly { readonly reason: string }[], audience: Audience) =>
  audience === 'public'
    ? undefined
    : formatNames(
        freezes.map(({ reason }) => reason),
        500,
      );

/** How many freezes a preview names. */
const NAMED = 5;

/** What a period of a freeze is of, and when, in an IANA zone. */
const describePeriod = (freeze: Freeze, zone: string) => `${freezeSubject(freeze)}, ${formatWindow(freeze, zone)}`;

/** What a freeze is of, and when, in an IANA zone. */
export const describeFreeze = (freeze: ListedFreeze, zone: string) =>
  `${freezeSubject(freeze)}, ${describeTimes(freeze, zone)}`;

/** When a freeze holds, in an IANA zone. */
export function describeTimes(
  { times, next, failing }: Pick<ListedFreeze, 'times' | 'next' | 'failing'>,
  zone: string,
): string {
  if (times.kind === 'once') return formatWindow(times, zone);
  if (times.kind === 'calendar') {
    const failure = failing && texts.calendarFails(localizeDates(failing.since), quote(failing.reason, 200));
    return texts.calendar(quote(times.url, 200), next && formatWindow(next, zone), failure ?? undefined);
  }
  const recurrence = quote(describeCron(times.cron), 150);
  const duration = formatDuration(times.durationMinutes * 60_000);
  return texts.recurring(recurrence, duration, times.timezone, next && formatWindow(next, zone));
}

export const freezeSubject = ({ scope }: Pick<Freeze, 'scope'>) =>
  scope === null ? texts.everything : quote(scope.name, 100);

/** The freezes that a window falls into, a line each. @param zone the IANA zone of the reader */
export function freezeLines(freezes: readonly Freeze[], zone: string): string[] {
  const lines = freezes
    .slice(0, NAMED)
    .map((freeze) => texts.line(freeze.effect, quote(freeze.reason, 200), describePeriod(freeze, zone)));
  const rest = freezes.length - lines.length;
  return rest > 0 ? [...lines, texts.more(rest)] : lines;
}

/** Why freezes block a window, in mrkdwn. */
export function blockedLines(freezes: readonly Freeze[]): string {
  const lines = freezes.slice(0, NAMED).map((freeze) => {
    return texts.blockedBy(quote(freeze.reason, 200), freezeSubject(freeze), localWindow(freeze, 'in a sentence'));
  });
  return texts.blocked(lines);
}
