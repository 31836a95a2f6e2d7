import { describe, expect, test } from 'vitest';
import type { Check } from '../../../../src/checks/providers/nodeping/kind.ts';
import { findBulkFilters } from '../../../../src/checks/providers/nodeping/kind.ts';

/** So many checks of a type, labeled `<type> 0`, `<type> 1` and so on. */
const checks = (type: string, count: number): [string, Check][] =>
  Array.from({ length: count }, (_, index) => [
    `${type}-${index}`,
    { type, label: `${type} ${index}`, enable: 'active' },
  ]);
const ids = (all: readonly [string, Check][]) => all.map(([id]) => id);
const calls = (all: readonly [string, Check][], wanted: readonly [string, Check][]) =>
  findBulkFilters(new Map(all), new Set(ids(wanted)));

describe('a bulk call', () => {
  test('is made for ten checks, and not for nine', () => {
    const other = checks('PING', 1);
    const [ten, nine] = [checks('HTTP', 10), checks('HTTP', 9)];
    expect(calls([...ten, ...other], ten)).toEqual([{ by: 'type', value: 'HTTP' }]);
    expect(calls([...nine, ...other], nine)).toEqual([]);
    expect(calls(ten, ten)).toEqual([{ by: 'all' }]);
    expect(calls(nine, nine)).toEqual([]);
  });

  test('is made for each value that ten wanted checks share and no other check has', () => {
    const [http, dns, ping] = [checks('HTTP', 10), checks('DNS', 9), checks('PING', 1)];
    const filters = calls([...http, ...dns, ...ping], [...http, ...dns]);
    expect(filters).toEqual([{ by: 'type', value: 'HTTP' }]);
    const [secure] = checks('HTTPADV', 1);
    if (secure === undefined) return expect.unreachable();
    // "HTTP" is a part of its type, and it is not wanted.
    expect(calls([...http, secure], http)).toEqual([]);
  });
});
