import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck } from '../../src/checks/commands.ts';
import { comment } from '../../src/comments/commands.ts';
import type { Problem, UserError } from '../../src/core/errors.ts';
import { extend } from '../../src/maintenance/commands/edit.ts';
import { type ScheduleInput, schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { inTransactionOnce } from '../../src/platform/transactions.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { hours, type World, world } from '../world.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());

const problemsOf = (act: Promise<unknown>): Promise<readonly Problem[]> =>
  act.then(
    () => [],
    (error: UserError) => {
      expect(error.name).toBe('UserError');
      return error.problems;
    },
  );
const at = (text: string) => new Date(text);

describe('a window is refused, with the field and the reason:', () => {
  test.each<[string, Partial<ScheduleInput>, string, string, object?]>([
    [
      'that ends before it starts',
      { end: at('2026-01-01T00:00:00Z') },
      'scheduled_end_date',
      'end-not-after-start',
      { end: at('2026-01-01T00:00:00Z') },
    ],
    [
      'in the past',
      { start: at('2020-01-01T00:00:00Z'), end: at('2020-01-01T01:00:00Z') },
      'scheduled_start_date',
      'start-in-past',
      { start: at('2020-01-01T00:00:00Z') },
    ],
    ['of a year', { end: at('2030-01-01T00:00:00Z') }, 'scheduled_end_date', 'window-too-long', { max: 132_480 }],
    [
      'in a year that has five digits',
      { start: at('+012026-01-01T00:00:00Z'), end: at('+012026-01-01T01:00:00Z') },
      'scheduled_end_date',
      'end-too-late',
    ],
    ['without a name', { name: '  ' }, 'name', 'maintenance-name-required'],
    ['with an endless name', { name: 'x'.repeat(201) }, 'name', 'text-too-long', { length: 201, max: 200 }],
    [
      'with an endless description',
      { description: 'x'.repeat(10_001) },
      'description',
      'text-too-long',
      { length: 10_001, max: 10_000 },
    ],
    ['with what cannot be stored', { description: 'a\0b' }, 'description', 'null-character'],
    [
      'with a selector that cannot be stored',
      { selector: { text: 'a\0b', follows: false } },
      'selector',
      'null-character',
    ],
    [
      'with a link that is none',
      { externalLink: 'javascript:alert(1)' },
      'external_link',
      'link-invalid',
      { link: 'javascript:alert(1)' },
    ],
    ['of nothing', { services: [] }, 'services', 'coverage-required'],
    ['of no check', { services: [], checks: [] }, 'services', 'coverage-required'],
    [
      'of a service that does not exist',
      { services: [999_999] },
      'services',
      'reference-unknown',
      { kind: 'service', ids: [999_999] },
    ],
    [
      'of a service that cannot exist',
      { services: [2 ** 40, Number.NaN] },
      'services',
      'reference-unknown',
      { kind: 'service', ids: [2 ** 40, Number.NaN] },
    ],
    [
      'of a check that does not exist',
      { checks: ['NOPE'] },
      'checks',
      'reference-unknown',
      { kind: 'check', ids: ['NOPE'] },
    ],
    [
      'of a scope that does not exist',
      { scopeId: 999_999 },
      'scope',
      'reference-unknown',
      { kind: 'scope', ids: [999_999] },
    ],
    [
      'in a zone that does not exist',
      { timezone: 'Mars/Olympus' },
      'timezone',
      'time-zone-unknown',
      { timezone: 'Mars/Olympus' },
    ],
  ])('%s', async (_, values, field, code, params = {}) => {
    const problems = await problemsOf(schedule(w.ctx, w.ana, w.input({ services: [service], ...values })));
    expect(problems).toEqual([{ field, code, params: expect.objectContaining(params) }]);
  });

  test('with a text that no rule looked at and that cannot be stored', async () => {
    const asked = inTransactionOnce(w.ctx, w.ana, 'a key\0', async () => expect.unreachable());
    await expect(asked).rejects.toMatchObject({ kind: 'invalid', code: 'null-character' });
  });

  test('with all that is wrong at once', async () => {
    const input = w.input({ services: [999_999], name: '', externalLink: 'x', timezone: 'x', ...w.soon(hours(1), -1) });
    const fields = (await problemsOf(schedule(w.ctx, w.ana, input))).map(({ field }) => field);
    expect(fields.sort()).toEqual(['external_link', 'name', 'scheduled_end_date', 'services', 'timezone']);
  });
});

