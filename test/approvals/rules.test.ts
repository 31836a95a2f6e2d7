import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  APPROVALS,
  APPROVED_LEEWAY_MS,
  type Approvable,
  type ApprovalChange,
  type Approved,
  assessApproval,
  awaitsApproval,
  canStart,
  type Extent,
  isAnotherPerson,
  peopleBehind,
  requestersOnceApproved,
  toApproved,
} from '../../src/approvals/rules.ts';
import type { Actor } from '../../src/core/permissions.ts';
import type { Status } from '../../src/maintenance/rules/status.ts';

const [ANA, BEN, CAL] = ['U0ANA', 'U0BEN', 'U0CAL'] as const;
const person = fc.constantFrom(ANA, BEN, CAL);
const HOUR = 3_600_000;
const START = new Date('2027-03-10T02:00:00Z');
const END = new Date('2027-03-10T03:00:00Z');
const GUARDED_SCOPE = 1;
const plus = (instant: Date, milliseconds: number) => new Date(instant.getTime() + milliseconds);

/** Services 1 to 3 with a check each, `c1` to `c3`, all in the scope that requires approval; 4 is in none. */
const on = (services: readonly number[], values: Partial<Extent> = {}): Extent => {
  const guarded = services.filter((id) => id !== 4);
  return {
    scopes: guarded.length === 0 ? [] : [GUARDED_SCOPE],
    services: services.map((id) => ({ id, name: `service ${id}` })),
    checks: null,
    selector: null,
    start: START,
    end: END,
    guarded: { services: guarded, checks: guarded.map((id) => `c${id}`) },
    ...values,
  };
};
const approvedOn = (services: readonly number[], values: Partial<Extent> = {}): Approvable => ({
  approval: 'approved',
  requestedBy: [ANA],
  approved: toApproved(on(services, values)),
});
const checksOf = (approved: Approved | null) => (approved?.services ?? []).map(({ id }) => `c${id}`);

interface Asked {
  readonly before: Approvable & { readonly extent?: Extent };
  readonly from?: Status;
  readonly to?: Status;
  readonly extent: Extent;
  readonly by?: string;
  readonly rewords?: boolean;
  readonly recheck?: boolean;
}
function change({ before, from = 'scheduled', to = from, extent, by = BEN, rewords = false, recheck = false }: Asked) {
  const asked: ApprovalChange = {
    before: { ...before, status: from, extent: before.extent ?? on([1]) },
    after: { status: to, extent },
    approvedChecks: checksOf(before.approved),
    standing: null,
    requesters: [by],
    rewords,
    recheck,
  };
  return assessApproval(asked);
}

