import type { Recurrence } from '../../core/recurrence/index.ts';

/** The statuses of a maintenance, in the words of its public interfaces. */
export const STATUSES = ['scheduled', 'in-progress', 'succeed', 'failed', 'canceled'] as const;
export type Status = (typeof STATUSES)[number];

/** Those of a maintenance that is not over. */
export const OPEN_STATUSES: readonly Status[] = ['scheduled', 'in-progress'];

/** The statuses of a service, from best to worst. */
export const SERVICE_STATUSES = ['up', 'degraded', 'down'] as const;
export type ServiceStatus = (typeof SERVICE_STATUSES)[number];

export const VISIBILITIES = ['public', 'internal'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** The times of a maintenance (UTC): its plan, and what happened. */
export interface Times {
  readonly status: Status;
  readonly scheduledStart: Date;
  readonly scheduledEnd: Date;
  readonly startedAt: Date | null;
  /** While it is in progress: when it will end by itself. */
  readonly endsAt: Date | null;
  readonly endedAt: Date | null;
}

/** What the rules need to know of a maintenance to move it through time. */
export interface Lifecycle extends Reminded, Times {
  /** Of one that is over: when the checks that it switched on again are looked at once more (UTC). */
  readonly postCheckAt?: Date | null;
}

/** What the rules need to know of a maintenance to remind of it. */
export interface Reminded {
  /** How long before the start (minutes), in any order. */
  readonly reminders: readonly number[];
  /** Every reminder at or before this instant (UTC) was seen to: posted, or left out. */
  readonly remindedUntil: Date;
  /** The series that made it and the instant of it that it stands for; null for a window of its own. */
  readonly run: { readonly series: Recurrence; readonly occurrence: Date } | null;
}

/** What a service is for its users: the worst of its own status and of the windows in progress on it. */
export function effectiveStatus(own: ServiceStatus, windows: Iterable<ServiceStatus>): ServiceStatus {
  let worst = SERVICE_STATUSES.indexOf(own);
  for (const status of windows) worst = Math.max(worst, SERVICE_STATUSES.indexOf(status));
  return SERVICE_STATUSES[worst] ?? own;
}

/** "2 h 30 min", for people; `milliseconds` is rounded to the minute, at least one. */
export function formatDuration(milliseconds: number): string {
  const total = Math.max(1, Math.round(milliseconds / 60_000));
  const days = Math.floor(total / 1440);
  const hours = Math.floor((total % 1440) / 60);
  const minutes = total % 60;
  return [
    days > 0 && `${days} ${days === 1 ? 'day' : 'days'}`,
    hours > 0 && `${hours} h`,
    minutes > 0 && `${minutes} min`,
  ]
    .filter((part): part is string => part !== false)
    .join(' ');
}

/** A stored service status. @throws Error for a value that the column's constraint does not admit */
export function readServiceStatus(text: string): ServiceStatus {
  const status = SERVICE_STATUSES.find((known) => known === text);
  if (status === undefined)
    throw new Error(`service status is ${JSON.stringify(text)}, expected one of ${SERVICE_STATUSES.join(', ')}`);
  return status;
}
