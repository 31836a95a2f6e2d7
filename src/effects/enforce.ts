import type { Logger } from 'pino';
import type { Ground } from '../actions/action.ts';
import { announceAgain } from '../actions/effects.ts';
import { notifyOwner } from '../actions/notify-owner.ts';
import type { Covered, Provider, Providers, Switched } from '../checks/provider.ts';
import { type CheckState, isWatched, judge, type Verdict } from '../domain/enforcement.ts';
import { lullIn } from '../domain/permissions.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import { failHolds, type HeldCheck, type HoldChanges, heldChecks, updateHolds } from '../store/holds.ts';
import type { Effects } from '../store/jobs.ts';
import { lockMaintenances } from '../store/maintenances.ts';

/** Of what a provider says went wrong, this much is kept (characters). */
const LONGEST_ERROR = 500;

/** A call to a provider is given up after this long (milliseconds). */
const CALL_ENDS_WITHIN = 60_000;

type Doing = Exclude<Verdict, { do: 'nothing' | 'read' }>;

/** A check with the verdict on it that asks for something. */
interface Task {
  readonly check: HeldCheck;
  readonly verdict: Doing;
}

/** A check that could not be read or switched, for these windows, and why. */
interface Refused {
  readonly check: HeldCheck;
  readonly holds: readonly number[];
  readonly doing: 'off' | 'on';
  readonly error: string;
}

/** What came of one look at all checks of a provider. */
interface Round {
  readonly done: readonly Task[];
  readonly refused: readonly Refused[];
}

/** What became of a check for a maintenance, as its thread tells it. */
interface Decision {
  readonly maintenanceId: number;
  readonly check: string;
  readonly became: 'disabled' | 'skipped' | 'enabled' | 'left_off' | 'still_held' | 'overridden' | 'failed';
  readonly error?: string;
  /** Of one that failed: what it should have been switched to. */
  readonly to?: CheckState;
}

/**
 * Brings the checks of one provider to what the holds say, until nothing is left to do. Runs for one provider never
 * overlap (the job queue), so what was read stays true but for people's hands.
 *
 * Each round writes the intentions, calls the provider, and writes in one transaction what came of it and what there is
 * to tell. A process that dies at any point has told nothing it did not settle, and the next run does the rest again.
 * @throws Error when the provider refused something, so that the job is tried again
 */
export async function enforce(
  ground: Ground,
  providers: Providers,
  log: Logger,
  { accountId, provider: name }: Effects['enforce'],
): Promise<void> {
  const provider = providers.get(name);
  // What was refused is not tried again in this run.
  const refused = new Map<string, string>();
  for (let watch = true; ; watch = false) {
    const held = await heldChecks(ground.database, accountId, name);
    const checks = held.filter((check) => !refused.has(check.id));
    const round = await look(ground, accountId, provider, checks, watch);
    if (round.done.length === 0 && round.refused.length === 0) break;
    await settle(ground, accountId, round);
    for (const { check, error } of round.refused) refused.set(check.id, error);
  }
  if (refused.size > 0) {
    const [error] = refused.values();
    log.warn({ provider: name, accountId, checks: refused.size, error }, 'a provider refused; it will be asked again');
    throw new Error(`provider ${name} refused ${refused.size} checks, the first because: ${error}`);
  }
}

/**
 * Does one step for every check that asks for one, as far as the provider goes.
 * @param watch whether to look, too, if somebody else switched on what Lull has off
 */
async function look(
  ground: Ground,
  accountId: number,
  provider: Provider | undefined,
  held: readonly HeldCheck[],
  watch: boolean,
): Promise<Round> {
  const unread = held.filter((check) => judge(check.holds).do === 'read');
  const watched = watch ? held.filter((check) => isWatched(check.holds)) : [];
  const { states, unknown } = await read(provider, unread, watched);
  const tasks = held.flatMap((check): Task[] => {
    const verdict = judge(check.holds, states.get(check.id));
    return verdict.do === 'nothing' || verdict.do === 'read' ? [] : [{ check, verdict }];
  });
  const off = tasks.filter(({ verdict }) => verdict.do === 'off');
  const on = tasks.filter(({ verdict }) => verdict.do === 'on');
  // The intention is stored before the provider hears of it, so that a crash in between repairs itself.
  if (off.length > 0) {
    await updateHolds(ground.database, accountId, off.map(keys), { intendedAt: ground.clock.now() });
  }
  const [switchedOff, switchedOn] = [await switchTo(provider, 'off', off), await switchTo(provider, 'on', on)];
  const apart = tasks.filter(({ verdict }) => verdict.do !== 'off' && verdict.do !== 'on');
  return {
    done: [...apart, ...switchedOff.done, ...switchedOn.done],
    refused: [...unknown, ...switchedOff.refused, ...switchedOn.refused],
  };
}

