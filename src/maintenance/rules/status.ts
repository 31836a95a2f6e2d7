import type { Recurrence } from '../../core/recurrence/index.ts';

export const STATUSES = ['scheduled', 'in-progress', 'succeed', 'failed', 'canceled'] as const;
export type Status = (typeof STATUSES)[number];

export const OPEN_STATUSES: readonly Status[] = ['scheduled', 'in-progress'];

/** The statuses of a service, from best to worst. */
export const SERVICE_STATUSES = ['up', 'degraded', 'down'] as const;
export type ServiceStatus = (typeof SERVICE_STATUSES)[number];

export const VISIBILITIES = ['public', 'internal'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** The plan of a maintenance and what happened (UTC). */
export interface Times {
  readonly status: Status;
  readonly scheduledStart: Date;
  readonly scheduledEnd: Date;
  readonly startedAt: Date | null;
  /** When it will end by itself; null while it is not in progress. */
  readonly endsAt: Date | null;
  readonly endedAt: Date | null;
}

export interface Lifecycle extends Reminded, Times {
  /** After the end: when the checks that it unmuted are verified. */
  readonly postCheckAt?: Date | null;
}

export interface Reminded {
  /** How long before the start (minutes), in any order. */
  readonly reminders: readonly number[];
  /** Every reminder at or before this instant was posted or left out. */
  readonly remindedUntil: Date;
  /** The series that made it, and the instant of the series that it stands for. */
  readonly run: { readonly series: Recurrence; readonly occurrence: Date } | null;
}

/** The worst of the status of a service and those of the windows in progress on it. */
export function effectiveStatus(own: ServiceStatus, windows: Iterable<ServiceStatus>): ServiceStatus {
  let worst = SERVICE_STATUSES.indexOf(own);
  for (const status of windows) worst = Math.max(worst, SERVICE_STATUSES.indexOf(status));
  return SERVICE_STATUSES[worst] ?? own;
}

/** "2 h 30 min": rounded to the minute, at least one. */
export function formatDuration(milliseconds: number): string {
  const total = Math.max(1, Math.round(milliseconds / 60_000));
  const days = Math.floor(total / 1440);
  const hours = Math.floor((total % 1440) / 60);
  const minutes = total % 60;
  const parts = [
    days > 0 ? [`${days} ${days === 1 ? 'day' : 'days'}`] : [],
    hours > 0 ? [`${hours} h`] : [],
    minutes > 0 ? [`${minutes} min`] : [],
  ];
  return parts.flat().join(' ');
}

/** A stored service status. @throws Error for a value that the column's constraint does not admit */
export function readServiceStatus(text: string): ServiceStatus {
  const status = SERVICE_STATUSES.find((known) => known === text);
  if (status === undefined)
    throw new Error(`service status is ${JSON.stringify(text)}, expected one of ${SERVICE_STATUSES.join(', ')}`);
  return status;
}
