import { type Fields, type Merge, merge } from '../../core/merge.ts';
import { fingerprints } from '../../platform/fingerprints.ts';
import type { RecordedEvent } from '../events.ts';
import { eventLine, fieldLabel, formatValue, type Reading } from './history-lines.ts';

/**
 * What others changed since a form was opened, beside what its person wants.
 * @param events what happened since, oldest first
 * @param wanted what the form would make of it; `is`: what it is by now
 */
export function differences(events: readonly RecordedEvent[], wanted: Fields, is: Fields): Merge {
  const first = firstValues(events);
  const shown = Object.entries(is).map(([field, value]) => [field, field in first ? (first[field] ?? null) : value]);
  return merge(fingerprints(Object.fromEntries(shown)), fingerprints(wanted), fingerprints(is));
}

/** Who changed what, and what this person had written there, in mrkdwn. */
export function conflictLines(
  events: readonly RecordedEvent[],
  { disputed }: Pick<Merge, 'disputed'>,
  wanted: Fields,
  reading: Reading,
): string[] {
  const told = events.filter(({ type }) => type !== 'maintenance.commented' && type !== 'maintenance.checks_switched');
  return [
    ':warning: *This was changed while you were editing. Nothing of yours is saved yet.*',
    ...told.slice(-5).map((event) => eventLine(event, reading)),
    ...disputed.map(
      (field) => `You had written for *${fieldLabel(field)}*: ${formatValue(field, wanted[field], reading, 600)}`,
    ),
    disputed.length === 0
      ? 'Below are the newest values with your changes. *Save* keeps them.'
      : 'Below are the newest values; your other changes are kept. Change them again where you want to, and *Save*.',
  ];
}

/** What the fields that changed were before the first change. */
function firstValues(events: readonly RecordedEvent[]): Readonly<Record<string, unknown>> {
  const first: Record<string, unknown> = {};
  for (const { before = {}, after = {} } of events) {
    const was = new Map<string, unknown>(Object.entries(before));
    for (const field of Object.keys(after)) if (!(field in first)) first[field] = was.get(field);
  }
  return first;
}