/** Reads the states of all in one call. Of the watched ones it is no matter when they cannot be read this time. */
async function read(
  provider: Provider | undefined,
  checks: readonly HeldCheck[],
  watched: readonly HeldCheck[],
): Promise<{ states: ReadonlyMap<string, CheckState>; unknown: Refused[] }> {
  let states: ReadonlyMap<string, CheckState> = new Map();
  const all = [...checks, ...watched];
  if (all.length === 0) return { states, unknown: [] };
  let error = 'the provider does not know this check';
  try {
    if (provider === undefined) error = 'its provider is not configured';
    else states = await provider.read(all, AbortSignal.timeout(CALL_ENDS_WITHIN));
  } catch (fault) {
    error = inWords(fault);
  }
  const unknown = checks
    .filter((check) => !states.has(check.id))
    .map((check) => ({ check, holds: undecided(check), doing: 'off' as const, error }));
  return { states, unknown };
}

function undecided({ holds }: HeldCheck): number[] {
  return holds
    .filter(({ endedAt, outcome }) => endedAt === null && (outcome === 'pending' || outcome === 'failed'))
    .map((hold) => hold.maintenanceId);
}

async function switchTo(provider: Provider | undefined, to: CheckState, tasks: readonly Task[]): Promise<Round> {
  if (tasks.length === 0) return { done: [], refused: [] };
  let answers: ReadonlyMap<string, Switched> = new Map();
  let reason = 'the provider did not answer for this check';
  try {
    const signal = AbortSignal.timeout(CALL_ENDS_WITHIN);
    if (provider === undefined) reason = 'its provider is not configured';
    else if (to === 'off') answers = await provider.switchOff(tasks.map(covered), signal);
    else
      answers = await provider.switchOn(
        tasks.map(({ check }) => check),
        signal,
      );
  } catch (fault) {
    reason = inWords(fault);
  }
  const done: Task[] = [];
  const refused: Refused[] = [];
  for (const task of tasks) {
    const answer = answers.get(task.check.id) ?? { ok: false, error: reason };
    if (answer.ok) done.push(task);
    else refused.push({ check: task.check, holds: task.verdict.holds, doing: to, error: storable(answer.error) });
  }
  return { done, refused };
}

/** The check with the windows that want it off. */
function covered({ check, verdict }: Task): Covered {
  const wanting = check.holds.filter((hold) => hold.endedAt === null);
  const holds = wanting.length > 0 ? wanting : check.holds.filter((hold) => verdict.holds.includes(hold.maintenanceId));
  return {
    id: check.id,
    externalId: check.externalId,
    until: new Date(Math.max(...holds.map((hold) => hold.until.getTime()))),
    windows: holds.map((hold) => ({ id: hold.maintenanceId, name: hold.maintenanceName })),
  };
}

