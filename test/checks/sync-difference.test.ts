import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ListedCheck, StoredCheck } from '../../src/checks/repository.ts';
import { isInSync, syncDifference } from '../../src/checks/sync.ts';

const listed = (externalId: string, values: Partial<ListedCheck> = {}): ListedCheck => ({
  externalId,
  name: externalId,
  enabled: true,
  tags: [],
  ...values,
});
const kept = (externalId: string, values: Partial<StoredCheck> = {}): StoredCheck => ({
  id: `L${externalId}`,
  externalId,
  name: externalId,
  tags: [],
  ...values,
});

test('added, removed and changed checks are distinguished', () => {
  const difference = syncDifference(
    [kept('same', { tags: ['b', 'a'] }), kept('gone'), kept('renamed'), kept('tagged')],
    [
      listed('same', { tags: ['a', 'b'] }),
      listed('renamed', { name: 'Renamed' }),
      listed('tagged', { tags: ['db'] }),
      listed('new'),
    ],
  );
  expect(difference.added.map(({ externalId }) => externalId)).toEqual(['new']);
  expect(difference.removed.map(({ id }) => id)).toEqual(['Lgone']);
  expect(difference.changed.map(({ before, after }) => [before.id, after.name, after.tags])).toEqual([
    ['Lrenamed', 'Renamed', []],
    ['Ltagged', 'tagged', ['db']],
  ]);
});

test('names and tags are normalized, and one id is one check', () => {
  const { added } = syncDifference(
    [],
    [
      listed('a', { name: ' \0 \ud800x ', tags: ['db', ' db ', '', 'a'] }),
      listed('a', { name: 'again' }),
      listed('b', { name: '  ' }),
      listed('c', { name: 'x'.repeat(1000) }),
    ],
  );
  expect(added).toEqual([
    listed('a', { name: '\ufffdx', tags: ['a', 'db'] }),
    listed('b', { name: 'b' }),
    listed('c', { name: 'x'.repeat(200) }),
  ]);
});

test('nothing differs after a difference was applied', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const tags = fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 });
  const there = fc.array(fc.record({ externalId: id, name: fc.string({ maxLength: 4 }), enabled: fc.boolean(), tags }));
  const here: fc.Arbitrary<StoredCheck[]> = fc.uniqueArray(
    fc.record({ id: fc.uuid(), externalId: id, name: fc.string({ maxLength: 4 }), tags }),
    {
      selector: ({ externalId }) => externalId,
    },
  );
  fc.assert(
    fc.property(here, there, (before, now) => {
      const { added, removed, changed } = syncDifference(before, now);
      const after = before
        .filter((each) => !removed.includes(each))
        .map((each) => {
          const change = changed.find((one) => one.before === each)?.after;
          return change === undefined ? each : { ...each, name: change.name, tags: change.tags };
        })
        .concat(added.map((each) => kept(each.externalId, { name: each.name, tags: each.tags })));
      expect(isInSync(syncDifference(after, now))).toBe(true);
      expect(new Set(after.map(({ externalId }) => externalId))).toEqual(
        new Set(now.map(({ externalId }) => externalId)),
      );
    }),
  );
});
