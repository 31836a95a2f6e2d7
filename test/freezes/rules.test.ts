import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RequestedTimes, validateTimes } from '../../src/freezes/rules/times.ts';
import {
  type Freeze,
  findFreezes,
  findNewFreezes,
  type PlacedWindow,
  validateReason,
} from '../../src/freezes/rules.ts';

const HOUR = 3_600_000;
const at = (hour: number) => new Date(Date.UTC(2026, 11, 24) + hour * HOUR);
const between = (from: number, to: number) => ({ start: at(from), end: at(to) });
const freeze = (from: number, to: number, scope: number | null = null): Freeze => ({
  id: 1,
  ...between(from, to),
  scope: scope === null ? null : { id: scope, name: 'prod' },
  reason: 'Holidays',
  effect: 'block',
});

const spans = fc
  .tuple(fc.nat(200), fc.integer({ min: 1, max: 50 }))
  .map(([from, length]) => between(from, from + length));
const scopes = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });
const windows: fc.Arbitrary<PlacedWindow> = fc
  .tuple(spans, scopes)
  .map(([span, touched]) => ({ ...span, scopes: touched }));
const freezes = fc.array(
  fc.tuple(spans, fc.option(fc.integer({ min: 1, max: 4 })), fc.nat()).map(
    ([span, scope, id]): Freeze => ({
      ...freeze(0, 1, scope),
      ...span,
      id,
    }),
  ),
  { maxLength: 8 },
);

describe('a window is in a freeze', () => {
  test('when they share an instant, and not when one ends as the other begins', () => {
    const whole = freeze(10, 20);
    expect(findFreezes({ ...between(19, 21), scopes: [] }, [whole])).toEqual([whole]);
    expect(findFreezes({ ...between(20, 21), scopes: [] }, [whole])).toEqual([]);
    expect(findFreezes({ ...between(9, 10), scopes: [] }, [whole])).toEqual([]);
  });

  test('of a scope when it touches that scope, whatever else it touches', () => {
    const ofOne = freeze(10, 20, 1);
    expect(findFreezes({ ...between(12, 13), scopes: [2, 1] }, [ofOne])).toEqual([ofOne]);
    expect(findFreezes({ ...between(12, 13), scopes: [2] }, [ofOne])).toEqual([]);
    expect(findFreezes({ ...between(12, 13), scopes: [] }, [ofOne])).toEqual([]);
  });

  test('if and only if some instant of it is frozen for what it touches', () => {
    fc.assert(
      fc.property(windows, freezes, (window, all) => {
        const hit = new Set(findFreezes(window, all));
        for (const each of all) {
          let shared = false;
          for (let t = window.start.getTime(); t < window.end.getTime(); t += HOUR) {
            if (t >= each.start.getTime() && t < each.end.getTime()) shared = true;
          }
          const concerns = each.scope === null || window.scopes.includes(each.scope.id);
          expect(hit.has(each)).toBe(shared && concerns);
        }
      }),
    );
  });
});

describe('a change', () => {
  test('brings a window into the freezes it is in afterwards and was not in before', () => {
    fc.assert(
      fc.property(windows, windows, freezes, (before, after, all) => {
        const entered = findNewFreezes(before, after, all);
        const was = findFreezes(before, all);
        expect(entered).toEqual(findFreezes(after, all).filter((each) => !was.includes(each)));
      }),
    );
  });

  test('that makes a window shorter brings it into none', () => {
    fc.assert(
      fc.property(windows, freezes, (window, all) => {
        const shorter = { ...window, end: new Date(window.end.getTime() - HOUR / 2) };
        expect(findNewFreezes(window, shorter, all)).toEqual([]);
      }),
    );
  });
});

describe('a freeze', () => {
  test('needs a reason, and an end that is to come and after its start', () => {
    const fields = ({ reason, ...times }: RequestedTimes & { readonly reason: string }) => {
      const validated = validateTimes(times, at(0));
      return [...validateReason('reason', reason), ...('kind' in validated ? [] : validated)].map(({ field }) => field);
    };
    expect(fields({ ...between(1, 2), reason: 'Holidays' })).toEqual([]);
    expect(fields({ ...between(-5, 2), reason: 'Holidays' })).toEqual([]);
    expect(fields({ ...between(2, 2), reason: ' ' })).toEqual(['reason', 'end']);
    expect(fields({ ...between(-2, 0), reason: 'Holidays' })).toEqual(['end']);
    expect(fields({ ...between(-2, -1), reason: 'x'.repeat(1001) })).toEqual(['reason', 'end']);
  });
});
