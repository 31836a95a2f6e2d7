import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { help, helpOn, suggestHelp } from '../../src/app/slack/help.ts';
import { historyMessage } from '../../src/audit/slack/history.ts';
import { serviceList } from '../../src/catalogue/slack/commands.ts';
import { checkList } from '../../src/checks/slack/messages.ts';
import { lastPage, PAGE_SIZE, pagedMessage } from '../../src/slack/paging.ts';
import { subscriptionList } from '../../src/subscriptions/slack.ts';
import { COMMANDS_HELP } from '../../src/texts/slack-help.ts';
import { cases } from '../draws.ts';
import { expectTaken, textsOf } from './accepted.ts';
import { recorded } from './events.ts';
import { words } from './samples.ts';

const CASES = { numRuns: cases(30) };
const name = fc.oneof(words(200, 1), fc.constantFrom('&'.repeat(200), '😀'.repeat(100)));
const read = (message: unknown) => textsOf(message).join('\n');
const buttons = (message: unknown) => JSON.stringify(message).match(/page\.(?:previous|next)/g) ?? [];

describe('Slack takes, whatever people wrote and however much', () => {
  test('a page of services and of checks', () => {
    const service = name.map((each) => ({
      id: 1,
      name: each,
      scope: { id: 1, name: each },
      audience: 'public' as const,
      status: 'down' as const,
    }));
    const check = name.map((each) => ({
      id: 'C',
      name: each,
      provider: each,
      externalId: 'C',
      enabled: false,
      tags: [],
      services: [],
      type: null,
      target: null,
      mutedBy: Array.from({ length: 50 }, (_, index) => 2_147_483_000 + index),
    }));
    fc.assert(
      fc.property(fc.array(service, { maxLength: PAGE_SIZE, size: 'max' }), (shown) =>
        expectTaken(serviceList(shown, { page: 2, total: 10_000 })),
      ),
      CASES,
    );
    fc.assert(
      fc.property(fc.array(check, { maxLength: PAGE_SIZE, size: 'max' }), name, (shown, of) =>
        expectTaken(checkList(shown, { of: 'checks', service: 1, name: of, page: 2, total: 10_000 })),
      ),
      CASES,
    );
  });

  test('a page of a history', () => {
    const values = fc.record(
      {
        name,
        description: words(10_000),
        services: fc.array(fc.integer({ min: 1 })),
        checks: fc.option(fc.array(words(1000, 1))),
        external_reference: fc.option(words(200)),
        selector_follows: fc.boolean(),
        scheduled_end_date: fc.constant('2026-11-22T04:00:00Z'),
      },
      { requiredKeys: [] },
    );
    // PostgreSQL stores no lone surrogates.
    const stored = words(200, 1).map((text) => text.toWellFormed());
    const refused = fc.record({ check: stored, error: stored, to: fc.constant('off') });
    const recording = fc.record({
      actor: fc.record({ id: fc.constantFrom('U0ANA', 'token:5'), name, source: fc.constantFrom('slack', 'http') }),
      internal: fc.boolean(),
    });
    const event = fc.oneof(
      fc
        .tuple(values, values, recording)
        .map(([before, after, by]) => recorded('maintenance.changed', { before, after, ...by })),
      fc
        .tuple(words(10_000), recording)
        .map(([comment, by]) => recorded('maintenance.commented', { after: { comment }, ...by })),
      fc
        .tuple(fc.array(refused), recording)
        .map(([failed, by]) => recorded('maintenance.checks_switched', { after: { failed }, ...by })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: PAGE_SIZE, size: 'max' }), name, (events, title) =>
        expectTaken(
          historyMessage(
            { id: 12, name: title },
            events,
            { zone: 'America/Argentina/ComodRivadavia', services: new Map([[1, title]]) },
            { page: 1, total: 90 },
          ),
        ),
      ),
      CASES,
    );
  });

  test('what a channel hears of', () => {
    const place = fc.option(name.map((each) => ({ id: 1, name: each })));
    const subscription = fc.record({
      id: fc.constant(1),
      channelKind: fc.constant('slack'),
      channel: fc.constant('C0GENERAL'),
      audience: fc.constantFrom('internal' as const, 'public' as const),
      scope: place,
      service: place,
      failure: fc.option(fc.record({ reason: name, since: fc.constant(new Date(0)) })),
    });
    fc.assert(
      fc.property(fc.array(subscription, { maxLength: 300, size: 'max' }), fc.boolean(), (all, isDefault) =>
        expectTaken(subscriptionList('Subscribed.', all, { id: 'C0GENERAL', isDefault })),
      ),
      CASES,
    );
  });

  test('help, and help on each command', () => {
    expectTaken(help);
    for (const each of COMMANDS_HELP) {
      const message = helpOn(each.name.toUpperCase());
      expect(read(message)).toContain(`/maintenance ${each.example ?? each.form}`);
      if (message !== undefined) expectTaken(message);
      expectTaken(suggestHelp('&'.repeat(300), each));
      expect(read(help)).toContain(`\`${each.form}\``);
    }
  });
});

