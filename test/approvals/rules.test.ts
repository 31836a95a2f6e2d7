import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  APPROVALS,
  type Approvable,
  approvalAfterChange,
  canStart,
  initialApproval,
  isAnotherPerson,
} from '../../src/approvals/rules.ts';
import type { Status } from '../../src/maintenance/rules/status.ts';

const people = ['U0ANA', 'U0BEN', 'U0CAL'] as const;
const person = fc.constantFrom(...people);
/** A change by somebody, or an approval by somebody who tries. */
const doings = fc.array(fc.tuple(fc.constantFrom('change', 'approve'), person), { maxLength: 12 });

describe('what is approved', () => {
  test('was looked at, as it is, by somebody other than those who made it so since the last approval', () => {
    fc.assert(
      fc.property(person, doings, (owner, history) => {
        let is: Approvable = initialApproval(true, owner);
        // The oracle: who touched it since somebody else approved it.
        let touched = new Set<string>([owner]);
        for (const [what, who] of history) {
          if (what === 'change') {
            if (is.approval === 'approved') touched = new Set();
            touched.add(who);
            is = approvalAfterChange({ ...is, status: 'scheduled', owner: { id: owner } }, true, who);
            expect(is.approval).toBe('pending');
          } else if (is.approval !== 'approved' && isAnotherPerson(is, who)) {
            expect(touched.has(who)).toBe(false);
            is = { approval: 'approved', requestedBy: [] };
          } else if (is.approval !== 'approved') {
            expect(touched.has(who)).toBe(true);
          }
        }
      }),
    );
  });

  test('is asked again after any change while it is scheduled, and never once it runs', () => {
    const approved: Approvable = { approval: 'approved', requestedBy: [] };
    const change = (status: Status) =>
      approvalAfterChange({ ...approved, status, owner: { id: 'U0ANA' } }, true, 'U0BEN');
    expect(change('scheduled')).toEqual({ approval: 'pending', requestedBy: ['U0BEN'] });
    expect(change('in-progress')).toEqual(approved);
  });

  test('is for two people where a change brings it into a scope that wants approval: owner and editor asked', () => {
    const free = initialApproval(false, 'U0ANA');
    const asked = approvalAfterChange({ ...free, status: 'scheduled', owner: { id: 'U0ANA' } }, true, 'U0BEN');
    expect(asked).toEqual({ approval: 'pending', requestedBy: ['U0ANA', 'U0BEN'] });
  });

  test('needs no approval where no scope wants it', () => {
    fc.assert(
      fc.property(fc.constantFrom(null, ...APPROVALS), person, (approval, who) => {
        const was = { approval, requestedBy: [who], status: 'scheduled', owner: { id: who } } as const;
        expect(approvalAfterChange(was, false, who)).toEqual({ approval: null, requestedBy: [] });
      }),
    );
  });
});

describe('what is not approved', () => {
  test('may not start', () => {
    for (const approval of [null, ...APPROVALS]) {
      const lapses = approval === 'pending' || approval === 'declined';
      expect(canStart({ approval })).toBe(!lapses);
    }
  });
});
