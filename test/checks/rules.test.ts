import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckState, Decision, Form, MuteState, ObservedState } from '../../src/checks/rules.ts';
import { decide, isUpToDate } from '../../src/checks/rules.ts';
import { cases } from '../draws.ts';
import { type Deed, History } from './check-history.ts';

/** Histories of each kind. */
const CASES = cases(3_000);

const at = new Date('2026-11-22T02:00:00Z');
const mute = (maintenanceId: number, values: Partial<MuteState> = {}): MuteState => ({
  maintenanceId,
  outcome: 'pending',
  intendedAt: null,
  endedAt: null,
  until: at,
  ...values,
});
const disabled = (id: number, values: Partial<MuteState> = {}) =>
  mute(id, { outcome: 'muted', intendedAt: at, ...values });
const skipped = (id: number, values: Partial<MuteState> = {}) => mute(id, { outcome: 'already_muted', ...values });

describe('the decision on a check', () => {
  test.each<[string, MuteState[], CheckState | undefined, ReturnType<typeof decide>]>([
    ['without holds asks for nothing', [], undefined, { do: 'nothing' }],
    ['with a new mute asks for its state first', [mute(1)], undefined, { do: 'read' }],
    ['that is on switches it off', [mute(1)], 'on', { do: 'off', mutes: [1] }],
    ['that is off already leaves it', [mute(1)], 'off', { do: 'skip', mutes: [1] }],
    [
      'that is off for one window shares that with the next',
      [disabled(1), mute(2)],
      undefined,
      { do: 'share', mutes: [2] },
    ],
    [
      'after a crash behind the intention switches it off without asking: its state may be our own doing',
      [mute(1, { intendedAt: at })],
      'off',
      { do: 'off', mutes: [1] },
    ],
    ['that was refused is tried again', [mute(1, { outcome: 'failed' })], 'on', { do: 'off', mutes: [1] }],
    ['at rest asks for nothing', [disabled(1), disabled(2)], undefined, { do: 'nothing' }],
    [
      'of which one window ends while another goes on leaves it off',
      [disabled(1, { endedAt: at }), disabled(2)],
      undefined,
      { do: 'release', mutes: [1] },
    ],
    ['whose last window ended switches it on', [disabled(1, { endedAt: at })], undefined, { do: 'on', mutes: [1] }],
    ['that was off before is left off', [skipped(1, { endedAt: at })], undefined, { do: 'release', mutes: [1] }],
    [
      'whose window ended before anything was tried is not touched',
      [mute(1, { endedAt: at })],
      undefined,
      { do: 'release', mutes: [1] },
    ],
    [
      'whose window ended behind the intention is switched on, for it may be off',
      [mute(1, { intendedAt: at, endedAt: at })],
      undefined,
      { do: 'on', mutes: [1] },
    ],
    [
      'that may have been switched on already when the next window begins is switched off again',
      [disabled(1, { endedAt: at }), mute(2)],
      undefined,
      { do: 'off', mutes: [2] },
    ],
    [
      'stays off, as ours, while a window goes on that found it off',
      [disabled(1, { endedAt: at }), skipped(2)],
      undefined,
      { do: 'off', mutes: [2] },
    ],
    [
      'that a person switched on is told of, once, and left on',
      [disabled(1), mute(2, { outcome: 'unmuted_by_hand', intendedAt: at })],
      'on',
      { do: 'yield', mutes: [1] },
    ],
    [
      'that a person switched on is left so',
      [mute(1, { outcome: 'unmuted_by_hand', intendedAt: at })],
      'on',
      { do: 'nothing' },
    ],
    [
      'that a person switched on is switched off for a window that begins later',
      [mute(1, { outcome: 'unmuted_by_hand', intendedAt: at }), mute(2)],
      'on',
      { do: 'off', mutes: [2] },
    ],
    [
      'that may have been unmuted when the next window begins is left on for the first',
      [disabled(1), mute(2)],
      'on',
      { do: 'yield', mutes: [1] },
    ],
    [
      'that a person switched on is not touched when its window ends',
      [mute(1, { outcome: 'unmuted_by_hand', intendedAt: at, endedAt: at })],
      undefined,
      { do: 'release', mutes: [1] },
    ],
    [
      'that a person switched on, and off again, stays off for a window that begins later',
      [mute(1, { outcome: 'unmuted_by_hand', intendedAt: at }), mute(2)],
      'off',
      { do: 'skip', mutes: [2] },
    ],
    [
      'is on again after that window, as the person wanted it during the other',
      [mute(1, { outcome: 'unmuted_by_hand', intendedAt: at }), disabled(2, { endedAt: at })],
      undefined,
      { do: 'on', mutes: [2] },
    ],
  ])('%s', (_, mutes, state, verdict) => {
    expect(decide(mutes, { by: 'switch' }, state)).toEqual(verdict);
  });

  test('leaves a check on that a person unmuted during the window', () => {
    const history = new History('on');
    history.begin(1);
    history.settle();
    history.person('on');
    history.settle();
    expect(history.check).toBe('on');
    expect(history.mutes).toMatchObject([{ outcome: 'unmuted_by_hand' }]);
  });
});

