import { describe, expect, test } from 'vitest';
import type { Extent } from '../../../src/approvals/rules.ts';
import type { Actor } from '../../../src/core/permissions.ts';
import { MAX_WINDOW_MS } from '../../../src/core/time.ts';
import type { Freeze } from '../../../src/freezes/rules.ts';
import {
  assessChange,
  nextStep,
  type PreviousState,
  type ProposedChange,
} from '../../../src/maintenance/rules/change.ts';
import { currentWindow } from '../../../src/maintenance/rules/times.ts';

const at = (time: string) => new Date(`2027-03-10T${time}Z`);
const NOW = at('00:00:00');
const OPEN = { id: 1, requiresApproval: false };
const GUARDED = { id: 2, requiresApproval: true };

const operator: Actor = { accountId: 1, id: 'U0ANA', name: 'Ana', source: 'slack', role: 'operator' };
const admin: Actor = { ...operator, id: 'U0BEA', role: 'admin' };

/** Planned from 02:00 to 04:00. */
const plan = {
  status: 'scheduled',
  scheduledStart: at('02:00:00'),
  scheduledEnd: at('04:00:00'),
  startedAt: null,
  endsAt: null,
  endedAt: null,
  scopes: [OPEN],
} as const;
type Scoped = { readonly scopes: readonly { readonly id: number; readonly requiresApproval: boolean }[] };
type Before = Omit<PreviousState, 'extent' | 'scopes'> & Scoped;
type After = Omit<ProposedChange['after'], 'extent' | 'scopes'> & Scoped;
const was = (values: Partial<Before> = {}): Before => ({
  ...plan,
  id: 12,
  approval: null,
  requestedBy: [],
  approved: null,
  ...values,
});
/** Work on no service and no check, in its scopes alone. */
const extent = (state: After): Extent => ({
  scopes: state.scopes.flatMap(({ id, requiresApproval }) => (requiresApproval ? [id] : [])),
  services: [],
  checks: [],
  selector: null,
  ...currentWindow(state),
  guarded: { services: [], checks: [] },
});
/** Started at 02:00, ends at 04:00. */
const running = { status: 'in-progress', startedAt: at('02:00:00'), endsAt: at('04:00:00') } as const;
const freeze = (start: string, end: string, values: Partial<Freeze> = {}): Freeze => ({
  id: 7,
  scope: null,
  reason: 'Holidays',
  effect: 'block',
  start: at(start),
  end: at(end),
  ...values,
});

type Change = Partial<Omit<ProposedChange, 'before' | 'after'>> & {
  readonly before?: Before | null;
  readonly after?: After;
};
const assess = ({ before = null, after = plan, ...change }: Change) =>
  assessChange({
    before: before && { ...before, extent: extent(before) },
    after: { ...after, extent: extent(after) },
    approvedChecks: [],
    freezes: [],
    actor: operator,
    requesters: ['U0ANA'],
    now: NOW,
    ...change,
  });
const rules = (change: Change) => assess(change).violations.map(({ rule }) => rule);
/** The field and the code of each problem with the times. */
const problems = (change: Change) =>
  assess(change).violations.flatMap((violation) =>
    violation.rule === 'times' ? violation.problems.map(({ field, code }) => `${field} ${code}`) : [],
  );

