import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findOverlaps, intersect, type Occupation } from '../../../src/maintenance/rules/times.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22) + minute * 60_000);
const window = (id: number, from: number, to: number, values: Partial<Occupation> = {}): Occupation => ({
  id,
  start: at(from),
  end: at(to),
  services: [],
  checks: [],
  ...values,
});

describe('a window overlaps with another', () => {
  const mine = window(1, 60, 120, { services: [1], checks: ['a'] });

  test.each([
    ['when both take place at some time on one service', window(2, 90, 150, { services: [1, 2] }), true],
    ['or on one check', window(2, 90, 150, { checks: ['a'] }), true],
    ['when it lies within', window(2, 70, 80, { services: [1] }), true],
    ['not when one begins as the other ends', window(2, 120, 150, { services: [1] }), false],
    ['not when they share time alone', window(2, 90, 150, { services: [2], checks: ['b'] }), false],
    ['not when they share a service at different times', window(2, 200, 260, { services: [1] }), false],
    ['not with itself', window(1, 60, 120, { services: [1] }), false],
  ])('%s', (_, other, overlap) => {
    expect(findOverlaps(mine, [other])).toEqual(overlap ? [other] : []);
  });

  test('if and only if the other does with it', () => {
    const some = (id: number) =>
      fc
        .record({ from: fc.nat(20), length: fc.integer({ min: 1, max: 10 }), services: fc.array(fc.nat(3)) })
        .map(({ from, length, services }) => window(id, from, from + length, { services }));
    fc.assert(
      fc.property(some(1), some(2), (one, other) => {
        expect(findOverlaps(one, [other]).length).toBe(findOverlaps(other, [one]).length);
      }),
    );
  });
});

test('two windows intersect exactly when some minute lies in both', () => {
  const interval = fc.record({ from: fc.nat(20), length: fc.integer({ min: 1, max: 10 }) });
  fc.assert(
    fc.property(interval, interval, (a, b) => {
      const minutes = Array.from({ length: 40 }, (_, minute) => minute);
      const common = minutes.some(
        (minute) => minute >= a.from && minute < a.from + a.length && minute >= b.from && minute < b.from + b.length,
      );
      expect(intersect(window(1, a.from, a.from + a.length), window(2, b.from, b.from + b.length))).toBe(common);
    }),
  );
});