describe('a decision that is being carried out', () => {
  const off = { do: 'off', mutes: [1] } as const;
  const later = new Date('2026-11-22T04:00:00Z');
  const downtime = { by: 'downtime', endsAt: null } as const;
  test.each<[string, Decision, MuteState[], Form, boolean]>([
    ['stands while its window goes on', off, [mute(1, { intendedAt: at })], downtime, true],
    ['stands when another window begins', off, [mute(1), mute(2)], { by: 'switch' }, true],
    ['does not stand once its window ended', off, [mute(1, { endedAt: at }), mute(2)], { by: 'switch' }, false],
    ['does not stand once its window was forgotten', off, [], { by: 'switch' }, false],
    ['to switch stands when its window is extended', off, [mute(1, { until: later })], { by: 'switch' }, true],
    ['to put a downtime does not, as it would have another end', off, [mute(1, { until: later })], downtime, false],
    ['to unmute does not stand once a window wants the check', { do: 'on', mutes: [1] }, [mute(2)], downtime, false],
  ])('%s', (_, decision, now, form, stands) => {
    expect(isUpToDate(decision, [mute(1)], now, form)).toBe(stands);
  });
});

const window = fc.integer({ min: 1, max: 4 });
const deeds = (people: boolean): fc.Arbitrary<Deed> => {
  const fault = fc.constantFrom(
    'none',
    'refused',
    'applied but timed out',
    'killed before the call',
    'killed after the call',
  );
  const meanwhile = fc.option(fc.record({ window, when: fc.constantFrom('before the call', 'after the call') }), {
    nil: undefined,
    freq: 3,
  });
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('turn'), window }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('run'), faults: fc.array(fault, { maxLength: 4 }), meanwhile }),
    },
    ...(people
      ? [
          {
            weight: 1,
            arbitrary: fc.record({ do: fc.constant('person'), to: fc.constantFrom<CheckState>('on', 'off') }),
          },
        ]
      : []),
  ) as fc.Arbitrary<Deed>;
};
const state = fc.constantFrom<CheckState>('on', 'off');
const moves: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant('move' as const), window, by: fc.integer({ min: -300, max: 300 }) }),
  fc.constant({ do: 'forget' as const }),
);

describe('the decision on a check with downtimes', () => {
  const later = new Date('2026-11-22T04:00:00Z');
  test.each<[string, MuteState[], Date | null, ObservedState | undefined, ReturnType<typeof decide>]>([
    ['is off at once, whatever others put there', [mute(1)], null, undefined, { do: 'off', mutes: [1] }],
    [
      'is shared with a window that ends no later',
      [disabled(1, { until: later }), mute(2)],
      later,
      undefined,
      { do: 'share', mutes: [2] },
    ],
    [
      'is put again for a window that ends later',
      [disabled(1), mute(2, { until: later })],
      at,
      undefined,
      { do: 'off', mutes: [2] },
    ],
    [
      'is put again when its window is extended',
      [disabled(1, { until: later })],
      at,
      undefined,
      { do: 'renew', mutes: [1] },
    ],
    ['is put again when its window ends sooner', [disabled(1)], later, undefined, { do: 'renew', mutes: [1] }],
    [
      'leaves the longer of two, which ended, to the other',
      [disabled(1, { until: later, endedAt: at }), disabled(2)],
      later,
      undefined,
      { do: 'release', mutes: [1] },
    ],
    ['is then put again for that one', [disabled(2)], later, undefined, { do: 'renew', mutes: [2] }],
    ['at rest asks for nothing', [disabled(1), disabled(2)], at, 'off', { do: 'nothing' }],
    ['that the system lost is put again', [disabled(1)], at, 'lost', { do: 'renew', mutes: [1] }],
    [
      'that a hand took away is not put again when its window is extended',
      [disabled(1, { until: later })],
      at,
      'on',
      { do: 'yield', mutes: [1] },
    ],
    [
      'that a hand took away is not put again for its window when another begins',
      [disabled(1), mute(2, { until: later })],
      at,
      'on',
      { do: 'yield', mutes: [1] },
    ],
    [
      'that the system lost is put again for a window that would share it',
      [disabled(1), mute(2)],
      at,
      'lost',
      { do: 'off', mutes: [2] },
    ],
    ['that a hand took away is left away, and told of', [disabled(1)], at, 'on', { do: 'yield', mutes: [1] }],
    [
      'lies until the end of the window that still wants it, not of the one a hand took it from',
      [mute(1, { outcome: 'unmuted_by_hand', intendedAt: at, until: later }), disabled(2)],
      at,
      undefined,
      { do: 'nothing' },
    ],
    ['is taken away after the last', [disabled(1, { endedAt: at })], at, undefined, { do: 'on', mutes: [1] }],
    [
      'whose putting was not answered is taken away all the same',
      [mute(1, { intendedAt: at, endedAt: at })],
      null,
      undefined,
      { do: 'on', mutes: [1] },
    ],
  ])('%s', (_, mutes, endsAt, seen, verdict) => {
    expect(decide(mutes, { by: 'downtime', endsAt }, seen)).toEqual(verdict);
  });
});

