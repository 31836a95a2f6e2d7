import { type Recording, type TimelineEvent, type TimelineEventType, timelineEvent } from '../../src/audit/events.ts';
import { T } from './samples.ts';

const later = (minutes: number) => new Date(T.getTime() + minutes * 60_000).toISOString().replace('.000Z', 'Z');
const plan = { scheduled_start_date: later(0), scheduled_end_date: later(120) };
const ended = {
  before: { status: 'in-progress', ends_at: later(120) },
  after: { status: 'canceled', end_date: later(120) },
};
const comment = { comment: 'Half done', internal: false };
const freezes = [{ id: 1, reason: 'Holidays' }];

/** What each type of event changes, at the least. */
const PAYLOADS: Readonly<Record<TimelineEventType, { before?: object; after?: object }>> = {
  'maintenance.scheduled': { after: { name: 'Postgres upgrade', ...plan } },
  'maintenance.changed': { before: {}, after: {} },
  'maintenance.corrected': { before: { status: 'failed' }, after: { status: 'succeed' } },
  'maintenance.rescheduled': { before: { ...plan, timezone: 'UTC' }, after: { ...plan, timezone: 'UTC' } },
  'maintenance.approved': { before: { approval: 'pending', requested_by: [] }, after: { approval: 'approved' } },
  'maintenance.declined': { before: { approval: 'pending' }, after: { approval: 'declined' } },
  'maintenance.approval_expired': ended,
  'maintenance.reminded': { after: { maintenance: 12, name: 'Postgres upgrade', minutes: 15 } },
  'maintenance.started': {
    before: { status: 'scheduled' },
    after: {
      status: 'in-progress',
      start_date: later(0),
      ends_at: later(120),
      late_by_minutes: 0,
      check_count: 2,
    },
  },
  'maintenance.extended': {
    before: { scheduled_end_date: later(120), ends_at: null },
    after: { scheduled_end_date: later(150), ends_at: null },
  },
  'maintenance.finished': { before: ended.before, after: { ...ended.after, status: 'succeed' } },
  'maintenance.canceled': ended,
  'maintenance.skipped': ended,
  'maintenance.missed': { after: { status: 'failed', missed: true } },
  'maintenance.reopened': { after: { maintenance: 13, ends_at: later(150) } },
  'maintenance.deleted': { before: { name: 'Postgres upgrade', status: 'scheduled' } },
  'maintenance.owner_deactivated': { after: { owner: 'U0ANA', name: 'Ana', open: 3 } },
  'maintenance.announcement_failed': {
    after: { channel: 'C0OPS', error: 'is_archived', advice: 'Subscribe another one.' },
  },
  'maintenance.checks_switched': {
    after: {
      muted: [],
      shared: [],
      already_muted: [],
      unmuted: [],
      left_muted: [],
      still_muted: [],
      unmuted_by_hand: [],
      failed: [],
    },
  },
  'maintenance.checks_unhealthy': {
    after: {
      maintenance: 12,
      name: 'Postgres upgrade',
      still_off: [],
      failing: ['health'],
      failing_before: [],
      failing_since: [],
    },
  },
  'maintenance.commented': { after: comment },
  'maintenance.comment_changed': { before: comment, after: comment },
  'maintenance.comment_deleted': { before: comment },
  'maintenance.freeze_skipped': { after: { status: 'canceled', freezes } },
  'maintenance.freeze_moved': {
    before: { scheduled_start_date: later(0), scheduled_end_date: later(120) },
    after: { scheduled_start_date: later(300), scheduled_end_date: later(420), freezes },
  },
  'maintenance.freeze_entered': { after: { freezes } },
  'maintenance.freeze_overridden': { after: { freezes, override_reason: 'Agreed' } },
  'webhook.disabled': { after: { webhook: 3, reason: 'The address says that it is gone (410).' } },
};

const SUBJECTS: Readonly<Partial<Record<TimelineEventType, object>>> = {
  'maintenance.commented': { kind: 'comment', id: 4 },
  'maintenance.comment_changed': { kind: 'comment', id: 4 },
  'maintenance.comment_deleted': { kind: 'comment', id: 4 },
  'webhook.disabled': { kind: 'webhook', id: 3 },
};

/** An event as it is read from the audit: of Ana, unless it says so, with what it changes over the least it may. */
export function recorded<T extends TimelineEventType>(
  type: T,
  changes: { before?: object; after?: object } & Partial<Recording> = {},
): TimelineEvent<T> {
  const { before, after, ...recording } = changes;
  const least = PAYLOADS[type];
  const event = timelineEvent.parse({
    type,
    maintenanceId: 12,
    subject: SUBJECTS[type],
    before: before || least.before ? { ...least.before, ...before } : undefined,
    after: after || least.after ? { ...least.after, ...after } : undefined,
  });
  const ana = { id: 'U0ANA', name: 'Ana', source: 'slack' };
  return Object.assign(event, { id: 1, at: T, actor: ana, internal: false, ...recording }) as TimelineEvent<T>;
}

/** One of each type, at the least. */
export const oneOfEach = (): TimelineEvent[] => timelineEvent.options.map(({ shape }) => recorded(shape.type.value));
