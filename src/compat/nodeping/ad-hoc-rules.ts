import type { Problem } from '../../core/errors.ts';
import { type Interval, MAX_WINDOW_MS } from '../../core/time.ts';
import { validateContent } from '../../maintenance/rules/validation.ts';
import { durationInvalid } from '../../series/errors.ts';

/** A one-off window without a time: it begins when somebody enables it, and lasts that long. */
export interface AdHocWindow {
  readonly name: string;
  readonly durationMinutes: number;
  readonly checks: readonly string[];
}

/** The window of one that is enabled at `now`. */
export function windowFrom(now: Date, { durationMinutes }: Pick<AdHocWindow, 'durationMinutes'>): Interval {
  return { start: now, end: new Date(now.getTime() + durationMinutes * 60_000) };
}

/** Everything that is wrong with one; the fields are named as in the HTTP interface. */
export function validateAdHoc({ name, durationMinutes, checks }: AdHocWindow): Problem[] {
  const longest = MAX_WINDOW_MS / 60_000;
  const possible = Number.isInteger(durationMinutes) && durationMinutes >= 1 && durationMinutes <= longest;
  return [
    ...validateContent({ name, checks, services: [], timezone: 'UTC' }),
    ...(possible ? [] : [durationInvalid.at('duration', { minutes: durationMinutes, max: longest })]),
  ];
}
