import type { TimelineEventType } from '../../src/audit/events.ts';
import type { Service } from '../../src/catalogue/services/repository.ts';
import { OUTCOMES } from '../../src/checks/rules.ts';
import type { Sync } from '../../src/checks/sync.ts';
import type { Comment } from '../../src/comments/repository.ts';
import type { Maintenance } from '../../src/maintenance/repository/maintenances.ts';
import { STATUSES } from '../../src/maintenance/rules/status.ts';
import type { Series } from '../../src/series/repository.ts';
import { recorded } from './events.ts';
import { sample, T } from './samples.ts';

/** The largest that everything may be, in what grows most: characters that are escaped, and those of two units. */
export const FILLINGS = ['&', '<', '😀', 'x', '\n', '*_`'] as const;
export type Filling = (typeof FILLINGS)[number];

export const ID = 2_147_483_647;
export const ZONE = 'America/Argentina/ComodRivadavia';
export const DRAFT = '0b6b6b3e-0000-4000-8000-000000000000';
const MANY = 300;

export const later = (minutes: number) => new Date(T.getTime() + minutes * 60_000);
export const many = <T>(count: number, thing: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => thing(i));
/** A text of exactly so many characters. */
export const text = (filling: Filling, length: number) =>
  filling
    .repeat(Math.ceil(length / filling.length))
    .slice(0, length)
    .toWellFormed();

