import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedFields, type Fingerprints, merge } from '../../src/core/merge.ts';

describe('of what two made of the same', () => {
  const seen = { name: 'a', zone: 'b', role: 'c' };

  test.each([
    ['what neither changed is nobody’s', seen, seen, { theirs: [], mine: [], disputed: [] }],
    ['what I alone changed is mine', { ...seen, name: 'x' }, seen, { theirs: [], mine: ['name'], disputed: [] }],
    ['what they alone changed is theirs', seen, { ...seen, zone: 'y' }, { theirs: ['zone'], mine: [], disputed: [] }],
    [
      'what both changed is disputed',
      { ...seen, name: 'x', role: 'z' },
      { ...seen, name: 'y' },
      { theirs: ['name'], mine: ['role'], disputed: ['name'] },
    ],
    [
      'what both changed to the same is not',
      { ...seen, name: 'x' },
      { ...seen, name: 'x' },
      { theirs: ['name'], mine: [], disputed: [] },
    ],
    [
      'a field that went is theirs, and disputed where I changed it',
      { ...seen, role: 'z' },
      { name: 'a', zone: 'b' },
      { theirs: ['role'], mine: [], disputed: ['role'] },
    ],
    [
      'a field that came is theirs; what I was not shown I did not change',
      { name: 'a', zone: 'b' },
      { ...seen, more: 'd' },
      { theirs: ['more'], mine: [], disputed: [] },
    ],
  ])('%s', (_, wanted: Fingerprints, is: Fingerprints, expected) => {
    expect(merge(seen, wanted, is)).toEqual(expected);
  });

  test('each of my changes is kept or disputed, or is what there is already', () => {
    const fields = ['a', 'b', 'c', 'd'];
    const values = fc.record(Object.fromEntries(fields.map((field) => [field, fc.constantFrom('1', '2', '3')])));
    fc.assert(
      fc.property(values, values, values, (was: Fingerprints, wanted: Fingerprints, is: Fingerprints) => {
        const { theirs, mine, disputed } = merge(was, wanted, is);
        for (const field of changedFields(was, wanted)) {
          expect([mine.includes(field), disputed.includes(field), wanted[field] === is[field]]).toContain(true);
        }
        expect(mine.some((field) => theirs.includes(field))).toBe(false);
        expect(disputed.every((field) => theirs.includes(field))).toBe(true);
      }),
    );
  });
});
