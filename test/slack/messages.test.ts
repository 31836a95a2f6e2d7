import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { help } from '../../src/app/slack/help.ts';
import { OUTCOMES } from '../../src/checks/rules.ts';
import type { Preview } from '../../src/maintenance/commands/schedule.ts';
import { STATUSES } from '../../src/maintenance/rules/status.ts';
import { announcement } from '../../src/maintenance/slack/announcement.ts';
import type { DraftWindow } from '../../src/maintenance/slack/drafts.ts';
import { questionMessage } from '../../src/maintenance/slack/drafts.ts';
import { listMessage } from '../../src/maintenance/slack/list.ts';
import { previewMessage } from '../../src/maintenance/slack/preview.ts';
import { showMessage } from '../../src/maintenance/slack/show.ts';
import {
  errorMessage,
  escapeMrkdwn,
  formatNames,
  quote,
  shorten,
  successMessage,
  welcomeMessage,
} from '../../src/slack/blocks.ts';
import { PAGE_SIZE } from '../../src/slack/paging.ts';
import { formatWindow, localWindow } from '../../src/slack/time.ts';
import { cases } from '../draws.ts';
import { expectTaken, textsOf } from './accepted.ts';
import { maintenances, sample, T, words } from './samples.ts';

const CASES = { numRuns: cases(60) };
const read = (message: unknown) => textsOf(message).join('\n');
const buttons = (message: unknown) => JSON.stringify(message).match(/"action_id":"[a-z.-]+/g) ?? [];

describe('Slack takes, whatever people wrote and however much', () => {
  test('an announcement', () => {
    fc.assert(
      fc.property(
        maintenances,
        fc.constantFrom('internal', 'public'),
        fc.nat(2000),
        (maintenance, audience, checks) => {
          expectTaken(announcement(maintenance, { audience, checks }));
        },
      ),
      CASES,
    );
  });

  test('a list', () => {
    fc.assert(
      fc.property(fc.array(maintenances, { maxLength: PAGE_SIZE }), words(200, 1), (shown, name) =>
        expectTaken(
          listMessage(shown, { of: 'list', kind: 'open', service: 2_147_483_647, name, page: 3, total: 100_000 }),
        ),
      ),
      { numRuns: CASES.numRuns / 5 },
    );
  });

  test('one maintenance with its comments', () => {
    const comment = fc.record({
      id: fc.constant(1),
      maintenanceId: fc.constant(12),
      text: words(10_000, 1),
      internal: fc.boolean(),
      edited: fc.boolean(),
      message: fc.constant(null),
      author: fc.record({ id: fc.constantFrom('U0ANA', 'token:5'), name: words(200, 1) }),
      source: fc.constant('slack'),
      createdAt: fc.constant(T),
    });
    const at = fc.constantFrom(null, T);
    const mute = fc.record({
      checkId: fc.constant('C'),
      checkName: words(200, 1),
      outcome: fc.constantFrom(...OUTCOMES),
      mutedAt: fc.constant(T),
      decidedAt: at,
      endedAt: at,
      releasedAt: at,
      error: fc.option(words(500, 1)),
    });
    const zone = fc.constantFrom('UTC', 'Asia/Tokyo', 'America/Argentina/ComodRivadavia');
    fc.assert(
      fc.property(maintenances, fc.array(mute), fc.array(comment), zone, (maintenance, mutes, comments, timezone) =>
        expectTaken(showMessage(maintenance, { covered: 2000, mutes }, comments, timezone)),
      ),
      CASES,
    );
  });

  test('a preview', () => {
    const check = (name: string) => ({
      id: 'C',
      name,
      provider: 'builtin',
      externalId: 'C',
      enabled: true,
      tags: [],
      services: [],
      type: null,
      target: null,
      mutedBy: [],
    });
    const freezes = fc.record({
      id: fc.nat(),
      start: fc.constant(T),
      end: fc.constant(new Date(T.getTime() + 86_400_000)),
      scope: fc.option(fc.record({ id: fc.nat(), name: words(200, 1) })),
      reason: words(1000, 1),
      effect: fc.constantFrom('block', 'warn'),
    });
    const meant: fc.Arbitrary<Preview> = fc.record({
      checks: fc.array(words(200, 1).map(check), { maxLength: 2000, size: 'max' }),
      leftAlone: fc.array(words(200, 1).map(check), { maxLength: 200 }),
      destinations: fc.array(
        fc.constant({ channelKind: 'slack', channel: 'C0GENERAL', audience: 'internal' as const }),
        { maxLength: 40 },
      ),
      overlaps: fc.array(maintenances, { maxLength: 5 }),
      overlapCount: fc.nat(10_000),
      freezes: fc.array(freezes, { maxLength: 8 }),
      needsApproval: fc.boolean(),
      runs: fc.constant([]),
      mayOverride: fc.boolean(),
    });
    const remarks = fc.array(words(600, 1), { maxLength: 8 });
    const window = fc.tuple(maintenances, remarks, remarks).map(
      ([{ scheduledStart, scheduledEnd, ...rest }, assumed, notices]): DraftWindow => ({
        ...rest,
        checks: null,
        kind: 'window',
        services: [],
        start: scheduledStart,
        end: scheduledEnd,
        channels: [],
        assumed,
        notices,
      }),
    );
    fc.assert(
      fc.property(window, fc.array(words(200, 1), { maxLength: 300 }), meant, (draft, services, sense) =>
        expectTaken(previewMessage('0b6b6b3e-0000-4000-8000-000000000000', draft, services, 'Asia/Tokyo', sense)),
      ),
      { numRuns: CASES.numRuns / 3 },
    );
  });

  test('a question, a refusal, and what Lull says by itself', () => {
    fc.assert(
      fc.property(words(5000, 1), fc.array(words(200, 1), { minLength: 1, maxLength: 8 }), (text, labels) => {
        expectTaken(questionMessage(text, '0b6b6b3e-0000-4000-8000-000000000000', labels));
        expectTaken(errorMessage(text, text));
        expectTaken(successMessage(escapeMrkdwn(text)));
      }),
      CASES,
    );
    expectTaken(help);
    expectTaken(welcomeMessage);
  });
});

describe('an announcement', () => {
  test.each([
    ['scheduled', ['start', 'extend', 'comment', 'edit', 'cancel']],
    ['in-progress', ['finish', 'extend', 'comment', 'edit', 'cancel']],
    ['succeed', ['comment']],
    ['failed', ['comment']],
    ['canceled', ['comment']],
  ] as const)('offers what can be done while it is %s', (status, offered) => {
    const message = announcement(sample({ status }), { audience: 'internal', checks: 1 });
    expect(buttons(message)).toEqual(offered.map((name) => `"action_id":"maintenance.${name}`));
  });

  test.each(STATUSES)('has no button, owner or check for the public while it is %s', (status) => {
    const message = announcement(sample({ status }), { audience: 'public', checks: 7 });
    expect(buttons(message)).toEqual([]);
    expect(JSON.stringify(message)).not.toMatch(/U0ANA|Ana|Checks|7 checks/);
  });

  test('says when in UTC beside the time that Slack shows in the zone of whoever reads', () => {
    const text = read(announcement(sample(), { audience: 'public', checks: 0 }));
    expect(text).toContain('Sun 22 Nov 2026 02:00 – 04:00 UTC');
    expect(text).toContain('<!date^1795312800^{date_short_pretty} at {time}|Sun 22 Nov 2026 02:00 UTC>');
  });

  test('is the same for the same maintenance, so that an unchanged one is not sent again', () => {
    const about = { audience: 'internal', checks: 3 } as const;
    expect(announcement(sample(), about)).toEqual(announcement(sample(), about));
  });

  test('shows the window as it was once it is over', () => {
    const message = announcement(
      sample({
        status: 'succeed',
        startedAt: new Date('2026-11-22T01:30:00Z'),
        endedAt: new Date('2026-11-22T02:10:00Z'),
      }),
      { audience: 'internal', checks: 0 },
    );
    expect(message.text).toContain('01:30 – 02:10 UTC');
    expect(read(message)).toContain('40 min');
  });

  test('leaves out a link that it would have to cut, for a cut one leads elsewhere', () => {
    const externalLink = `https://a.example/${'&'.repeat(1900)}`;
    const text = read(
      announcement(sample({ externalLink, externalReference: 'CHG-1' }), { audience: 'public', checks: 0 }),
    );
    expect(text).not.toContain('a.example');
    expect(text).toContain('CHG-1');
  });

  test('leaves out a reference that is empty, which Slack would refuse the message for', () => {
    const none = { audience: 'internal', checks: 0 } as const;
    const { blocks } = announcement(sample({ externalReference: '' }), none);
    expect(blocks).toEqual(announcement(sample({ externalReference: null }), none).blocks);
  });
});

test('one that is over is listed and shown at the times it really had, and one to be approved with that', () => {
  const began = new Date('2026-11-22T01:30:00Z');
  const over = sample({ status: 'succeed', startedAt: began, endedAt: new Date('2026-11-22T02:10:00Z') });
  const list = { of: 'list', kind: 'past', page: 1, total: 1 } as const;
  expect(read(listMessage([over], list))).toContain('|Sun 22 Nov 2026 02:10 UTC>');
  expect(read(showMessage(over, { covered: 0, mutes: [] }, [], 'Asia/Tokyo'))).toContain('10:30 – 11:10 (Asia/Tokyo)');
  expect(read(listMessage([sample({ approval: 'pending' })], list))).toContain(':hourglass: not approved yet');
  expect(read(listMessage([sample({ approval: 'approved' })], list))).not.toContain('approved');
});

describe('a preview', () => {
  test('keeps everything that was assumed and noticed, and every overlap it names', () => {
    const draft: DraftWindow = {
      ...sample(),
      checks: null,
      kind: 'window',
      start: T,
      end: new Date(T.getTime() + 3_600_000),
      services: [1],
      channels: [],
      assumed: Array.from({ length: 6 }, (_, i) => `assumption ${i}`),
      notices: Array.from({ length: 6 }, (_, i) => `notice ${i}`),
    };
    const overlaps = [sample({ id: 77 }), sample({ id: 78 })];
    const meant = {
      checks: [],
      leftAlone: [],
      destinations: [],
      overlaps,
      overlapCount: overlaps.length,
      freezes: [],
      needsApproval: true,
      runs: [],
      mayOverride: false,
    };
    const text = read(previewMessage('d', draft, ['api'], 'Europe/Berlin', meant));
    for (let i = 0; i < 6; i++) expect(text).toMatch(new RegExp(`assumption ${i}[\\s\\S]*notice ${i}`));
    expect(text).toMatch(/maintenance 77[\s\S]*maintenance 78/);
    expect(text).toContain('It starts only once a second person has approved it.');
    expect(text).toContain('Sun 22 Nov 2026 03:00 – 04:00 (Europe/Berlin)');
    expect(text).toContain('Sun 22 Nov 2026 02:00 – 03:00 UTC');
  });
});

describe('times', () => {
  test('carry the day of the end when it is another one in that zone', () => {
    const window = { start: new Date('2026-11-22T13:00:00Z'), end: new Date('2026-11-22T16:00:00Z') };
    expect(formatWindow(window, 'UTC')).toBe('Sun 22 Nov 2026 13:00 – 16:00 UTC');
    expect(formatWindow(window, 'Asia/Tokyo')).toBe('Sun 22 Nov 2026 22:00 – Mon 23 Nov 2026 01:00 (Asia/Tokyo)');
  });

  test('begin small within a sentence, where Slack says "Today" and "Tomorrow"', () => {
    const window = { start: T, end: new Date(T.getTime() + 5 * 3_600_000) };
    const formats = (text: string) => [...text.matchAll(/\^([^|^]*)\|/g)].map(([, format]) => format);
    expect(formats(localWindow(window))).toEqual([
      '{date_short_pretty} at {time}',
      '\u200b{date_short_pretty} at {time}',
    ]);
    expect(formats(localWindow(window, 'in a sentence'))).toEqual(Array(2).fill('\u200b{date_short_pretty} at {time}'));
  });

  test('fall back to UTC, and say so, where Slack cannot draw a date', () => {
    const window = { start: new Date('2026-11-22T13:00:00Z'), end: new Date('2026-11-22T23:00:00Z') };
    expect(localWindow(window).match(/\|[^>]*>/g)).toEqual([
      '|Sun 22 Nov 2026 13:00 UTC>',
      '|Sun 22 Nov 2026 23:00 UTC>',
    ]);
  });
});

describe('a text that is too long', () => {
  test('is cut to the length asked for, with an ellipsis, never within a character', () => {
    fc.assert(
      fc.property(words(1000), fc.integer({ min: 1, max: 200 }), (text, most) => {
        const short = shorten(text, most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(short.isWellFormed()).toBe(true);
        if (text.length > most) expect(short.endsWith('…')).toBe(true);
      }),
      CASES,
    );
  });

  test('is cut before it is escaped, so that no entity is cut', () => {
    fc.assert(
      fc.property(words(1000), fc.integer({ min: 10, max: 200 }), (text, most) => {
        const quoted = quote(text, most);
        expect(quoted.length).toBeLessThanOrEqual(most);
        expect(quoted.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
      }),
      CASES,
    );
  });

  test('of names says how many are left out', () => {
    expect(formatNames(['api', 'web'], 100)).toBe('api, web');
    expect(formatNames(Array(300).fill('service'), 50)).toMatch(/^service, service, service, service and 296 more$/);
    expect(formatNames(['x'.repeat(90), 'y'], 40)).toBe('2 in all');
  });
});
