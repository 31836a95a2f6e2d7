import { type Fields, type Merge, merge } from '../../core/merge.ts';
import { fingerprints } from '../../platform/fingerprints.ts';
import { mergeMessages as texts } from '../../texts/slack-messages.ts';
import type { RecordedEvent } from '../events.ts';
import { eventLine, fieldLabel, formatValue, type ReaderContext } from './history.ts';

/**
 * Which fields others and this person changed since a form was opened.
 * @param events since then, the oldest first
 * @param wanted the values of the form
 * @param current the newest values
 */
export function mergeSince(events: readonly RecordedEvent[], wanted: Fields, current: Fields): Merge {
  const original: Record<string, unknown> = {};
  for (const { before = {}, after = {} } of events) {
    const old = new Map<string, unknown>(Object.entries(before));
    for (const field of Object.keys(after)) if (!(field in original)) original[field] = old.get(field) ?? null;
  }
  const shown = Object.fromEntries(
    Object.entries(current).map(([field, value]) => [field, field in original ? original[field] : value]),
  );
  return merge(fingerprints(shown), fingerprints(wanted), fingerprints(current));
}

/** Who changed what, and what this person wrote in the same fields, in mrkdwn. */
export function conflictLines(
  events: readonly RecordedEvent[],
  { disputed }: Pick<Merge, 'disputed'>,
  wanted: Fields,
  reader: ReaderContext,
): string[] {
  const edits = events.filter(({ type }) => type !== 'maintenance.commented' && type !== 'maintenance.checks_switched');
  return [
    texts.changed,
    ...edits.slice(-5).map((event) => eventLine(event, reader)),
    ...disputed.map((field) => texts.yours(fieldLabel(field), formatValue(field, wanted[field], reader, 600))),
    texts.below(disputed.length > 0),
  ];
}
