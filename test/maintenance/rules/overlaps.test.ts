import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intersect } from '../../../src/maintenance/rules/times.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22) + minute * 60_000);
const window = (from: number, to: number) => ({ start: at(from), end: at(to) });

test('two windows intersect exactly when some minute lies in both', () => {
  const interval = fc.record({ from: fc.nat(20), length: fc.integer({ min: 1, max: 10 }) });
  fc.assert(
    fc.property(interval, interval, (a, b) => {
      const minutes = Array.from({ length: 40 }, (_, minute) => minute);
      const common = minutes.some(
        (minute) => minute >= a.from && minute < a.from + a.length && minute >= b.from && minute < b.from + b.length,
      );
      expect(intersect(window(a.from, a.from + a.length), window(b.from, b.from + b.length))).toBe(common);
    }),
  );
});
