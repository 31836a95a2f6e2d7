import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimelineEvent, TimelineEventType } from '../../../src/audit/events.ts';
import { reminderMessage } from '../../../src/maintenance/slack/note.ts';
import { noticeMessage } from '../../../src/maintenance/slack/notice.ts';
import { cases } from '../../draws.ts';
import { expectTaken, textsOf } from '../../slack/accepted.ts';
import { recorded } from '../../slack/events.ts';
import { maintenances, sample, T, words } from '../../slack/samples.ts';

const CASES = { numRuns: cases(60) };
const event = <T extends TimelineEventType>(type: T, after: object) =>
  recorded(type, { id: 7, actor: { id: 'lull', name: 'Lull', source: 'lull' }, after });
const enforced = (...failed: object[]) => event('maintenance.checks_switched', { failed });
const said = (each: TimelineEvent, values: Parameters<typeof sample>[0] = {}) =>
  noticeMessage(sample(values), each)?.text;
const buttons = (...args: Parameters<typeof said>) =>
  textsOf(noticeMessage(sample(args[1]), args[0])?.blocks.filter(({ type }) => type === 'actions'));

describe('a direct message to the owner says', () => {
  test('what a provider refused, and what that means', () => {
    expect(said(enforced({ check: 'health', error: 'locked', to: 'off' }))).toBe(
      ':warning: A check of *Postgres upgrade* could not be switched off, so it may raise an alarm during the work. Lull keeps trying.\n• health: locked',
    );
    const many = Array.from({ length: 7 }, (_, index) => ({ check: `c${index}`, error: '503', to: 'on' }));
    expect(said(enforced(...many))).toMatch(
      /^:warning: \*Postgres upgrade\* is over, but 7 checks could not be switched on again\. [^\n]+\n(• c\d: 503\n){5}and 2 more$/,
    );
  });

  test('what came late and what was missed', () => {
    expect(said(event('maintenance.started', { late_by_minutes: 45 }))).toMatch(
      /started 45 min late, because Lull was not running/,
    );
    expect(said(event('maintenance.finished', { late_by_minutes: 61 }))).toMatch(
      /ended 1 h 1 min late, because Lull was not running/,
    );
    expect(said(event('maintenance.missed', {}))).toMatch(/was missed: Lull was not running during its window/);
  });

  test('where it cannot be announced, and what to do', () => {
    const after = { channel: 'C0OPS', error: 'is_archived', advice: 'Subscribe another one.' };
    expect(said(event('maintenance.announcement_failed', after))).toBe(
      ':warning: *Postgres upgrade* could not be announced in <#C0OPS> (is_archived). Subscribe another one.',
    );
  });

  test('nothing of what does not need them', () => {
    expect(said(event('maintenance.commented', {}))).toBeUndefined();
    expect(said(enforced())).toBeUndefined();
  });

  test('nothing of extending what is over', () => {
    expect(buttons(event('maintenance.missed', {}), { status: 'in-progress' })).toEqual(['Extend', 'Show']);
    expect(buttons(event('maintenance.missed', {}), { status: 'failed', missed: true })).toEqual(['Show']);
  });
});

describe('a reminder', () => {
  const of = (what: 'start' | 'end') =>
    event('maintenance.reminded', {
      maintenance: 12,
      name: 'a *b*',
      minutes: 15,
      [what === 'start' ? 'scheduled_start_date' : 'ends_at']: new Date(T.getTime() + 900_000).toISOString(),
    });

  test('names the window, in the channel too', () => {
    expect(reminderMessage(of('start'), 'internal')).toMatchObject({
      broadcast: true,
      text: expect.stringMatching(/^:bell: \*a \*b\*\* starts in 15 min, <!date\^/),
    });
  });

  test('of one that is not approved says to nobody that it starts, and why to internal channels alone', () => {
    const reminded = of('start');
    const after = { ...reminded.after, awaits_approval: true };
    expect(reminderMessage({ ...reminded, after }, 'internal').text).toContain('would start in 15 min');
    expect(reminderMessage({ ...reminded, after }, 'public').text).toMatch(
      /^:bell: \*a \*b\*\* is planned for <!date\^[^>]+>\.$/,
    );
  });

  test('of the end can be pressed to extend it, but not in a public channel', () => {
    expect(textsOf(reminderMessage(of('end'), 'internal').blocks).at(-1)).toBe('Extend');
    expect(reminderMessage(of('end'), 'public').blocks).toHaveLength(1);
  });
});

test('Slack takes every one of them, whatever people, checks and providers say', () => {
  const text = words(500, 1);
  const failed = fc.array(fc.record({ check: words(200, 1), error: text, to: fc.constantFrom('off', 'on') }), {
    minLength: 1,
    maxLength: 300,
  });
  const events = fc.oneof(
    failed.map((all) => enforced(...all)),
    fc
      .constantFrom('maintenance.started' as const, 'maintenance.finished' as const, 'maintenance.missed' as const)
      .map((type) => event(type, { late_by_minutes: 132_000 })),
    text.map((advice) => event('maintenance.announcement_failed', { channel: 'C0OPS', error: advice, advice })),
  );
  fc.assert(
    fc.property(maintenances, events, (maintenance, each) => {
      const message = noticeMessage(maintenance, each);
      if (message === undefined) throw new Error('nothing was said');
      expectTaken(message);
    }),
    CASES,
  );
  fc.assert(
    fc.property(words(200, 1), fc.constantFrom('start', 'end'), (name, what) => {
      const after = {
        maintenance: 12,
        name,
        minutes: 15,
        [what === 'start' ? 'scheduled_start_date' : 'ends_at']: T.toISOString(),
      };
      expectTaken(reminderMessage(event('maintenance.reminded', after), 'internal'));
    }),
    CASES,
  );
});
