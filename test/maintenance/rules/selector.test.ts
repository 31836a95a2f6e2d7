import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSelector, type Selectable } from '../../../src/maintenance/rules/selector.ts';
import { httpProblemText } from '../../../src/texts/http-errors.ts';

const checks: Selectable[] = [
  { name: 'db-1 disk', tags: ['db', 'disk'], provider: 'icinga', services: ['postgres'], scopes: ['Production'] },
  {
    name: 'db-2 disk',
    tags: ['db', 'canary'],
    provider: 'icinga',
    services: ['postgres', 'api'],
    scopes: ['Production'],
  },
  { name: 'api health', tags: ['http'], provider: 'nodeping', services: ['api'], scopes: ['Production', 'Staging'] },
  { name: 'loner', tags: [], provider: 'builtin', services: [], scopes: [] },
];
const names = (selector: string) => {
  const reading = readSelector(selector);
  return reading.ok ? checks.filter(reading.matches).map(({ name }) => name) : httpProblemText(reading.problem);
};

describe('a selector', () => {
  test.each([
    ['tag:db', ['db-1 disk', 'db-2 disk']],
    ['tag:db -tag:canary', ['db-1 disk']],
    ['  TAG:DB   -tag:Canary ', ['db-1 disk']],
    ['service:api', ['db-2 disk', 'api health']],
    ['service:api -provider:nodeping', ['db-2 disk']],
    ['scope:production', ['db-1 disk', 'db-2 disk', 'api health']],
    ['tag:http,canary', ['db-2 disk', 'api health']],
    ['name:db-?*disk', ['db-1 disk', 'db-2 disk']],
    ['db-*', ['db-1 disk', 'db-2 disk']],
    ['"api health"', ['api health']],
    ['name:"api health",loner', ['api health', 'loner']],
    ['loner', ['loner']],
    ['db', []],
    ['* -service:*', ['loner']],
    ['tag:.*', []],
  ])('%j means %j', (selector, meant) => {
    expect(names(selector)).toEqual(meant);
  });

  test.each([
    ['', 'The selector is empty.'],
    ['   ', 'The selector is empty.'],
    ['-tag:canary', 'only says which checks are not meant'],
    ['label:db', 'The selector has "label:".'],
    ['tag:', 'cannot be read from "tag:" on'],
    ['tag:db,', 'cannot be read from "tag:db," on'],
    ['tag:"', 'cannot be read from "tag:\\"" on'],
    ['tag:db -', 'cannot be read from "-" on'],
    ['tag:" "', 'The selector has nothing in "tag:\\" \\"".'],
    ['x'.repeat(501), 'has 501 characters'],
  ])('%j is refused with what is wrong and an example', (selector, why) => {
    expect(names(selector)).toContain(why);
    if (selector.length < 500) expect(names(selector)).toContain('tag:db -tag:canary');
  });

  test('is the same rule however it is put together: "and" narrows, "or" widens, "not" is the rest', () => {
    const term = fc.constantFrom('tag:db', 'tag:canary', 'service:api', 'scope:staging', 'provider:icinga', 'db-*');
    const said = (selector: string) => {
      const all = names(selector);
      return Array.isArray(all) ? all : expect.unreachable(all);
    };
    fc.assert(
      fc.property(term, term, (a, b) => {
        expect(said(`${a} ${b}`)).toEqual(said(a).filter((name) => said(b).includes(name)));
        expect(said(`* -${a}`)).toEqual(said('*').filter((name) => !said(a).includes(name)));
      }),
    );
  });

  test('with many stars is as quick as with one', () => {
    const long = { name: 'a'.repeat(200), tags: [], provider: 'x', services: [], scopes: [] };
    const reading = readSelector(`${'*a'.repeat(200)}*b`);
    expect(reading.ok && reading.matches(long)).toBe(false);
    const other = readSelector(`${'*a'.repeat(200)}*`);
    expect(other.ok && other.matches(long)).toBe(true);
  });

  test('whatever is typed is read or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'tag:-,"* ?db\n') })),
        (text) => {
          const reading = readSelector(text);
          if (reading.ok) for (const check of checks) expect(typeof reading.matches(check)).toBe('boolean');
          else expect(reading.problem.field).toBe('selector');
        },
      ),
    );
  });
});
