import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimelineEventType } from '../../src/audit/events.ts';
import { freezeLines } from '../../src/freezes/slack/messages.ts';
import { announcement } from '../../src/maintenance/slack/announcement.ts';
import { threadNote } from '../../src/maintenance/slack/note.ts';
import { noticeMessage } from '../../src/maintenance/slack/notice.ts';
import type { Message } from '../../src/slack/blocks.ts';
import { cases } from '../draws.ts';
import { expectTaken } from './accepted.ts';
import { recorded } from './events.ts';
import { maintenances, sample, T, words } from './samples.ts';

const CASES = { numRuns: cases(60) };
const event = (type: TimelineEventType, after: object) =>
  recorded(type, { actor: { id: 'U0BEN', name: 'Ben', source: 'slack' }, internal: true, after });
const taken = (message: Message | undefined) => {
  if (message === undefined) throw new Error('there is no message');
  expectTaken(message);
};

test('Slack takes what is said of approvals and freezes, whatever people wrote and however much', () => {
  fc.assert(
    fc.property(maintenances, words(10_000), fc.array(words(1000, 1), { maxLength: 60 }), (any, reason, reasons) => {
      const declined = event('maintenance.declined', { approval: 'declined', reason });
      taken(threadNote(declined, 'internal'));
      taken(noticeMessage(any, declined));
      taken(noticeMessage(any, event('maintenance.approval_expired', { status: 'canceled', reason: 'not approved' })));
      const freezes = reasons.map((each, id) => ({ id, reason: each }));
      taken(
        threadNote(
          event('maintenance.freeze_overridden', { freezes, override_reason: reason.slice(0, 1000) }),
          'internal',
        ),
      );
      taken(threadNote(event('maintenance.freeze_entered', { freezes }), 'internal'));
    }),
    CASES,
  );
});

describe('an announcement', () => {
  const shown = (approval: 'pending' | 'approved' | 'declined', audience: 'internal' | 'public') =>
    JSON.stringify(announcement(sample({ approval }), { audience, checks: 1 }));

  test('offers to approve and to decline while it waits, and to start once it is approved', () => {
    expect(shown('pending', 'internal')).toMatch(/"maintenance\.approve".*"maintenance\.decline"/);
    expect(shown('pending', 'internal')).not.toContain('maintenance.start');
    expect(shown('declined', 'internal')).toContain('maintenance.approve');
    expect(shown('declined', 'internal')).not.toContain('maintenance.decline');
    expect(shown('approved', 'internal')).toContain('maintenance.start');
    expect(shown('approved', 'internal')).not.toContain('maintenance.approve"');
  });

  test('says nothing of approvals in public', () => {
    for (const approval of ['pending', 'approved', 'declined'] as const) {
      expect(shown(approval, 'public')).not.toMatch(/appro|declin/i);
    }
  });
});

test('public threads hear nothing of approvals and freezes but that it is canceled', () => {
  for (const type of [
    'maintenance.approved',
    'maintenance.declined',
    'maintenance.freeze_entered',
    'maintenance.freeze_overridden',
  ] as const) {
    expect(threadNote(event(type, {}), 'public')).toBeUndefined();
  }
  const lapsed = {
    ...event('maintenance.approval_expired', { status: 'canceled', reason: 'not approved' }),
    internal: false,
  };
  expect(threadNote(lapsed, 'public')?.text).toBe(':no_entry_sign: Canceled.');
});

test('freezes are listed with their scope and time, and those beyond five counted', () => {
  const freeze = {
    id: 1,
    start: T,
    end: new Date(T.getTime() + 3_600_000),
    scope: null,
    reason: 'Launch',
    effect: 'warn',
  } as const;
  expect(freezeLines([freeze], 'UTC')).toEqual([
    ':snowflake: In a freeze: Launch, everything, Sun 22 Nov 2026 02:00 – 03:00 UTC',
  ]);
  expect(
    freezeLines(
      Array.from({ length: 8 }, () => freeze),
      'UTC',
    ).at(-1),
  ).toBe(':snowflake: and 3 more');
});
