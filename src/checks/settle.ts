import { record } from '../audit/record.ts';
import { systemActor } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { reannounce } from '../maintenance/commands/announce.ts';
import { notifyOwner } from '../maintenance/commands/notify-owner.ts';
import { lockMaintenances } from '../maintenance/repository/maintenances.ts';
import type { Queries } from '../platform/database.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import {
  failMutes,
  type MuteChanges,
  type MutedCheck,
  saveCheckStates,
  saveDowntimeEnds,
  updateMutes,
} from './mutes.ts';
import type { Provider } from './providers/provider.ts';
import { type CheckState, computeDowntimeEnd, type Decision, type ObservedState } from './rules.ts';

export type DecidedAction = Exclude<Decision, { do: 'nothing' | 'read' }>;

/** A check with the verdict on it that asks for something. */
export interface Task {
  readonly check: MutedCheck;
  readonly verdict: DecidedAction;
}

/** A check that could not be read or switched, for these windows, and why. */
export interface RefusedTask {
  readonly check: MutedCheck;
  readonly mutes: readonly number[];
  readonly doing: DecidedAction['do'];
  readonly error: string;
}

/** What came of one look at all checks of a provider. */
export interface ReconcileRound {
  readonly done: Task[];
  readonly refused: RefusedTask[];
  /** What was read, by check. */
  readonly seen: ReadonlyMap<string, ObservedState>;
}

/** Whose checks they are. */
export interface ProviderIdentity {
  readonly accountId: number;
  readonly form: Provider['form'];
  /** Of the register, whose states are the checks' own. */
  readonly builtin: boolean;
}

/** What became of a check for a maintenance, as its thread tells it. */
interface CheckOutcome {
  readonly maintenanceId: number;
  readonly check: string;
  readonly became: 'disabled' | 'shared' | 'skipped' | 'enabled' | 'left_off' | 'still_held' | 'overridden' | 'failed';
  readonly error?: string;
  /** Of one that failed: what it should have been switched to. */
  readonly to?: CheckState;
  /** Of one that is shared or still held: which windows have it off; and until when it stays so (UTC). */
  readonly by?: readonly number[];
  readonly until?: Date;
}

const VERDICTS = ['share', 'skip', 'off', 'renew', 'on', 'release', 'yield'] as const satisfies DecidedAction['do'][];

/** Writes what came of a round into the holds, and what there is to tell into the timelines, in one transaction. */
export async function saveRound(
  ctx: ActionContext,
  { accountId, form, builtin }: ProviderIdentity,
  round: ReconcileRound,
): Promise<void> {
  const { done, refused } = round;
  const now = ctx.clock.now();
  const changes: Record<DecidedAction['do'], MuteChanges> = {
    share: { outcome: 'muted', intendedAt: now, decidedAt: now, error: null },
    skip: { outcome: 'already_muted', decidedAt: now, error: null },
    off: { outcome: 'muted', decidedAt: now, error: null },
    renew: { error: null },
    on: { releasedAt: now, error: null },
    release: { releasedAt: now },
    yield: { outcome: 'unmuted_by_hand', decidedAt: now, error: null },
  };
  const decisions = [...done.flatMap(decided), ...refused.flatMap(failed)];
  const concerned = new Set([
    ...done.flatMap(({ verdict }) => verdict.mutes),
    ...refused.flatMap(({ mutes }) => mutes),
  ]);
  await inTransaction(ctx, async (tx) => {
    // Before anything else: an action locks its maintenance first too, and then writes to its holds.
    await lockMaintenances(tx, accountId, [...concerned]);
    for (const kind of VERDICTS) {
      const chosen = done.filter(({ verdict }) => verdict.do === kind);
      await updateMutes(tx, accountId, chosen.map(toMuteKeys), changes[kind]);
    }
    // What could not be put off has failed; what could not be renewed, or put on again, is off all the same.
    for (const outcome of ['failed', undefined] as const) {
      const failures = refused.filter(({ doing }) => (doing === 'off') === (outcome === 'failed'));
      await failMutes(
        tx,
        accountId,
        failures.map(({ check, mutes, error }) => ({ checkId: check.id, maintenances: mutes, error })),
        outcome === undefined ? {} : { outcome, at: now },
      );
    }
    if (form === 'downtime') await saveDowntimeEnds(tx, accountId, done.flatMap(told));
    if (!builtin) await saveCheckStates(tx, accountId, statesOf(round));
    await tell(tx, accountId, now, decisions);
  });
}

export function toMuteKeys({ check, verdict }: Task) {
  return { checkId: check.id, maintenances: verdict.mutes };
}

/** What the provider of a check has been told now, where it was told something. */
function told({ check, verdict }: Task): { checkId: string; until: Date | null }[] {
  if (verdict.do === 'on') return [{ checkId: check.id, until: null }];
  if (verdict.do !== 'off' && verdict.do !== 'renew') return [];
  return [{ checkId: check.id, until: computeDowntimeEnd(check.mutes) }];
}