describe('after any history of windows, refusals, timeouts and kills', () => {
  test('a check that nobody else touches is off exactly while a window is in progress, or as it was before', () => {
    fc.assert(
      fc.property(state, fc.array(deeds(false), { maxLength: 30 }), (before, story) => {
        const history = new History(before);
        for (const deed of story) history.live(deed);
        history.settle();
        expect(history.check).toBe(history.inProgress.size > 0 ? 'off' : before);
        for (const id of [...history.inProgress]) history.end(id);
        history.settle();
        expect(history.check).toBe(before);
      }),
      { numRuns: CASES },
    );
  });

  test('a check has a downtime exactly while a window is in progress, until the latest end', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(deeds(false), moves), { maxLength: 30 }), (story) => {
        const history = new History('on', 'downtime');
        for (const deed of story) history.live(deed);
        history.settle();
        // One that the system lost is seen by the look that finds nothing else to do.
        history.settle();
        expect(history.lying).toEqual(history.latestEnd);
        for (const id of [...history.inProgress]) history.end(id);
        history.settle();
        expect([history.lying, history.told, history.mutes]).toEqual([null, null, []]);
      }),
      { numRuns: CASES },
    );
  });

  test('a downtime that people remove is not created again for those windows', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(deeds(true), moves), { maxLength: 30 }), (story) => {
        const history = new History('on', 'downtime');
        for (const deed of story) history.live(deed);
        history.settle();
        // One that the system lost is seen by the look that finds nothing else to do.
        history.settle();
        const calls = history.calls;
        history.settle();
        expect(history.calls).toBe(calls);
        const wanting = history.mutes.filter((each) => each.outcome !== 'unmuted_by_hand');
        expect(history.lying === null).toBe(wanting.length === 0);
        for (const id of [...history.inProgress]) history.end(id);
        history.settle();
        expect([history.lying, history.told, history.mutes]).toEqual([null, null, []]);
      }),
      { numRuns: CASES },
    );
  });

  test('a check that people only ever switched on is on after the last window', () => {
    fc.assert(
      fc.property(fc.array(deeds(true), { maxLength: 30 }), (story) => {
        const history = new History('on');
        for (const deed of story) if (deed.do !== 'person' || deed.to === 'on') history.live(deed);
        for (const id of [...history.inProgress]) history.end(id);
        history.settle();
        expect(history.check).toBe('on');
      }),
      { numRuns: CASES },
    );
  });

  test('no mutes are left after the last window, and another run does nothing', () => {
    fc.assert(
      fc.property(state, fc.array(deeds(true), { maxLength: 30 }), (before, story) => {
        const history = new History(before);
        for (const deed of story) history.live(deed);
        history.settle();
        const calls = history.calls;
        history.settle();
        expect(history.calls).toBe(calls);
        for (const id of [...history.inProgress]) history.end(id);
        history.settle();
        expect(history.mutes).toEqual([]);
      }),
      { numRuns: CASES },
    );
  });

  test('every mute of a window in progress is decided once nothing fails', () => {
    fc.assert(
      fc.property(state, fc.array(deeds(true), { maxLength: 30 }), (before, story) => {
        const history = new History(before);
        for (const deed of story) history.live(deed);
        history.settle();
        const outcomes = new Map(history.mutes.map((each) => [each.maintenanceId, each.outcome]));
        expect(new Set(outcomes.keys())).toEqual(history.inProgress);
        for (const outcome of outcomes.values())
          expect(['muted', 'already_muted', 'unmuted_by_hand']).toContain(outcome);
      }),
      { numRuns: CASES },
    );
  });

  test('a check that is on during a window was unmuted by a person, which was noticed', () => {
    fc.assert(
      fc.property(state, fc.array(deeds(true), { maxLength: 30 }), (before, story) => {
        const history = new History(before);
        for (const deed of story) history.live(deed);
        history.settle();
        history.settle();
        if (history.check === 'off') return;
        for (const mute of history.mutes) expect(['unmuted_by_hand', 'already_muted']).toContain(mute.outcome);
      }),
      { numRuns: CASES },
    );
  });
});