describe('the times', () => {
  const longest = new Date(plan.scheduledStart.getTime() + MAX_WINDOW_MS);

  test('of a new maintenance may have begun five minutes ago, and not before', () => {
    expect(problems({ now: at('02:05:00') })).toEqual([]);
    expect(problems({ now: at('02:05:01') })).toEqual(['scheduled_start_date start-in-past']);
  });

  test('must end after the start', () => {
    expect(problems({ after: { ...plan, scheduledEnd: at('02:00:00.001') } })).toEqual([]);
    expect(problems({ after: { ...plan, scheduledEnd: at('02:00:00') } })).toEqual([
      'scheduled_end_date end-not-after-start',
    ]);
  });

  test('span no more than the longest window, whichever way they came to', () => {
    const long = { scheduledEnd: longest };
    const tooLong = { scheduledEnd: new Date(longest.getTime() + 1) };
    for (const before of [null, was()]) {
      expect(problems({ before, after: { ...plan, ...long } })).toEqual([]);
      expect(problems({ before, after: { ...plan, ...tooLong } })).toEqual(['scheduled_end_date window-too-long']);
    }
    const now = at('03:00:00');
    const before = was(running);
    expect(problems({ before, after: { ...plan, ...running, endsAt: longest }, now })).toEqual([]);
    expect(problems({ before, after: { ...plan, ...running, endsAt: tooLong.scheduledEnd }, now })).toEqual([
      'scheduled_end_date window-too-long',
    ]);
  });

  test('that stay as they are need not be possible anymore', () => {
    expect(problems({ before: was(), now: at('05:00:00') })).toEqual([]);
    expect(problems({ before: was(running), after: { ...plan, ...running }, now: at('05:00:00') })).toEqual([]);
  });

  test('of a start that stays are judged by the end alone, which is ahead', () => {
    const after = { ...plan, scheduledEnd: at('03:00:00') };
    expect(problems({ before: was(), after, now: at('02:59:59') })).toEqual([]);
    expect(problems({ before: was(), after, now: at('03:00:00') })).toEqual(['scheduled_end_date end-in-past']);
  });

  test('of running work keep their start', () => {
    const after = { ...plan, ...running, scheduledStart: at('02:30:00') };
    expect(problems({ before: was(running), after })).toEqual(['scheduled_start_date start-fixed']);
  });

  test('of running work that is scheduled again start later than now', () => {
    const before = was({ ...running, scheduledStart: at('01:00:00') });
    expect(problems({ before, now: at('01:59:59') })).toEqual([]);
    expect(problems({ before, now: at('02:00:00') })).toEqual(['scheduled_start_date start-in-past']);
  });

  test('of an unattended run may lie in the past', () => {
    expect(problems({ unattended: true, now: at('03:00:00') })).toEqual([]);
  });
});

describe('somebody who is limited to scopes', () => {
  const limited = { ...operator, scopes: [1] };
  test('changes what touches those alone', () => {
    expect(rules({ actor: limited })).toEqual([]);
    expect(rules({ actor: limited, after: { ...plan, scopes: [OPEN, GUARDED] } })).toContain('scopes');
    expect(rules({ actor: limited, after: { ...plan, scopes: [] } })).toEqual(['scopes']);
    expect(rules({ after: { ...plan, scopes: [] } })).toEqual([]);
  });
});

describe('an approval', () => {
  const guarded = { ...plan, scopes: [GUARDED] };

  test('is required of a new maintenance that touches a guarded scope', () => {
    expect(assess({}).approval.approval).toBeNull();
    expect(assess({ after: guarded, requesters: ['U0OWNER'] }).approval).toEqual({
      approval: 'pending',
      requestedBy: ['U0OWNER'],
      approved: null,
    });
  });

  test('is asked for again when a scheduled maintenance moves, and no longer when no scope requires it', () => {
    const before = was({ ...guarded, approval: 'approved', approved: extent(guarded) });
    const later = { ...guarded, scheduledEnd: at('05:00:00') };
    expect(assess({ before, after: later }).approval).toMatchObject({ approval: 'pending', requestedBy: ['U0ANA'] });
    expect(assess({ before }).approval.approval).toBeNull();
  });

  test('is kept by running work', () => {
    const before = was({ ...guarded, ...running, approval: 'approved', approved: extent(guarded) });
    expect(assess({ before, after: { ...guarded, ...running } }).approval.approval).toBe('approved');
  });

  test.each<[string, Partial<Before>]>([
    ['that moves to a scope that requires it', { ...running, approval: 'approved' }],
    ['that starts again', { ...guarded, status: 'succeed', approval: 'approved' }],
    ['that was canceled before anybody approved it', { ...guarded, status: 'canceled' }],
  ])('is missing for work %s', (_, before) => {
    const change = { before: was(before), corrects: true, after: { ...guarded, ...running } };
    expect(rules({ ...change, now: at('03:00:00') })).toEqual(['approval']);
  });

  test('is kept when only what scopes require changed, unless none requires it anymore', () => {
    const before = was({ approval: 'declined', requestedBy: ['U0OWNER'] });
    expect(assess({ before, after: guarded, recheck: true }).approval).toMatchObject({
      approval: 'declined',
      requestedBy: ['U0OWNER'],
    });
    expect(assess({ before, recheck: true }).approval.approval).toBeNull();
  });

  test.each(['pending', 'declined', 'approved', null] as const)('%s decides whether it starts', (approval) => {
    const after = { ...guarded, ...running };
    const starts = approval === null || approval === 'approved';
    expect(rules({ before: was({ ...guarded, approval }), after })).toEqual(starts ? [] : ['approval']);
    const lapses = starts ? undefined : 'lapse';
    const due = { ...was({ approval }), reminders: [], remindedUntil: NOW, run: null };
    expect(nextStep(due, at('02:00:00'))?.kind).toBe(lapses ?? 'start');
    expect(nextStep(due, at('04:00:00'))?.kind).toBe(lapses ?? 'miss');
  });

  test('that is missing keeps a new maintenance from starting right away', () => {
    expect(rules({ after: { ...guarded, ...running }, now: at('02:00:00') })).toEqual(['approval']);
  });

  test('does not end running work', () => {
    const due = { ...was({ ...running, approval: 'pending' }), reminders: [], remindedUntil: NOW, run: null };
    expect(nextStep(due, at('04:00:00'))?.kind).toBe('finish');
  });
});