describe('a scheduled maintenance', () => {
  const before = approvedOn([1, 2]);
  test.each<[string, Partial<Asked> & Pick<Asked, 'extent'>, 'approved' | 'pending' | null]>([
    ['that stays as it is', { extent: on([1, 2]) }, 'approved'],
    ['on fewer services', { extent: on([1]) }, 'approved'],
    ['that is shorter', { extent: on([1, 2], { start: plus(START, 60_000), end: plus(END, -60_000) }) }, 'approved'],
    ['on some of the checks', { extent: on([1, 2], { checks: ['c1'] }) }, 'approved'],
    ['in no scope that requires approval', { extent: on([4]) }, null],
    ['on another service', { extent: on([1, 2, 3]) }, 'pending'],
    ['on a service elsewhere besides', { extent: on([1, 2, 4]) }, 'pending'],
    ['in another scope that requires approval', { extent: on([1, 2], { scopes: [GUARDED_SCOPE, 7] }) }, 'pending'],
    [
      'with a check of another service',
      { extent: on([1, 2], { guarded: { services: [1, 2], checks: ['c1', 'c3'] } }) },
      'pending',
    ],
    ['with a selector', { extent: on([1, 2], { selector: { text: 'tag:db', follows: true } }) }, 'pending'],
    ['that ends later', { extent: on([1, 2], { end: plus(END, 1) }) }, 'pending'],
    ['that starts earlier', { extent: on([1, 2], { start: plus(START, -1) }) }, 'pending'],
    ['as another work', { extent: on([1, 2]), rewords: true }, 'pending'],
  ])('%s', (_, asked, approval) => {
    expect(change({ before, ...asked }).approval.approval).toBe(approval);
    expect(change({ before, ...asked }).refusal).toBeUndefined();
  });

  test('that was never approved, or declined, awaits approval after any change', () => {
    for (const approval of ['pending', 'declined'] as const) {
      const unapproved = { approval, requestedBy: [ANA], approved: null };
      expect(change({ before: unapproved, extent: on([1]) }).approval).toEqual({
        approval: 'pending',
        requestedBy: [ANA, BEN],
        approved: null,
      });
    }
  });

  test('is approved only as somebody saw it who neither requested nor changed it since', () => {
    const histories = fc.array(fc.tuple(fc.constantFrom('change', 'approve'), person), { maxLength: 12 });
    fc.assert(
      fc.property(person, histories, (owner, history) => {
        let is: Approvable = { approval: 'pending', requestedBy: [owner], approved: null };
        let touched = new Set<string>([owner]);
        let minutes = 0;
        for (const [what, who] of history) {
          if (what === 'change') {
            minutes += 1;
            touched.add(who);
            is = change({ before: is, extent: on([1], { end: plus(END, minutes) }), by: who }).approval;
            expect(is.approval).toBe('pending');
          } else if (is.approval !== 'approved') {
            const may = isAnotherPerson({ ...is, owner: { id: 'token:5' } }, who);
            expect(may).toBe(!touched.has(who));
            if (!may) continue;
            is = {
              approval: 'approved',
              requestedBy: requestersOnceApproved(is),
              approved: on([1], { end: plus(END, minutes) }),
            };
            touched = new Set([owner]);
          }
        }
      }),
    );
  });
});

describe('a maintenance in progress', () => {
  const before = approvedOn([1, 2]);
  const running = { before, from: 'in-progress' } as const;
  test.each<[string, Extent]>([
    ['another service', on([1, 2, 3])],
    ['another scope', on([1, 2], { scopes: [GUARDED_SCOPE, 7] })],
    ['another check', on([1, 2], { guarded: { services: [1, 2], checks: ['c1', 'c3'] } })],
    ['what a selector chooses', on([1, 2], { selector: { text: 'tag:db', follows: true } })],
  ])('does not grow by %s', (_, extent) => {
    expect(change({ ...running, extent }).refusal).toMatchObject({ reason: 'growth' });
  });

  test('does not grow into a scope that requires approval when it needed none', () => {
    const free = { approval: null, requestedBy: [ANA], approved: null, extent: on([4]) } as const;
    const grown = change({ before: free, from: 'in-progress', extent: on([4, 1]) });
    expect(grown.refusal).toEqual({ reason: 'growth', scopes: [GUARDED_SCOPE] });
    expect(
      change({ before: free, from: 'in-progress', extent: on([4], { end: plus(END, 30 * HOUR) }) }).refusal,
    ).toBeUndefined();
  });

  test('shrinks, grows elsewhere, and is renamed without another approval', () => {
    for (const extent of [on([1]), on([1, 2, 4]), on([1, 2], { end: plus(END, -1) })]) {
      expect(change({ ...running, extent, rewords: true })).toMatchObject({ approval: { approval: 'approved' } });
    }
  });

  test('is extended by up to an hour beyond what was approved, which awaits approval, and no further', () => {
    const latest = plus(END, APPROVED_LEEWAY_MS);
    const extended = change({ ...running, extent: on([1, 2], { end: latest }) });
    expect(extended.refusal).toBeUndefined();
    expect(extended.approval).toEqual({ approval: 'pending', requestedBy: [ANA, BEN], approved: before.approved });
    const more = on([1, 2], { end: plus(latest, 1) });
    expect(change({ ...running, extent: more }).refusal).toEqual({ reason: 'end', end: END, latest });
    // One extension after another is no way around.
    expect(change({ ...running, before: extended.approval, extent: more }).refusal).toMatchObject({ reason: 'end' });
    expect(change({ ...running, before: extended.approval, extent: on([1, 2]) }).approval.approval).toBe('approved');
  });
});

