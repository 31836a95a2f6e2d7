import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ROLES, resolveRole } from '../../src/access/rules.ts';
import { ROLES } from '../../src/core/permissions.ts';

const role = fc.constantFrom(...ROLES);
const granted = fc.record({
  defaultRole: fc.constantFrom(...DEFAULT_ROLES),
  own: fc.option(role, { nil: undefined }),
  groups: fc.array(role, { maxLength: 4 }),
});

describe('whatever is granted', () => {
  test('guests and people of other workspaces have no role, and the admins of the workspace are admins', () => {
    fc.assert(
      fc.property(granted, (any) => {
        expect(resolveRole('outside', any)).toBe('none');
        expect(resolveRole('workspace-admin', any)).toBe('admin');
      }),
    );
  });

  test('a member has what was granted to them, and without that the most of the default and of their groups', () => {
    fc.assert(
      fc.property(granted, (any) => {
        const rank = (each: (typeof ROLES)[number]) => ROLES.indexOf(each);
        const is = resolveRole('member', any);
        if (any.own !== undefined) expect(is).toBe(any.own);
        else {
          for (const each of [any.defaultRole, ...any.groups]) expect(rank(is)).toBeGreaterThanOrEqual(rank(each));
          expect([any.defaultRole, ...any.groups]).toContain(is);
        }
      }),
    );
  });
});