describe('a freeze', () => {
  test('blocks a window that shares time with it, and none that touches it', () => {
    expect(rules({ freezes: [freeze('03:59:59', '05:00:00')] })).toEqual(['freeze']);
    expect(rules({ freezes: [freeze('04:00:00', '05:00:00')] })).toEqual([]);
    expect(rules({ freezes: [freeze('01:00:00', '02:00:00')] })).toEqual([]);
    expect(rules({ freezes: [freeze('01:00:00', '02:00:00.001')] })).toEqual(['freeze']);
  });

  test('of another scope does not', () => {
    const other = { scope: { id: 3, name: 'Other' } };
    expect(rules({ freezes: [freeze('03:00:00', '05:00:00', other)] })).toEqual([]);
  });

  test('that only warns is entered; one that blocks is not by an unattended run, which its series skips or moves', () => {
    const warning = freeze('03:00:00', '05:00:00', { effect: 'warn' });
    expect(assess({ freezes: [warning] })).toMatchObject({ violations: [], entered: { freezes: [warning] } });
    const blocking = freeze('03:00:00', '05:00:00');
    expect(assess({ freezes: [blocking], unattended: true })).toMatchObject({
      violations: [],
      entered: { freezes: [] },
    });
  });

  test('is overridden by an admin with a reason', () => {
    const freezes = [freeze('03:00:00', '05:00:00')];
    expect(rules({ freezes, overrideReason: 'Urgent' })).toEqual(['override-permission']);
    expect(rules({ freezes, actor: admin })).toEqual(['freeze']);
    expect(rules({ freezes, actor: admin, overrideReason: ' ' })).toEqual(['override-reason']);
    expect(assess({ freezes, actor: admin, overrideReason: ' Urgent ' })).toMatchObject({
      violations: [],
      entered: { freezes, overrideReason: 'Urgent' },
    });
  });

  test('that it was in is not judged again, unless its planned start moves or it becomes longer', () => {
    const freezes = [freeze('03:00:00', '06:00:00')];
    const shorter = new Date(plan.scheduledEnd.getTime() - 60_000);
    expect(rules({ before: was(), after: { ...plan, scheduledEnd: shorter }, freezes })).toEqual([]);
    expect(rules({ before: was(), after: { ...plan, scheduledEnd: at('05:00:00') }, freezes })).toEqual(['freeze']);
    expect(rules({ before: was(), after: { ...plan, scheduledStart: at('02:00:01') }, freezes })).toEqual(['freeze']);
  });

  test('is entered by a later end, by an early start, and by another scope', () => {
    const after = { ...plan, scheduledEnd: at('05:00:00') };
    expect(rules({ before: was(), after, freezes: [freeze('04:00:00', '06:00:00')] })).toEqual(['freeze']);
    const early = { ...plan, status: 'in-progress', startedAt: at('01:00:00'), endsAt: at('03:00:00') } as const;
    expect(rules({ before: was(), after: early, freezes: [freeze('00:00:00', '01:30:00')] })).toEqual(['freeze']);
    const scope = { scope: { id: 2, name: 'Guarded' } };
    const wider = { ...plan, scopes: [OPEN, GUARDED] };
    expect(rules({ before: was(), after: wider, freezes: [freeze('03:00:00', '05:00:00', scope)] })).toEqual([
      'freeze',
    ]);
  });

  test('of running work is judged by when it runs, not by its plan', () => {
    const early = { status: 'in-progress', startedAt: at('01:00:00'), endsAt: at('03:00:00') } as const;
    const extended = { ...plan, ...early, endsAt: at('03:30:00') };
    expect(rules({ before: was(early), after: extended, freezes: [freeze('03:30:00', '04:00:00')] })).toEqual([]);
    expect(rules({ before: was(early), after: extended, freezes: [freeze('03:00:00', '04:00:00')] })).toEqual([
      'freeze',
    ]);
  });
});