/** Writes what came of a round into the holds, and what there is to tell into the timelines, in one transaction. */
async function settle(ground: Ground, accountId: number, { done, refused }: Round): Promise<void> {
  const now = ground.clock.now();
  const changes: Record<Doing['do'], HoldChanges> = {
    share: { outcome: 'disabled', intendedAt: now, decidedAt: now, error: null },
    skip: { outcome: 'skipped', decidedAt: now, error: null },
    off: { outcome: 'disabled', decidedAt: now, error: null },
    on: { releasedAt: now, error: null },
    release: { releasedAt: now },
    yield: { outcome: 'overridden', decidedAt: now, error: null },
  };
  const decisions = [...done.flatMap(decided), ...refused.flatMap(failed)];
  const concerned = new Set([
    ...done.flatMap(({ verdict }) => verdict.holds),
    ...refused.flatMap(({ holds }) => holds),
  ]);
  await ground.database.$transaction(async (tx) => {
    // Before anything else: an action locks its maintenance first too, and then writes to its holds.
    await lockMaintenances(tx, accountId, [...concerned]);
    for (const kind of ['share', 'skip', 'off', 'on', 'release', 'yield'] as const) {
      const chosen = done.filter(({ verdict }) => verdict.do === kind);
      await updateHolds(tx, accountId, chosen.map(keys), changes[kind]);
    }
    for (const doing of ['off', 'on'] as const) {
      const failures = refused.filter((each) => each.doing === doing);
      await failHolds(
        tx,
        accountId,
        failures.map(({ check, holds, error }) => ({ checkId: check.id, maintenances: holds, error })),
        doing === 'off' ? { outcome: 'failed' } : {},
      );
    }
    await tell(tx, accountId, now, decisions);
  });
}

function keys({ check, verdict }: Task) {
  return { checkId: check.id, maintenances: verdict.holds };
}

function decided({ check, verdict }: Task): Decision[] {
  const all = (became: Decision['became']) =>
    verdict.holds.map((maintenanceId) => ({ maintenanceId, check: check.name, became }));
  switch (verdict.do) {
    case 'share':
    case 'off':
      return all('disabled');
    case 'skip':
      return all('skipped');
    case 'yield':
      return all('overridden');
    case 'on': {
      // What a person switched on was on, which was told.
      const overridden = check.holds.filter((hold) => hold.outcome === 'overridden').map((hold) => hold.maintenanceId);
      return all('enabled').filter(({ maintenanceId }) => !overridden.includes(maintenanceId));
    }
    case 'release': {
      // Released without touching the check: other windows still want it off, or it was off before, or nothing was tried.
      if (check.holds.some((hold) => hold.endedAt === null && hold.outcome === 'disabled')) return all('still_held');
      const skipped = check.holds.filter((hold) => hold.outcome === 'skipped').map((hold) => hold.maintenanceId);
      return all('left_off').filter(({ maintenanceId }) => skipped.includes(maintenanceId));
    }
  }
}

function failed({ check, holds, error, doing: to }: Refused): Decision[] {
  // Told once: a provider that stays away is asked every minute, and may put it in other words each time.
  return check.holds
    .filter((hold) => holds.includes(hold.maintenanceId) && hold.error === null)
    .map(({ maintenanceId }) => ({ maintenanceId, check: check.name, became: 'failed', error, to }));
}

/** Writes what was decided into the timelines of the maintenances and has their threads tell it. */
async function tell(tx: Queries, accountId: number, now: Date, decisions: readonly Decision[]): Promise<void> {
  const concerned = [...new Set(decisions.map((decision) => decision.maintenanceId))].sort((a, b) => a - b);
  for (const maintenanceId of concerned) {
    const its = decisions.filter((decision) => decision.maintenanceId === maintenanceId);
    const named = (became: Decision['became']) =>
      its.filter((decision) => decision.became === became).map((decision) => decision.check);
    const refused = its.filter((decision) => decision.became === 'failed');
    const event = await record(tx, lullIn(accountId), now, {
      action: 'enforce',
      maintenanceId,
      internal: true,
      after: {
        disabled: named('disabled'),
        skipped: named('skipped'),
        enabled: named('enabled'),
        left_off: named('left_off'),
        still_held: named('still_held'),
        overridden: named('overridden'),
        failed: refused.map(({ check, error = 'unknown', to = 'off' }) => ({ check, error, to })),
      },
    });
    await announceAgain(tx, accountId, maintenanceId);
    for (const to of ['off', 'on'] as const) {
      if (!refused.some((decision) => decision.to === to)) continue;
      await notifyOwner(tx, { accountId, id: maintenanceId }, `not-switched-${to}`, event);
    }
  }
}

function inWords(error: unknown): string {
  return storable(error instanceof Error ? error.message : String(error));
}

/** A provider may answer with a page of anything; what the database cannot store must not keep the rest from it. */
function storable(error: string): string {
  return error.slice(0, LONGEST_ERROR).replaceAll('\0', '').toWellFormed();
}
