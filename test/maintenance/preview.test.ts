import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { preview, type ScheduleInput, schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { hours, type World, world } from '../world.ts';

let w: World;
let api: Awaited<ReturnType<World['service']>>;
let web: Awaited<ReturnType<World['service']>>;

beforeAll(async () => {
  w = await world();
  api = await w.service('api', ['api-health', 'api-latency']);
  web = await w.service('web', ['web-health']);
});
afterAll(() => w.close());
afterEach(() => void vi.restoreAllMocks());

const checkOf = (service: typeof api) => service.checks[0]?.id ?? '';

type Values = Partial<ScheduleInput> & Pick<ScheduleInput, 'services'>;
const at = (days: number, values: Values) => w.input({ ...w.soon(hours(days * 24), hours(2)), ...values });
/** No two tests use the same. */
let day = 10;
const overlapsOf = async (input: ReturnType<typeof at>) =>
  (await preview(w.ctx, w.ana, input)).overlaps.map(({ id }) => id);

describe('the overlaps of a preview', () => {
  test.each<[string, boolean, () => Values, () => Values]>([
    ['the same service', true, () => ({ services: [api.id] }), () => ({ services: [api.id] })],
    ['another service', false, () => ({ services: [web.id] }), () => ({ services: [api.id] })],
    ['a check of the service', true, () => ({ services: [], checks: [checkOf(api)] }), () => ({ services: [api.id] })],
    ['the service of a check', true, () => ({ services: [api.id] }), () => ({ services: [], checks: [checkOf(api)] })],
    [
      'a check of another service',
      false,
      () => ({ services: [], checks: [checkOf(web)] }),
      () => ({ services: [api.id] }),
    ],
    [
      'a selector that chooses a check of the service',
      true,
      () => ({ services: [], selector: { text: 'name:api-*', follows: true } }),
      () => ({ services: [api.id] }),
    ],
    [
      'a selector that chooses none of its checks',
      false,
      () => ({ services: [], selector: { text: 'name:web-*', follows: true } }),
      () => ({ services: [api.id] }),
    ],
  ])('with a window on %s: %s', async (_, overlaps, other, wanted) => {
    day += 1;
    const { id } = await schedule(w.ctx, w.ana, at(day, other()));
    expect(await overlapsOf(at(day, wanted()))).toEqual(overlaps ? [id] : []);
  });

  test.each([
    ['ends as it starts', -2, 2, false],
    ['starts as it ends', 2, 2, false],
    ['lies within', 0.5, 1, true],
    ['begins before and ends after it', -1, 5, true],
  ])('with a window that %s', async (_, from, length, overlaps) => {
    day += 1;
    const input = at(day, { services: [api.id] });
    const start = new Date(input.start.getTime() + hours(from));
    const times = { start, end: new Date(start.getTime() + hours(length)) };
    const { id } = await schedule(w.ctx, w.ana, { ...input, ...times });
    expect(await overlapsOf(input)).toEqual(overlaps ? [id] : []);
    expect((await preview(w.ctx, w.ana, { ...input, ...times }, id)).overlaps).toEqual([]);
  });

  test('with a window in progress are those of its actual times, and of the checks that its selector chose', async () => {
    const selector = { text: 'name:api-*', follows: false };
    const { id } = await schedule(w.ctx, w.ana, at(200, { services: [], selector }));
    await start(w.ctx, w.ana, id);
    const now = w.input({ ...w.soon(hours(1), hours(1)), services: [api.id] });
    expect(await overlapsOf(now)).toEqual([id]);
    expect(await overlapsOf({ ...now, services: [web.id] })).toEqual([]);
    expect(await overlapsOf(at(200, { services: [api.id] }))).toEqual([]);
  });

  test('are counted, and the first of them are named', async () => {
    day += 1;
    const ids: number[] = [];
    for (let index = 0; index < 8; index++)
      ids.push((await schedule(w.ctx, w.ana, at(day, { services: [api.id] }))).id);
    const { overlaps, overlapCount } = await preview(w.ctx, w.ana, at(day, { services: [api.id] }));
    expect(overlaps.map((each) => each.id)).toEqual(ids.slice(0, 5));
    expect(overlapCount).toBe(8);
  });

  test('are found with as many statements for many windows as for few', async () => {
    const count = async (windows: number) => {
      day += 1;
      for (let index = 0; index < windows; index++) await schedule(w.ctx, w.ana, at(day, { services: [api.id] }));
      const query = vi.spyOn(pg.Client.prototype, 'query');
      expect((await preview(w.ctx, w.ana, at(day, { services: [api.id] }))).overlapCount).toBe(windows);
      const statements = query.mock.calls.length;
      query.mockRestore();
      return statements;
    };
    const forFew = await count(5);
    expect(await count(12)).toBe(forFew);
  });
});
