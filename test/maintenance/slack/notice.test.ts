import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimelineEvent } from '../../../src/delivery/announcements.ts';
import { reminderMessage } from '../../../src/maintenance/slack/announcement.ts';
import { noticeMessage } from '../../../src/maintenance/slack/notice.ts';
import { cases } from '../../draws.ts';
import { expectTaken, textsOf } from '../../slack/accepted.ts';
import { maintenances, sample, T, words } from '../../slack/samples.ts';

const CASES = { numRuns: cases(60) };
const event = (action: string, after: object): TimelineEvent => ({
  id: 7,
  at: T,
  actor: { id: 'lull', name: 'Lull', source: 'lull' },
  action,
  internal: false,
  before: null,
  after,
});
const enforced = (...failed: object[]) => event('enforce', { disabled: [], failed });
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
    expect(said(event('start', { late_by_minutes: 45 }))).toMatch(/started 45 min late, because Lull was not running/);
    expect(said(event('finish', { late_by_minutes: 61 }))).toMatch(
      /ended 1 h 1 min late, because Lull was not running/,
    );
    expect(said(event('miss', {}))).toMatch(/was missed: Lull was not running during its window/);
  });

  test('where it cannot be announced, and what to do', () => {
    const after = { channel: 'C0OPS', error: 'is_archived', advice: 'Subscribe another one.' };
    expect(said(event('announce-failed', after))).toBe(
      ':warning: *Postgres upgrade* could not be announced in <#C0OPS> (is_archived). Subscribe another one.',
    );
  });

  test('nothing of what does not need them', () => {
    expect(said(event('comment', { comment: 'x' }))).toBeUndefined();
    expect(said(enforced())).toBeUndefined();
  });

  test('nothing of extending what is over', () => {
    expect(buttons(event('miss', {}), { status: 'in-progress' })).toEqual(['Extend', 'Show']);
    expect(buttons(event('miss', {}), { status: 'failed', missed: true })).toEqual(['Show']);
  });
});

describe('a reminder', () => {
  const of = (what: 'start' | 'end') =>
    event('remind', {
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
    const after = { ...(reminded.after as object), awaits_approval: true };
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
    fc.constantFrom('start', 'finish', 'miss').map((action) => event(action, { late_by_minutes: 132_000 })),
    text.map((advice) => event('announce-failed', { channel: 'C0OPS', error: advice, advice })),
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
      expectTaken(reminderMessage(event('remind', after), 'internal'));
    }),
    CASES,
  );
});