describe('a start', () => {
  test.each(['pending', 'declined'] as const)('is refused while it is %s', (approval) => {
    const before = { approval, requestedBy: [ANA], approved: null };
    expect(change({ before, to: 'in-progress', extent: on([1]) }).refusal).toEqual({ reason: 'missing', approval });
  });

  test('is possible up to an hour early, and then it is approved for as long as planned', () => {
    const before = approvedOn([1]);
    const start = plus(START, -APPROVED_LEEWAY_MS);
    const end = plus(END, -APPROVED_LEEWAY_MS);
    const started = change({ before, to: 'in-progress', extent: on([1], { start, end }) });
    expect(started).toMatchObject({ approval: { approval: 'approved', approved: { start, end } } });
    const earlier = on([1], { start: plus(start, -1), end });
    expect(change({ before, to: 'in-progress', extent: earlier }).refusal).toMatchObject({
      reason: 'start',
      earliest: start,
    });
  });

  test('of something that is over, or of something new, is refused where approval is required', () => {
    for (const from of ['succeed', 'failed', 'canceled'] as const) {
      expect(change({ before: approvedOn([1]), from, to: 'in-progress', extent: on([1]) }).refusal).toBeDefined();
    }
    const fresh = {
      before: null,
      approvedChecks: [],
      standing: null,
      requesters: [ANA],
      rewords: false,
      recheck: false,
    };
    expect(assessApproval({ ...fresh, after: { status: 'in-progress', extent: on([1]) } }).refusal).toBeDefined();
    expect(assessApproval({ ...fresh, after: { status: 'scheduled', extent: on([1]) } }).approval.approval).toBe(
      'pending',
    );
  });
});

test('a run starts approved within the approval of its series, and only then', () => {
  const { start: _, end: __, ...covered } = toApproved(on([1, 2]));
  const standing = { ...covered, until: END, by: { id: CAL, name: 'Cal' } };
  const run = (extent: Extent) =>
    assessApproval({
      before: null,
      after: { status: 'scheduled', extent },
      approvedChecks: ['c1', 'c2'],
      standing,
      requesters: [ANA],
      rewords: false,
      recheck: false,
    }).approval;
  expect(run(on([1, 2]))).toMatchObject({ approval: 'approved', approved: { end: END } });
  expect(run(on([1, 2], { end: plus(END, 1) })).approval).toBe('pending');
  expect(run(on([1, 2, 3])).approval).toBe('pending');
  expect(run(on([1, 2], { scopes: [GUARDED_SCOPE, 7] })).approval).toBe('pending');
});

test('the people behind an actor are the person, and who owns or created the token', () => {
  const actor: Actor = { accountId: 1, id: ANA, name: 'Ana', source: 'slack', role: 'operator' };
  expect(peopleBehind(actor)).toEqual([ANA]);
  expect(peopleBehind({ ...actor, id: 'token:5', source: 'http', owner: BEN })).toEqual([BEN]);
  expect(peopleBehind({ ...actor, id: 'token:6', source: 'http', creator: CAL })).toEqual([CAL]);
  expect(peopleBehind({ ...actor, id: 'admin-token', source: 'http' })).toEqual([]);
});

test('what awaits a decision neither starts nor is over', () => {
  for (const approval of [null, ...APPROVALS]) {
    expect(canStart({ approval })).toBe(approval === null || approval === 'approved');
    expect(awaitsApproval({ status: 'succeed', approval })).toBe(false);
    expect(awaitsApproval({ status: 'in-progress', approval })).toBe(approval === 'pending');
  }
});