describe('a name', () => {
  test('that is there already, whatever its case, is refused once more and taken in another scope', async () => {
    await expect(w.service('API')).rejects.toMatchObject({
      kind: 'conflict',
      problems: [{ field: 'name', code: 'service-name-taken', params: { name: 'API' } }],
    });
    const scope = await addScope(w.ctx, w.lull, { name: 'EU' });
    await expect(addScope(w.ctx, w.lull, { name: 'eu' })).rejects.toMatchObject({ kind: 'conflict' });
    await addService(w.ctx, w.lull, { name: 'api', scopeId: scope.id });
  });

  test.each(['100%', 'api_v2', 'C:\\', "Robert'); drop table services;--", '😀'])('may be %s', async (name) => {
    const made = await w.service(name);
    expect(made.name).toBe(name);
    await expect(w.service(name)).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('is not taken for one that only looks like it', async () => {
    await w.service('web1');
    await w.service('web_');
    await w.service('web%');
  });

  test.each(['', '   ', 'x'.repeat(201), 'a\0'])('may not be %j', async (name) => {
    await expect(w.service(name)).rejects.toMatchObject({ kind: 'invalid', problems: [{ field: 'name' }] });
  });
});

describe('what does not fit the status is refused with the status', () => {
  const open = () => schedule(w.ctx, w.ana, w.input({ services: [service] }));

  test('ending what has not begun', async () => {
    const { id } = await open();
    await expect(finish(w.ctx, w.ana, id, 'succeed')).rejects.toMatchObject({
      code: 'wrong-status',
      params: { id, status: 'scheduled', action: 'finish' },
    });
  });

  test('starting and ending what somebody else started and ended', async () => {
    const { id } = await open();
    await start(w.ctx, w.ana, id);
    await expect(start(w.ctx, w.ana, id)).rejects.toMatchObject({
      code: 'wrong-status',
      params: { id, status: 'in-progress', action: 'start' },
    });
    await finish(w.ctx, w.ana, id, 'succeed');
    await expect(finish(w.ctx, w.ana, id, 'succeed')).rejects.toMatchObject({
      code: 'wrong-status',
      params: { id, status: 'succeed', action: 'finish' },
    });
  });

  test('anything on what is over', async () => {
    const { id } = await open();
    await cancel(w.ctx, w.ana, id, undefined);
    for (const act of [
      () => start(w.ctx, w.ana, id),
      () => finish(w.ctx, w.ana, id, 'succeed'),
      () => extend(w.ctx, w.ana, id, 30),
      () => cancel(w.ctx, w.ana, id, undefined),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'wrong-status', params: { status: 'canceled' } });
    }
  });

  test('starting what is past', async () => {
    const { id, scheduledEnd } = await open();
    const now = w.clock.now();
    w.clock.moveTo(scheduledEnd);
    await expect(start(w.ctx, w.ana, id)).rejects.toMatchObject({ code: 'window-over' });
    w.clock.moveTo(now);
  });

  test.each([0, -5, 1.5, Number.NaN, 132_481, Number.MAX_SAFE_INTEGER])('extending by %d minutes', async (minutes) => {
    const { id } = await open();
    const [problem] = await problemsOf(extend(w.ctx, w.ana, id, minutes));
    expect(problem).toEqual({ field: 'minutes', code: 'extension-invalid', params: { minutes, max: 132_480 } });
  });

  test('extending beyond what any work takes', async () => {
    const { id } = await open();
    const [problem] = await problemsOf(extend(w.ctx, w.ana, id, 132_480));
    expect(problem).toMatchObject({ code: 'extension-too-long', params: { length: 132_600, max: 132_480 } });
  });
});

test.each([
  ['', 'comment-empty'],
  ['x'.repeat(10_001), 'text-too-long'],
  ['a\0', 'null-character'],
])('a comment may not be empty, endless or unstorable (%#)', async (text, code) => {
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service] }));
  const [problem] = await problemsOf(comment(w.ctx, w.ana, id, { text, internal: false }));
  expect(problem).toMatchObject({ field: 'comment', code });
  await expect(cancel(w.ctx, w.ana, id, text || 'x\0')).rejects.toMatchObject({ problems: [{ field: 'reason' }] });
});

test('a check of an unknown provider, or one that is there already, is refused', async () => {
  const input = { name: 'c', services: [service], provider: 'builtin', externalId: 'E1', enabled: true, tags: [] };
  await addCheck(w.ctx, w.lull, input);
  await expect(addCheck(w.ctx, w.lull, input)).rejects.toMatchObject({
    kind: 'conflict',
    problems: [{ field: 'external_id' }],
  });
  const [problem] = await problemsOf(addCheck(w.ctx, w.lull, { ...input, provider: 'nagios' }));
  expect(problem).toEqual({
    field: 'provider',
    code: 'provider-unknown',
    params: { provider: 'nagios', known: ['builtin'] },
  });
});

describe('a subscription', () => {
  const subscribed = () => w.ctx.database.subscription.findMany({ select: { channel: true, audience: true } });

  test('that is made again changes its audience and nothing else', async () => {
    await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'internal' });
    await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'internal' });
    await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'public' });
    expect(await subscribed()).toEqual([{ channel: 'C1', audience: 'public' }]);
    const events = await w.ctx.database.auditEvent.findMany({
      where: { type: 'channel.subscribed' },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ before }) => before)).toEqual([null, { audience: 'internal' }]);
  });

  test('to two things, to nothing that exists, or of no channel is refused', async () => {
    const audience = 'internal';
    for (const [input, field] of [
      [{ channel: 'C2', audience, scopeId: 1, serviceId: service }, 'scope'],
      [{ channel: 'C2', audience, scopeId: 999_999 }, 'scope'],
      [{ channel: 'C2', audience, serviceId: 999_999 }, 'service'],
      [{ channel: '<!channel>', audience }, 'channel'],
    ] as const) {
      await expect(subscribe(w.ctx, w.ana, input)).rejects.toMatchObject({ problems: [{ field }] });
    }
  });
});
