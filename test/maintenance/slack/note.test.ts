import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimelineEvent, TimelineEventType } from '../../../src/audit/events.ts';
import type { Audience } from '../../../src/core/permissions.ts';
import { threadNote } from '../../../src/maintenance/slack/note.ts';
import { cases } from '../../draws.ts';
import { expectTaken } from '../../slack/accepted.ts';
import { recorded } from '../../slack/events.ts';
import { T, words } from '../../slack/samples.ts';

const CASES = { numRuns: cases(60) };
const iso = (minutes: number) => new Date(T.getTime() + minutes * 60_000).toISOString();

const event = (type: TimelineEventType, after: object, values: Parameters<typeof recorded>[1] = {}) =>
  recorded(type, { after, ...values });
const lull = { actor: { id: 'lull', name: 'Lull', source: 'lull' } };
const said = (each: TimelineEvent, audience: Audience = 'internal') => threadNote(each, audience)?.text;

describe('a thread tells', () => {
  test('of a correction: the status, when it started and ended, and until when it goes on', () => {
    const corrected = (before: object, after: object) => said(event('maintenance.corrected', after, { before }));
    const recorded = { start_date: iso(-60), end_date: iso(-5) };
    expect(corrected({ status: 'succeed' }, { status: 'failed', ...recorded })).toMatch(
      /^:pencil2: Record corrected by <@U0ANA>: it is failed, not succeeded; it started <.+>; it ended <.+>\.$/,
    );
    const again = { status: 'in-progress', end_date: null, ends_at: iso(60) };
    expect(corrected({ status: 'failed', ends_at: null }, again)).toMatch(
      /: it is in progress, not failed; it ends <.+>\.$/,
    );
    expect(corrected({ name: 'Old' }, { name: 'New' })).toMatch(/it is called "New", not "Old"\.$/);
  });

  test('of a beginning: by whom, or how late and why', () => {
    const after = { start_date: iso(0), ends_at: iso(120), late_by_minutes: 0 };
    expect(said(event('maintenance.started', after, { before: {} }))).toMatch(
      /^:construction: Started by <@U0ANA>\. It ends /,
    );
    expect(
      said(
        event('maintenance.started', after, {
          before: { scheduled_start_date: iso(60), scheduled_end_date: iso(180) },
        }),
      ),
    ).toMatch(/ \(planned </);
    expect(said(event('maintenance.started', after, { before: {}, ...lull }))).toMatch(
      /^:construction: Started\. It ends /,
    );
    expect(said(event('maintenance.started', { ...after, late_by_minutes: 45 }, { before: {}, ...lull }))).toMatch(
      /Started 45 min late, because Lull was not running at its start/,
    );
  });

  test('of an end: by whom, as planned, or how late and why', () => {
    expect(said(event('maintenance.finished', { status: 'succeed' }))).toBe(':white_check_mark: Ended by <@U0ANA>.');
    expect(said(event('maintenance.finished', { status: 'failed' }))).toBe(':x: Ended as failed by <@U0ANA>.');
    expect(said(event('maintenance.finished', { status: 'succeed' }, lull))).toBe(
      ':white_check_mark: Ended as planned.',
    );
    expect(said(event('maintenance.finished', { status: 'succeed', late_by_minutes: 120 }, lull))).toBe(
      ':white_check_mark: Ended 2 h late, because Lull was not running at its end.',
    );
    expect(said(event('maintenance.canceled', { status: 'canceled', reason: 'no\ntime' }))).toBe(
      ':no_entry_sign: Canceled by <@U0ANA>.\n>no\n>time',
    );
  });

  test('the channel as well, when the window begins, ends, moves or was missed', () => {
    const loud = [
      event('maintenance.started', { start_date: iso(0), ends_at: iso(1), late_by_minutes: 0 }, { before: {} }),
      event('maintenance.finished', { status: 'succeed' }),
      event('maintenance.canceled', { status: 'canceled' }),
      event('maintenance.missed', { status: 'failed', missed: true }, lull),
    ];
    for (const each of loud) expect(threadNote(each, 'internal')?.broadcast).toBe(true);
    const times = { scheduled_start_date: iso(0), scheduled_end_date: iso(60) };
    expect(threadNote(event('maintenance.extended', times, { before: times }), 'internal')?.broadcast).toBeUndefined();
  });

  test('of each check once, by what became of it', () => {
    const after = {
      muted: ['a', 'b'],
      shared: [{ checks: ['l'], by: [12] }],
      already_muted: ['c'],
      unmuted: ['d'],
      left_muted: ['e'],
      still_muted: [
        { checks: ['f'], by: [12], until: '2026-11-22T03:00:00.000Z' },
        { checks: ['i', 'j'], by: [12, 13], until: '2026-11-22T04:00:00.000Z' },
      ],
      unmuted_by_hand: ['h'],
      failed: [{ check: 'g', error: 'refused', to: 'off' }],
    };
    expect(said(event('maintenance.checks_switched', after, { internal: true, ...lull }))).toBe(
      [
        ':no_bell: Switched off: a, b',
        ':no_bell: Off already for maintenance #12, and kept off: l',
        ':heavy_minus_sign: Off already, so left as they are: c',
        ':bell: Switched on again: d',
        ':heavy_minus_sign: Left off, as they were before: e',
        ':no_bell: Stays off, still held by maintenance #12 until <!date^1795316400^\u200b{date_short_pretty} at {time}|Sun 22 Nov 2026 03:00 UTC>: f',
        ':no_bell: Stays off, still held by maintenances #12, #13 until <!date^1795320000^\u200b{date_short_pretty} at {time}|Sun 22 Nov 2026 04:00 UTC>: i, j',
        ':bell: Unmuted or changed by somebody in the monitoring system, so left as it is there: h',
        ':warning: 1 check could not be switched; Lull keeps trying:',
        '• g: refused',
      ].join('\n'),
    );
  });

  test('nothing of what the live message shows by itself', () => {
    expect(threadNote(event('maintenance.scheduled', { name: 'x' }), 'internal')).toBeUndefined();
    expect(threadNote(event('maintenance.commented', {}), 'internal')).toBeUndefined();
  });
});

describe('the thread of a public channel', () => {
  const everything = (): TimelineEvent[] => {
    const times = { scheduled_start_date: iso(0), scheduled_end_date: iso(60) };
    const started = { start_date: iso(0), ends_at: iso(60), late_by_minutes: 0, check_count: 3 };
    return [
      event('maintenance.started', started, { before: times }),
      event('maintenance.finished', { status: 'succeed' }),
      event('maintenance.finished', { status: 'failed' }),
      event('maintenance.canceled', { status: 'canceled', reason: 'rain' }),
      event('maintenance.skipped', {}),
      event('maintenance.missed', { missed: true }, lull),
      event('maintenance.extended', times, { before: times }),
      event('maintenance.rescheduled', times, { before: times }),
      event('maintenance.changed', { name: 'new', checks: ['secret'] }, { before: { name: 'old' } }),
      event('maintenance.changed', { checks: ['secret'], visibility: 'public' }, { before: {} }),
      event('maintenance.corrected', { status: 'failed', checks: ['secret'] }, { before: { status: 'succeed' } }),
    ];
  };

  test('names nobody and no check, whatever happened', () => {
    for (const each of everything()) expect(said(each, 'public') ?? '').not.toMatch(/U0ANA|Ana|checks?\b|secret/);
  });

  test('has nothing of an internal event', () => {
    for (const each of everything()) expect(threadNote({ ...each, internal: true }, 'public')).toBeUndefined();
    const enforced = { muted: ['a'], already_muted: [], unmuted: [], left_muted: [], still_muted: [], failed: [] };
    expect(threadNote(event('maintenance.checks_switched', enforced), 'public')).toBeUndefined();
  });
});

test('Slack takes every note, whatever people, checks and providers say', () => {
  const text = words(10_000, 1);
  const checks = fc.array(words(200, 1), { maxLength: 60 });
  const times = fc.constant({
    scheduled_start_date: iso(0),
    scheduled_end_date: iso(132_000),
    start_date: iso(0),
    ends_at: iso(132_000),
  });
  const any = fc.oneof(
    text.map((reason) => event('maintenance.canceled', { status: 'canceled', reason })),
    text.map((reason) => event('maintenance.canceled', { status: 'canceled', reason: reason.replaceAll(/./gs, '\n') })),
    times.map((after) => event('maintenance.extended', after, { before: after })),
    times.map((after) => event('maintenance.rescheduled', after, { before: after })),
    fc
      .tuple(words(200, 1), words(200, 1))
      .map(([name, before]) =>
        event('maintenance.changed', { name, services: [], description: '' }, { before: { name: before } }),
      ),
    fc
      .record({
        muted: checks,
        already_muted: checks,
        unmuted: checks,
        left_muted: checks,
        still_muted: fc.array(
          fc.record({
            checks,
            by: fc.array(fc.integer({ min: 1 }), { minLength: 1 }),
            until: fc.constant('2026-11-22T03:00:00Z'),
          }),
          { maxLength: 9 },
        ),
        unmuted_by_hand: checks,
        failed: fc.array(fc.record({ check: words(200, 1), error: words(500, 1), to: fc.constantFrom('off', 'on') }), {
          maxLength: 60,
        }),
      })
      .filter((lists) => Object.values(lists).some((list) => list.length > 0))
      .map((after) => event('maintenance.checks_switched', after, lull)),
  );
  const actor = fc.record({
    id: fc.constantFrom('U0ANA', 'token:5', '<!channel>'),
    name: words(200, 1),
    source: fc.constant('http'),
  });
  fc.assert(
    fc.property(any, actor, fc.constantFrom<Audience>('internal', 'public'), (each, who, audience) => {
      const message = threadNote({ ...each, actor: each.actor.source === 'lull' ? each.actor : who }, audience);
      if (message !== undefined) expectTaken(message);
    }),
    CASES,
  );
});
