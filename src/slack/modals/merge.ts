import { z } from 'zod';
import type { Fields } from '../../domain/difference.ts';
import type { TimelineEvent } from '../../store/announcements.ts';
import { eventLine, fieldInWords, type Reading, valueInWords } from '../messages/history.ts';

/** What others changed since a form was opened, beside what its person wants. */
export interface Differences {
  /** The fields that others changed, with what they were when the form was opened. */
  readonly changed: Readonly<Record<string, unknown>>;
  /** Those of them that this person changed too, to something else. */
  readonly disputed: readonly string[];
}

/**
 * @param events what happened since the form was opened, oldest first
 * @param wanted what the form would make of it; `is`: what it is by now
 */
export function differences(events: readonly TimelineEvent[], wanted: Fields, is: Fields): Differences {
  const changed = changedFields(events);
  const disputed = Object.keys(changed).filter(
    (field) => field in is && !same(wanted[field], is[field]) && !same(wanted[field], changed[field]),
  );
  return { changed, disputed };
}

/** Who changed what, and what this person had written there, in mrkdwn. */
export function newsOf(
  events: readonly TimelineEvent[],
  { disputed }: Differences,
  wanted: Fields,
  reading: Reading,
): string[] {
  const told = events.filter(({ action }) => action !== 'comment' && action !== 'enforce');
  return [
    ':warning: *This was changed while you were editing. Nothing of yours is saved yet.*',
    ...told.slice(-5).map((event) => eventLine(event, reading)),
    ...disputed.map(
      (field) => `You had written for *${fieldInWords(field)}*: ${valueInWords(field, wanted[field], reading, 600)}`,
    ),
    disputed.length === 0
      ? 'Below are the newest values with your changes. *Save* keeps them.'
      : 'Below are the newest values; your other changes are kept. Change them again where you want to, and *Save*.',
  ];
}

const recorded = z.record(z.string(), z.json()).catch({});

function changedFields(events: readonly TimelineEvent[]): Readonly<Record<string, unknown>> {
  const first: Record<string, unknown> = {};
  for (const { before, after } of events) {
    const was = recorded.parse(before ?? {});
    for (const field of Object.keys(recorded.parse(after ?? {}))) if (!(field in first)) first[field] = was[field];
  }
  return first;
}

function same(a: Fields[string] | undefined, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