describe('a list', () => {
  const page = (at: number, total: number) =>
    pagedMessage({ title: 'things', lines: ['one'], total, page: at, valueFor: String });

  test.each([
    [1, PAGE_SIZE, []],
    [1, PAGE_SIZE + 1, ['page.next']],
    [2, PAGE_SIZE + 1, ['page.previous']],
    [2, 3 * PAGE_SIZE, ['page.previous', 'page.next']],
  ])('on page %i of %i things has the buttons to the pages there are', (at, total, expected) => {
    expect(buttons(page(at, total))).toEqual(expected);
  });

  test('is one block as long as its lines fit into one, and never has one that Slack refuses', () => {
    const blocks = (line: string) =>
      pagedMessage({ title: 'things', lines: Array(PAGE_SIZE).fill(line), total: PAGE_SIZE, page: 1, valueFor: String })
        .blocks;
    expect(blocks('x'.repeat(200)).filter(({ type }) => type === 'section')).toHaveLength(1);
    const long = pagedMessage({
      title: 'things',
      lines: Array(PAGE_SIZE).fill('x'.repeat(500)),
      total: PAGE_SIZE,
      page: 1,
      valueFor: String,
    });
    expectTaken(long);
    expect(read(long).match(/x{500}/g)).toHaveLength(PAGE_SIZE);
  });

  test('has a last page even when it is empty', () => {
    expect([0, 1, PAGE_SIZE, PAGE_SIZE + 1].map(lastPage)).toEqual([1, 1, 1, 2]);
  });
});

test('a history says what a value was and is, in the reader’s zone and by the names of services', () => {
  const event = recorded('maintenance.changed', {
    before: { services: [1], scheduled_end_date: '2026-11-22T04:00:00Z', checks: null },
    after: { services: [1, 2], scheduled_end_date: '2026-11-22T05:00:00Z', checks: ['K1'] },
  });
  const services = new Map([
    [1, 'api'],
    [2, 'web'],
  ]);
  const text = read(
    historyMessage({ id: 12, name: 'x' }, [event], { zone: 'Europe/Berlin', services }, { page: 1, total: 1 }),
  );
  expect(text).toContain('<@U0ANA> changed it');
  expect(text).toContain('services api, web, was api');
  expect(text).toContain('end Sun 22 Nov 2026 06:00, was Sun 22 Nov 2026 05:00');
  expect(text).toContain('checks K1, was those of its services');
});

test('a history says what was done in words that people use', () => {
  const internal = true;
  const text = read(
    historyMessage(
      { id: 12, name: 'x' },
      [
        recorded('maintenance.changed', {
          internal,
          before: { status: 'in-progress', timezone: 'UTC' },
          after: { status: 'succeed', timezone: 'UTC' },
        }),
        recorded('maintenance.started', { internal, after: { check_count: 2 } }),
        recorded('maintenance.commented', { internal, after: { comment: 'Begun', internal } }),
        recorded('maintenance.comment_changed', {
          internal,
          before: { comment: 'Begun', internal },
          after: { comment: 'Done', internal: false },
        }),
        recorded('maintenance.comment_deleted', { internal, before: { comment: 'Done' } }),
      ],
      { zone: 'Europe/Berlin', services: new Map() },
      { page: 1, total: 1 },
    ),
  );
  expect(text).toMatch(/changed it \(internal\): status succeeded, was in progress$/m);
  expect(text).toMatch(/started it \(internal\): .*; checks 2$/m);
  expect(text).toMatch(/commented \(internal\): text Begun$/m);
  expect(text).toMatch(/changed a comment \(internal\): text Done, was Begun; internal no, was yes$/m);
  expect(text).toContain('removed a comment (internal)');
});
