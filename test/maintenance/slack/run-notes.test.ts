import { describe, expect, test } from 'vitest';
import type { TimelineEvent, TimelineEventType } from '../../../src/audit/events.ts';
import { announcement } from '../../../src/maintenance/slack/announcement.ts';
import { threadNote } from '../../../src/maintenance/slack/note.ts';
import { recorded } from '../../slack/events.ts';
import { sample, T } from '../../slack/samples.ts';

const iso = (hours: number) => new Date(T.getTime() + hours * 3_600_000).toISOString();
const event = (type: TimelineEventType, before: object, after: object, source = 'slack') =>
  recorded(type, { actor: { id: source === 'lull' ? 'lull' : 'U0ANA', name: 'Ana', source }, before, after });
const said = (each: TimelineEvent) => threadNote(each, 'internal')?.text;

describe('the thread of a run tells', () => {
  test('of a move, with the window before and after', () => {
    const window = (from: number) => ({ scheduled_start_date: iso(from), scheduled_end_date: iso(from + 2) });
    expect(said(event('maintenance.rescheduled', window(0), window(24)))).toMatch(
      /^:calendar: Moved by <@U0ANA>: it is <!date\^1795399200\^.* – .*, not Sun 22 Nov 2026 02:00 – 04:00 UTC\.$/,
    );
  });

  test('that it was skipped, and that the series goes on', () => {
    expect(said(event('maintenance.skipped', {}, { status: 'canceled' }))).toBe(
      ':fast_forward: Skipped by <@U0ANA>. The series goes on.',
    );
  });

  test('what changed with its series', () => {
    const before = { name: 'Vacuum', scheduled_end_date: iso(2), services: [1] };
    const after = { name: 'Reindex', scheduled_end_date: iso(1), services: [2], series: 'NZT234' };
    expect(said(event('maintenance.changed', before, after))).toMatch(
      /^:pencil2: Changed by <@U0ANA> with its series NZT234: it is called "Reindex", not "Vacuum"; it ends <!date.*>, not Sun 22 Nov 2026 04:00 UTC; the services\.$/,
    );
  });

  test('of those missed in a row once, in the newest, with how many there were', () => {
    expect(said(event('maintenance.missed', { status: 'scheduled' }, { newer_missed: true }, 'lull'))).toBeUndefined();
    expect(said(event('maintenance.missed', { status: 'scheduled' }, { missed_in_a_row: 1 }, 'lull'))).not.toContain(
      'before it',
    );
    expect(said(event('maintenance.missed', { status: 'scheduled' }, { missed_in_a_row: 2 }, 'lull'))).toContain(
      'as during the run of its series before',
    );
    expect(said(event('maintenance.missed', { status: 'scheduled' }, { missed_in_a_row: 9 }, 'lull'))).toContain(
      'as during the 8 runs of its series',
    );
  });
});

test('the announcement of a run names its series and says its line in words', () => {
  const series = {
    id: 3,
    key: 'NZT234',
    enabled: true,
    cron: '0 3 * * 0',
    timezone: 'Europe/Berlin',
    durationMinutes: 120,
    duringFreeze: 'skip' as const,
    audience: 'public' as const,
  };
  const run = { series, occurrence: T, state: 'following' } as const;
  for (const audience of ['internal', 'public'] as const) {
    const shown = JSON.stringify(announcement(sample({ run }), { audience, checks: 0 }));
    expect(shown).toContain('Series NZT234: At 03:00, only on Sunday (Europe/Berlin)');
    expect(JSON.stringify(announcement(sample(), { audience, checks: 0 }))).not.toContain('Series');
  }
});
