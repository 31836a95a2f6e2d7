import type { Logger } from 'pino';
import type { Ground } from '../actions/action.ts';
import { announceAgain } from '../actions/effects.ts';
import type { Provider, Providers, Switched } from '../checks/provider.ts';
import { type CheckState, judge, type Verdict } from '../domain/enforcement.ts';
import { lullIn } from '../domain/permissions.ts';
import { record } from '../store/audit.ts';
import { type HeldCheck, type HoldChanges, heldChecks, updateHolds } from '../store/holds.ts';
import type { Effects } from '../store/jobs.ts';

/** What became of a check for a maintenance, as its thread tells it. */
interface Decision {
  readonly maintenanceId: number;
  readonly check: string;
  readonly became: 'disabled' | 'skipped' | 'enabled' | 'left_off' | 'still_held' | 'failed';
  readonly error?: string;
}

type Doing = Exclude<Verdict, { do: 'nothing' | 'read' }>;

/** A check with the verdict on it that asks for something. */
interface Task {
  readonly check: HeldCheck;
  readonly verdict: Doing;
}

/** One run over the checks of one provider. */
interface Run {
  readonly ground: Ground;
  readonly accountId: number;
  /** Absent when the provider is not configured (any more). */
  readonly provider: Provider | undefined;
  readonly decisions: Decision[];
  /** Why a check was refused, by its id. It is not tried again in this run. */
  readonly refused: Map<string, string>;
}

/**
 * Brings the checks of one provider to what the holds say, until nothing is left to do. Runs for one provider never
 * overlap (the job queue), so what was read stays true but for people's hands.
 * @throws Error when the provider refused something, so that the job is tried again
 */
export async function enforce(
  ground: Ground,
  providers: Providers,
  log: Logger,
  { accountId, provider }: Effects['enforce'],
): Promise<void> {
  const run: Run = { ground, accountId, provider: providers.get(provider), decisions: [], refused: new Map() };
  try {
    for (;;) {
      const held = await heldChecks(ground.database, accountId, provider);
      const tasks = await tasksOf(
        run,
        held.filter((check) => !run.refused.has(check.id)),
      );
      if (tasks.length === 0) break;
      for (const kind of ['share', 'skip', 'off', 'on', 'release'] as const) {
        const chosen = tasks.filter((task) => task.verdict.do === kind);
        if (chosen.length > 0) await carryOut(run, kind, chosen);
      }
    }
  } finally {
    await tell(run);
  }
  if (run.refused.size > 0) {
    const [error] = run.refused.values();
    log.warn({ provider, accountId, checks: run.refused.size, error }, 'a provider refused; it will be asked again');
    throw new Error(`provider ${provider} refused ${run.refused.size} checks, the first because: ${error}`);
  }
}

/** The verdicts that ask for something. States are read where a verdict depends on them, in one call for all. */
async function tasksOf(run: Run, held: readonly HeldCheck[]): Promise<Task[]> {
  const unread = held.filter((check) => judge(check.holds).do === 'read');
  const states = unread.length > 0 ? await read(run, unread) : new Map<string, CheckState>();
  return held.flatMap((check) => {
    const verdict = judge(check.holds, states.get(check.id));
    return verdict.do === 'nothing' || verdict.do === 'read' ? [] : [{ check, verdict }];
  });
}

async function read(run: Run, checks: readonly HeldCheck[]): Promise<ReadonlyMap<string, CheckState>> {
  let states: ReadonlyMap<string, CheckState> = new Map();
  let reason = 'the provider does not know this check';
  try {
    if (run.provider === undefined) reason = 'its provider is not configured';
    else states = await run.provider.read(checks);
  } catch (error) {
    reason = inWords(error);
  }
  const failed = checks.filter((check) => !states.has(check.id));
  await refuse(
    run,
    failed.map((check) => ({
      check,
      holds: check.holds.filter((hold) => hold.endedAt === null).map((hold) => hold.maintenanceId),
      error: reason,
    })),
    { outcome: 'failed' },
  );
  return states;
}

