import type { Problem } from '../../core/errors.ts';
import { findSelfOverlap, parseCron, type Recurrence } from '../../core/recurrence/index.ts';
import { MAX_WINDOW_MS } from '../../core/time.ts';
import { cronInvalid, durationInvalid, windowsOverlap } from '../errors.ts';
import { validateZone } from './validation.ts';

export function normalizeRecurrence({ cron, timezone, durationMinutes }: Recurrence): Recurrence {
  const parsed = parseCron(cron);
  return { cron: parsed.ok ? parsed.cron : cron, timezone, durationMinutes };
}

/** @param now overlaps are looked for from then on; left out: they do not matter */
export function validateRecurrence(recurrence: Recurrence, now?: Date): Problem[] {
  const { cron, timezone, durationMinutes } = recurrence;
  const problems: Problem[] = [];
  const reading = parseCron(cron);
  if (!reading.ok) problems.push(cronInvalid.at('cron', { reason: reading.reason }));
  problems.push(...validateZone(timezone));
  const longest = MAX_WINDOW_MS / 60_000;
  if (!Number.isInteger(durationMinutes) || durationMinutes < 1 || durationMinutes > longest) {
    problems.push(durationInvalid.at('duration_minutes', { minutes: durationMinutes, max: longest }));
  }
  return now === undefined || problems.length > 0 ? problems : validateOverlap(recurrence, now);
}

/** An overlap that only clock changes cause, as of a daily window of 24 hours, is allowed. */
function validateOverlap(recurrence: Recurrence, now: Date): Problem[] {
  const overlap = findSelfOverlap(recurrence, now);
  if (overlap?.cause !== 'line') return [];
  const { durationMinutes, cron } = recurrence;
  const apart = (overlap.second.start.getTime() - overlap.first.start.getTime()) / 60_000;
  return [windowsOverlap.at('duration_minutes', { minutes: durationMinutes, cron, apart })];
}