/** Everything that messages and views are made of, full of one filling. */
export function largest(filling: Filling) {
  const name = text(filling, 200);
  const named = (id: number) => ({ id, name });
  const maintenance = (values: Partial<Maintenance> = {}) =>
    sample({
      id: ID,
      name,
      description: text(filling, 10_000),
      scope: named(ID),
      services: many(MANY, (index) => ({ ...named(index + 1), audience: 'public' as const })),
      scheduledEnd: later(132_000),
      timezone: ZONE,
      risk: 'medium' as const,
      externalReference: name,
      externalLink: `https://a.example/${filling === '\n' ? 'x' : text(filling, 1900)}`,
      owner: { id: 'token:5', name },
      run: {
        series: {
          id: ID,
          key: 'NZT234',
          enabled: true,
          cron: '*/7 1,2,3,5-9 1,2,3,4,5 1,3,5,7 1,3',
          timezone: ZONE,
          durationMinutes: 43_199,
          duringFreeze: 'skip' as const,
          audience: 'public',
        },
        occurrence: T,
        state: 'following',
      },
      ...values,
    });
  const mute = (index: number) => ({
    checkId: `CHECK${index}`,
    checkName: name,
    outcome: OUTCOMES[index % OUTCOMES.length] ?? 'pending',
    mutedAt: T,
    decidedAt: later(index % 7),
    endedAt: index % 2 === 0 ? null : T,
    releasedAt: index % 3 === 0 ? T : null,
    error: text(filling, 500),
  });
  const check = (index: number) => ({
    id: `CHECK${index}`,
    name,
    provider: name,
    externalId: text(filling, 255),
    enabled: false,
    tags: many(20, () => name),
    services: many(MANY, (service) => service + 1),
    type: null,
    target: null,
    mutedBy: many(MANY, (held) => ID - held),
  });
  const service = (id: number): Service => ({ id, name, scope: named(ID), audience: 'public', status: 'down' });
  const freeze = (id: number) => ({
    id,
    scope: named(ID),
    reason: text(filling, 1000),
    effect: 'block' as const,
    start: T,
    end: later(132_000),
  });
  const listedFreeze = (id: number) => {
    const { start, end, ...rest } = freeze(id);
    const recurrence = { cron: '*/59 */20 1-30 1-11 1-5', timezone: ZONE, durationMinutes: 43_199 };
    return {
      ...rest,
      times: { kind: 'recurring' as const, start, end, ...recurrence },
      next: { start, end },
      failing: null,
    };
  };
  const comment = (id: number): Comment => ({
    id,
    maintenanceId: ID,
    text: text(filling, 10_000),
    internal: true,
    author: { id: 'token:5', name },
    source: 'http',
    edited: true,
    message: null,
    createdAt: T,
  });
  const event = <T extends TimelineEventType>(type: T, after: object) =>
    recorded(type, {
      id: ID,
      actor: { id: 'token:5', name, source: 'http' },
      ...(type === 'maintenance.changed' || type === 'maintenance.extended' ? { before: after } : {}),
      after,
    });
  const iso = { scheduled_start_date: T.toISOString(), scheduled_end_date: later(132_000).toISOString() };
  const checks = many(MANY, () => name);
  const refused = many(MANY, () => ({ check: name, error: text(filling, 500), to: 'off' }));
  const outcomes = {
    muted: checks,
    already_muted: checks,
    unmuted: checks,
    left_muted: checks,
    still_muted: many(9, (index) => ({ checks, by: many(9, (id) => ID - id), until: later(index).toISOString() })),
    unmuted_by_hand: checks,
    failed: refused,
  };
  const edited = {
    name,
    description: text(filling, 10_000),
    services: many(MANY, (index) => index + 1),
    checks,
    external_reference: name,
    visibility: 'internal',
    ...iso,
  };
  const reason = text(filling, 3000);
  const reasons = many(40, (id) => ({ id, reason: text(filling, 1000) }));
  const series: Series = {
    ...maintenance(),
    enabled: false,
    cron: '*/7 1,2,3,5-9 1,2,3,4,5 1,3,5,7 1,3',
    durationMinutes: 43_199,
    duringFreeze: 'skip',
    freezeOverrides: [],
    channels: many(40, () => 'C0GENERAL'),
    plannedUntil: T,
    standingApproval: null,
    nextDueAt: T,
    nextRun: { id: ID, start: T, end: later(132_000) },
  };
  return {
    name,
    texts: (length: number) => text(filling, length),
    maintenance,
    series,
    all: STATUSES.map((status) => maintenance({ status, startedAt: T, endedAt: later(132_000) })),
    check,
    mute,
    service,
    freeze,
    listedFreeze,
    comment,
    /** What is recorded, each as large as it can be. */
    events: [
      event('maintenance.started', {
        ...iso,
        start_date: T.toISOString(),
        ends_at: T.toISOString(),
        late_by_minutes: 43_199,
      }),
      event('maintenance.finished', { status: 'failed', late_by_minutes: 43_199, note: reason, comment: reason }),
      event('maintenance.canceled', { status: 'canceled', reason }),
      event('maintenance.missed', { missed: true }),
      event('maintenance.skipped', {}),
      event('maintenance.extended', { ...iso, minutes: 43_199 }),
      event('maintenance.rescheduled', iso),
      event('maintenance.changed', edited),
      event('maintenance.checks_switched', outcomes),
      event('maintenance.checks_unhealthy', {
        maintenance: ID,
        name,
        still_off: many(MANY, () => name),
        failing: many(MANY, () => name),
        failing_before: many(MANY, () => name),
        failing_since: many(MANY, () => name),
      }),
      event('maintenance.reopened', { maintenance: ID, ends_at: T.toISOString() }),
      event('maintenance.approved', { approval: 'approved' }),
      event('maintenance.declined', { approval: 'declined', reason }),
      event('maintenance.approval_expired', { status: 'canceled', reason }),
      event('maintenance.freeze_entered', { freezes: reasons }),
      event('maintenance.freeze_overridden', { freezes: reasons, override_reason: text(filling, 1000) }),
      event('maintenance.announcement_failed', {
        channel: 'C0GENERAL',
        error: 'is_archived',
        advice: text(filling, 300),
      }),
    ],
    reminders: [
      event('maintenance.reminded', { maintenance: ID, name, minutes: 1440, scheduled_start_date: T.toISOString() }),
      event('maintenance.reminded', { maintenance: ID, name, minutes: 10, ends_at: T.toISOString() }),
    ],
    draft: {
      name,
      description: text(filling, 10_000),
      services: many(MANY, (index) => index + 1),
      checks: checks,
      selector: { text: text(filling, 500), follows: true },
      timezone: 'Asia/Tokyo',
      serviceStatus: 'degraded' as const,
      visibility: 'internal' as const,
      risk: 'medium' as const,
      externalReference: name,
      externalLink: `https://a.example/${text('x', 1900)}`,
      channels: many(40, () => 'C0GENERAL'),
      assumed: many(8, () => text(filling, 600)),
      notices: many(8, () => text(filling, 600)),
    },
    meant: {
      checks: many(MANY, check),
      leftAlone: many(MANY, check),
      destinations: many(40, () => ({ channelKind: 'slack', channel: 'C0GENERAL', audience: 'internal' as const })),
      overlaps: many(5, (index) => maintenance({ id: ID - index })),
      overlapCount: MANY,
      freezes: many(40, freeze),
      needsApproval: true,
      mayOverride: true,
    },
    form: {
      name,
      services: null,
      start: T,
      end: later(132_000),
      words: text(filling, 300),
      serviceStatus: 'degraded' as const,
      description: text(filling, 3000),
      risk: 'medium' as const,
      externalReference: name,
      externalLink: `https://a.example/${text('x', 1900)}`,
      visibility: 'internal' as const,
      checks: null,
      selector: { text: text(filling, 500), follows: true },
      overrideReason: text(filling, 1000),
    },
  };
}

/** A sync of a provider with more checks than anybody has, of the longest names. */
export function largestSync(name: string): Sync {
  const check = { id: 'K7QWZ3MNPT', externalId: name, name, enabled: true, tags: many(100, () => name) };
  const health = { lastOkAt: null, lastErrorAt: null, lastError: null, lastSyncAt: null, failures: 0 };
  return {
    provider: { name, kind: name, settings: {}, enabled: true, version: ID, createdAt: new Date(0), health },
    difference: {
      added: many(1000, () => check),
      removed: many(1000, () => check),
      changed: many(1000, () => ({ before: check, after: { ...check, name: `${name}!` } })),
    },
    fingerprint: 'x'.repeat(22),
  };
}