async function carryOut(run: Run, kind: Doing['do'], tasks: readonly Task[]): Promise<void> {
  const now = run.ground.clock.now();
  switch (kind) {
    case 'share':
      await write(run, tasks, { outcome: 'disabled', intendedAt: now, decidedAt: now, error: null });
      return decide(run, tasks, 'disabled');
    case 'skip':
      await write(run, tasks, { outcome: 'skipped', decidedAt: now, error: null });
      return decide(run, tasks, 'skipped');
    case 'release':
      await write(run, tasks, { releasedAt: now });
      return decideReleases(run, tasks);
    case 'off': {
      // The intention is stored before the provider hears of it, so that a crash in between repairs itself.
      await write(run, tasks, { intendedAt: now });
      const done = await switchTo(run, 'off', tasks, { outcome: 'failed' });
      await write(run, done, { outcome: 'disabled', decidedAt: run.ground.clock.now(), error: null });
      return decide(run, done, 'disabled');
    }
    case 'on': {
      const done = await switchTo(run, 'on', tasks, {});
      await write(run, done, { releasedAt: run.ground.clock.now(), error: null });
      return decide(run, done, 'enabled');
    }
  }
}

/** Returns the tasks that the provider carried out; the holds of the others are marked with `onRefusal` and the error. */
async function switchTo(run: Run, state: CheckState, tasks: readonly Task[], onRefusal: HoldChanges): Promise<Task[]> {
  let answers: ReadonlyMap<string, Switched> = new Map();
  let reason = 'the provider did not answer for this check';
  try {
    if (run.provider === undefined) reason = 'its provider is not configured';
    else
      answers = await run.provider.switchTo(
        state,
        tasks.map(({ check }) => check),
      );
  } catch (error) {
    reason = inWords(error);
  }
  const done: Task[] = [];
  const failed: Refused[] = [];
  for (const task of tasks) {
    const answer = answers.get(task.check.id) ?? { ok: false, error: reason };
    if (answer.ok) done.push(task);
    else failed.push({ check: task.check, holds: task.verdict.holds, error: answer.error });
  }
  await refuse(run, failed, onRefusal);
  return done;
}

interface Refused {
  readonly check: HeldCheck;
  readonly holds: readonly number[];
  readonly error: string;
}

async function refuse(run: Run, failures: readonly Refused[], changes: HoldChanges): Promise<void> {
  for (const { check, holds, error } of failures) {
    run.refused.set(check.id, error);
    await updateHolds(run.ground.database, run.accountId, [{ checkId: check.id, maintenances: holds }], {
      ...changes,
      error,
    });
    for (const hold of check.holds) {
      // Told once: a provider that stays away is asked every minute.
      if (!holds.includes(hold.maintenanceId) || hold.error === error) continue;
      run.decisions.push({ maintenanceId: hold.maintenanceId, check: check.name, became: 'failed', error });
    }
  }
}

function write(run: Run, tasks: readonly Task[], changes: HoldChanges): Promise<void> {
  const keys = tasks.map(({ check, verdict }) => ({ checkId: check.id, maintenances: verdict.holds }));
  return updateHolds(run.ground.database, run.accountId, keys, changes);
}

function decide(run: Run, tasks: readonly Task[], became: Decision['became']): void {
  for (const { check, verdict } of tasks) {
    for (const maintenanceId of verdict.holds) run.decisions.push({ maintenanceId, check: check.name, became });
  }
}

/** A hold released without touching its check: the check was off before, or other windows still want it off. */
function decideReleases(run: Run, tasks: readonly Task[]): void {
  for (const { check, verdict } of tasks) {
    const goesOn = check.holds.some((hold) => hold.endedAt === null);
    for (const hold of check.holds) {
      if (!verdict.holds.includes(hold.maintenanceId)) continue;
      if (hold.outcome !== 'skipped' && !goesOn) continue;
      const became = hold.outcome === 'skipped' ? 'left_off' : 'still_held';
      run.decisions.push({ maintenanceId: hold.maintenanceId, check: check.name, became });
    }
  }
}

/** Writes what was decided into the timelines of the maintenances and has their threads tell it. */
async function tell({ ground, accountId, decisions }: Run): Promise<void> {
  for (const maintenanceId of new Set(decisions.map((decision) => decision.maintenanceId))) {
    const decided = decisions.filter((decision) => decision.maintenanceId === maintenanceId);
    const named = (became: Decision['became']) =>
      decided.filter((decision) => decision.became === became).map((decision) => decision.check);
    await ground.database.$transaction(async (tx) => {
      await record(tx, lullIn(accountId), ground.clock.now(), {
        action: 'enforce',
        maintenanceId,
        internal: true,
        after: {
          disabled: named('disabled'),
          skipped: named('skipped'),
          enabled: named('enabled'),
          left_off: named('left_off'),
          still_held: named('still_held'),
          failed: decided
            .filter((decision) => decision.became === 'failed')
            .map((decision) => ({ check: decision.check, error: decision.error ?? 'unknown' })),
        },
      });
      await announceAgain(tx, accountId, maintenanceId);
    });
  }
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