/** The states that are known now: those read, and then those switched. */
function statesOf({ done, seen }: ReconcileRound): Map<string, CheckState> {
  const states = new Map<string, CheckState>();
  for (const [id, state] of seen) states.set(id, state === 'off' ? 'off' : 'on');
  for (const { check, verdict } of done) {
    if (verdict.do === 'on') states.set(check.id, 'on');
    if (verdict.do === 'off' || verdict.do === 'renew') states.set(check.id, 'off');
  }
  return states;
}

function decided({ check, verdict }: Task): CheckOutcome[] {
  const all = (became: CheckOutcome['became'], more: Pick<CheckOutcome, 'by' | 'until'> = {}) =>
    verdict.mutes.map((maintenanceId) => ({ maintenanceId, check: check.name, became, ...more }));
  switch (verdict.do) {
    case 'share':
      return all('shared', { by: havingOff(check).map((mute) => mute.maintenanceId) });
    case 'off':
      return all('disabled');
    case 'skip':
      return all('skipped');
    case 'yield':
      return all('overridden');
    case 'renew':
      return [];
    case 'on': {
      // What a person switched on was on, which was told.
      const overridden = check.mutes
        .filter((mute) => mute.outcome === 'unmuted_by_hand')
        .map((mute) => mute.maintenanceId);
      return all('enabled').filter(({ maintenanceId }) => !overridden.includes(maintenanceId));
    }
    case 'release': {
      // Released without touching the check: other windows still want it off, or it was off before, or nothing was tried.
      const holding = havingOff(check);
      const until = computeDowntimeEnd(holding);
      if (until !== null) return all('still_held', { by: holding.map((mute) => mute.maintenanceId), until });
      const skipped = check.mutes.filter((mute) => mute.outcome === 'already_muted').map((mute) => mute.maintenanceId);
      return all('left_off').filter(({ maintenanceId }) => skipped.includes(maintenanceId));
    }
  }
}

/** The windows in progress that have it off. */
function havingOff({ mutes }: MutedCheck) {
  return mutes.filter((mute) => mute.endedAt === null && mute.outcome === 'muted');
}

function failed({ check, mutes, error, doing }: RefusedTask): CheckOutcome[] {
  // Told once: a provider that stays away is asked every minute, and may put it in other words each time.
  return check.mutes
    .filter((mute) => mutes.includes(mute.maintenanceId) && mute.error === null)
    .map(({ maintenanceId }) => ({
      maintenanceId,
      check: check.name,
      became: 'failed',
      error,
      to: doing === 'on' ? 'on' : 'off',
    }));
}

/** Writes what was decided into the timelines of the maintenances and has their threads tell it. */
async function tell(tx: Queries, accountId: number, now: Date, decisions: readonly CheckOutcome[]): Promise<void> {
  const concerned = new Map<number, CheckOutcome[]>();
  for (const decision of decisions) {
    const its = concerned.get(decision.maintenanceId) ?? [];
    its.push(decision);
    concerned.set(decision.maintenanceId, its);
  }
  for (const [maintenanceId, its] of [...concerned].sort(([a], [b]) => a - b)) {
    const named = (became: CheckOutcome['became']) =>
      its.filter((decision) => decision.became === became).map((decision) => decision.check);
    const refused = its.filter((decision) => decision.became === 'failed');
    const event = await record(tx, systemActor(accountId), now, {
      type: 'maintenance.checks_switched',
      maintenanceId,
      internal: true,
      after: {
        disabled: named('disabled'),
        shared: grouped(its, 'shared').map(({ checks, by }) => ({ checks, by })),
        skipped: named('skipped'),
        enabled: named('enabled'),
        left_off: named('left_off'),
        still_held: grouped(its, 'still_held'),
        overridden: named('overridden'),
        failed: refused.map(({ check, error = 'unknown', to = 'off' }) => ({ check, error, to })),
      },
    });
    await reannounce(tx, accountId, maintenanceId);
    for (const to of ['off', 'on'] as const) {
      if (!refused.some((decision) => decision.to === to)) continue;
      await notifyOwner(tx, { accountId, id: maintenanceId }, `not-switched-${to}`, event);
    }
  }
}

/** The checks that are off for other windows too, those of the same windows together. */
function grouped(decisions: readonly CheckOutcome[], what: 'shared' | 'still_held') {
  const groups = new Map<string, { checks: string[]; by: number[]; until: string }>();
  for (const { became, check, by = [], until } of decisions) {
    if (became !== what) continue;
    const key = `${by.join()} ${until?.getTime()}`;
    const group = groups.get(key) ?? { checks: [], by: [...by], until: until === undefined ? '' : utc(until) };
    group.checks.push(check);
    groups.set(key, group);
  }
  return [...groups.values()];
}
