import type { Logger } from 'pino';
import type { TimelineEvent } from '../audit/events.ts';
import { record } from '../audit/record.ts';
import { systemActor } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { notifyOwner, reannounce } from '../maintenance/commands/announce.ts';
import { lockMaintenances, readLocked } from '../maintenance/repository/locked.ts';
import { type Jobs, readJobRevision } from '../platform/jobs.ts';
import { toStorable } from '../platform/rows.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import type { MuteChanges, MutedCheck } from './mute-repository.ts';
import {
  listMutedChecks,
  saveCheckStates,
  saveDowntimeEnds,
  updateMutes,
  withdrawIntentions,
} from './mute-repository.ts';
import { filterUnmuted, findAnyCheck } from './provider-repository.ts';
import type { DowntimeState, Providers, SwitchResult } from './providers/provider.ts';
import { chunk } from './providers/requests.ts';
import { MAX_CHECKS_PER_CALL, openSession, type ProviderSession } from './providers/session.ts';
import type { CheckState, Decision, Form, ObservedState } from './rules.ts';
import { computeDowntimeEnd, decide, isActiveMute, isOverwriting, isUpToDate, isWatched } from './rules.ts';

/** How long muting waits at most to learn which checks fail before it. */
const FAILING_TIMEOUT_MS = 3_000;
/** How often a call in progress looks whether its checks are still wanted that way. */
const LOOK_EVERY_MS = 250;

type Action = Exclude<Decision, { do: 'nothing' | 'read' }>;

interface Task {
  readonly check: MutedCheck;
  readonly decision: Action;
}

/** A check that could not be read or switched for these maintenances. */
interface FailedTask {
  readonly check: MutedCheck;
  readonly mutes: readonly number[];
  readonly doing: Action['do'];
  readonly error: string;
}

/** One step for every check of a provider that needs one. */
interface Round {
  readonly done: Task[];
  readonly failed: FailedTask[];
  /** The states that were read, by check. */
  readonly states: ReadonlyMap<string, ObservedState>;
  /** Whether checks that are about to be muted fail, by check; those of which it is not known are absent. */
  readonly failing: ReadonlyMap<string, boolean>;
  /** Something changed during a call, so that the rest must be decided again. */
  readonly stopped: boolean;
}

/** What a run works on. */
interface Run {
  readonly ctx: ActionContext;
  readonly providers: Providers;
  readonly job: Jobs['reconcile'];
  readonly session: ProviderSession;
}

/**
 * Brings the checks of one provider to the state that their mutes ask for. The job queue never runs two of these for one
 * provider at the same time.
 *
 * Each round stores the intentions, calls the provider, and stores the outcomes and events in one transaction, so that
 * the next run repairs whatever a crash leaves behind.
 * @throws Error when the provider refused something, so that the job is retried
 */
export async function reconcile(
  ctx: ActionContext,
  providers: Providers,
  log: Logger,
  job: Jobs['reconcile'],
): Promise<void> {
  const { accountId, provider: name } = job;
  let session = await openSession(ctx, providers, accountId, name);
  // What failed is left to the next run.
  const failed = new Map<string, string>();
  const known = new Set<string>();
  for (;;) {
    const revision = await readJobRevision(ctx.database, 'reconcile', job);
    const checks = (await listMutedChecks(ctx.database, accountId, name)).filter(({ id }) => !failed.has(id));
    const round = await runRound({ ctx, providers, job, session }, checks, known, revision);
    if (round.done.length === 0 && round.failed.length === 0 && !round.stopped) break;
    await saveRound(ctx, accountId, name, session.form, round);
    for (const { check, error } of round.failed) failed.set(check.id, error);
    if (!round.stopped) continue;
    session = await openSession(ctx, providers, accountId, name);
    known.clear();
  }
  if (failed.size > 0) {
    const [error] = failed.values();
    log.warn({ provider: name, accountId, checks: failed.size, error }, 'a provider refused; it will be asked again');
    throw new Error(`provider ${name} refused ${failed.size} checks, the first because: ${error}`);
  }
}

/**
 * @param known the checks whose state is known since this run began. The others are read, too, as somebody else may have
 *   switched on what Lull muted, or the system may have lost it. A check that is muted is read before every write to it.
 * @param revision of the job when the mutes were listed
 */
async function runRound(run: Run, checks: readonly MutedCheck[], known: Set<string>, revision: string): Promise<Round> {
  const { session } = run;
  const formOf = (check: MutedCheck) => toForm(session, check);
  const decideFor = (check: MutedCheck, state?: ObservedState) => decide(check.mutes, formOf(check), state);
  const unread = checks.filter((check) => decideFor(check).do === 'read');
  const isUnknown = (check: MutedCheck) => !known.has(check.id) || isOverwriting(check.mutes, decideFor(check));
  const watched = checks.filter((check) => session.isOpen && isWatched(check.mutes, formOf(check)) && isUnknown(check));
  const reading = new Watch(
    run,
    [...unread, ...watched].map((check) => ({ check, decision: decideFor(check) })),
    revision,
  );
  // Once Lull may have muted a check, its system may show something else.
  const untouched = checks.filter(
    (check) => ['read', 'off'].includes(decideFor(check).do) && check.mutes.every((mute) => mute.intendedAt === null),
  );
  const [{ states, error }, failing] = await Promise.all([
    reading.during((stop) => readStates(session, [...unread, ...watched], stop)),
    session.failing(untouched, FAILING_TIMEOUT_MS),
  ]);
  if (reading.stopped) return { done: [], failed: [], states: new Map(), failing: new Map(), stopped: true };
  for (const { id } of [...unread, ...watched]) known.add(id);
  const tasks = checks.flatMap((check): Task[] => {
    const decision = decideFor(check, states.get(check.id));
    return decision.do === 'nothing' || decision.do === 'read' ? [] : [{ check, decision }];
  });
  const round: Round = {
    done: tasks.filter(({ decision }) => switchedTo(decision) === undefined),
    failed: unread
      .filter(({ id }) => !states.has(id))
      .map((check) => ({ check, mutes: undecidedMutes(check), doing: 'off', error: toStorable(error) })),
    states,
    failing,
    stopped: false,
  };
  // Unmuting comes first: a check that misses an outage is worse than a false alarm.
  for (const to of ['on', 'off'] as const) {
    const all = tasks.filter(({ decision }) => switchedTo(decision) === to);
    for (const { check } of all) known.add(check.id);
    const watch = new Watch(run, all, revision);
    for (const some of chunk(all, MAX_CHECKS_PER_CALL)) {
      await watch.look();
      if (!watch.stopped) await watch.during((stop) => switchChecks(run, to, some, round, stop));
      if (watch.stopped) return { ...round, stopped: true };
    }
  }
  return round;
}

/** Whether what is being done is still what the mutes ask for, as they are now. */
class Watch {
  readonly #run: Run;
  readonly #decided: readonly { readonly check: MutedCheck; readonly decision: Decision }[];
  readonly #stop = new AbortController();
  #revision: string;

  /** @param revision of the job when the mutes were listed */
  constructor(run: Run, decided: readonly { check: MutedCheck; decision: Decision }[], revision: string) {
    this.#run = run;
    this.#decided = decided;
    this.#revision = revision;
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Makes a call, and stops it once the rest is no longer wanted. */
  async during<T>(call: (stop: AbortSignal) => Promise<T>): Promise<T> {
    let looking: Promise<void> | undefined;
    const look = () => {
      looking ??= this.look()
        // The call itself fails soon when the database is away.
        .catch(() => {})
        .finally(() => {
          looking = undefined;
        });
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    try {
      return await call(this.#stop.signal);
    } finally {
      clearInterval(timer);
      await looking;
    }
  }

  async look(): Promise<void> {
    if (this.stopped || this.#decided.length === 0) return;
    const { ctx, providers, job, session } = this.#run;
    const revision = await readJobRevision(ctx.database, 'reconcile', job);
    if (revision === this.#revision) return;
    this.#revision = revision;
    const now = new Map(
      (await listMutedChecks(ctx.database, job.accountId, job.provider)).map((each) => [each.id, each]),
    );
    const provider = await providers.provider(job.accountId, job.provider).catch(() => undefined);
    const isWanted = this.#decided.every(({ check, decision }) =>
      isUpToDate(decision, check.mutes, now.get(check.id)?.mutes ?? [], toForm(session, check)),
    );
    if (!isWanted || provider !== session.provider) this.#stop.abort();
  }
}

function toForm({ form }: ProviderSession, { downtimeEndsAt: endsAt }: MutedCheck): Form {
  return form === 'switch' ? { by: 'switch' } : { by: 'downtime', endsAt };
}

/** The state that an action switches a check to; undefined when it does not call the provider. */
function switchedTo({ do: action }: Action): CheckState | undefined {
  if (action === 'on') return 'on';
  return action === 'off' || action === 'renew' ? 'off' : undefined;
}

function mutesOf(tasks: readonly Task[]): number[] {
  return [...new Set(tasks.flatMap(({ decision }) => decision.mutes))];
}

/** Reads states. A check without an answer from a provider of downtimes has lost the downtime that Lull created. */
async function readStates(session: ProviderSession, checks: readonly MutedCheck[], stop: AbortSignal) {
  const { answers, error, answered } = await session.read(checks, stop);
  const states = new Map<string, ObservedState>(answers);
  if (answered && session.form === 'downtime') {
    for (const { id } of checks) if (!states.has(id)) states.set(id, 'lost');
  }
  return { states, error };
}

function undecidedMutes({ mutes }: MutedCheck): number[] {
  return mutes
    .filter(({ endedAt, outcome }) => endedAt === null && (outcome === 'pending' || outcome === 'failed'))
    .map((mute) => mute.maintenanceId);
}

/** Switches checks in one call, and adds the outcomes to the round. After `stop` those that were not switched have none. */
async function switchChecks(
  { ctx, job: { accountId }, session }: Run,
  to: CheckState,
  tasks: readonly Task[],
  round: Round,
  stop: AbortSignal,
): Promise<void> {
  // Stored before the call, so that the next run repairs what a crash during it leaves behind.
  const intended = tasks
    .filter(({ decision }) => decision.do === 'off')
    .map((task) => ({ ...toMuteKeys(task), failingBefore: round.failing.get(task.check.id) }));
  await updateMutes(ctx.database, accountId, intended, { intendedAt: ctx.clock.now() });
  // Until the provider answers, the end that it knows is uncertain.
  const uncertain = tasks.filter(({ check }) => to === 'off' && check.downtimeEndsAt !== null);
  const noEnds = uncertain.map(({ check }) => ({ checkId: check.id, until: null }));
  await saveDowntimeEnds(ctx.database, accountId, noEnds);
  const { answers, error } =
    to === 'on'
      ? await session.switchOn(
          tasks.map(({ check }) => check),
          stop,
        )
      : await session.switchOff(tasks.map(toState), stop);
  const resultFor = ({ check }: Task): SwitchResult => answers.get(check.id) ?? { ok: false, error };
  if (stop.aborted) {
    round.done.push(...tasks.filter((task) => resultFor(task).ok));
    const untried = tasks.filter((task) => {
      const result = resultFor(task);
      return !result.ok && result.notBegun === true && task.check.mutes.every(({ intendedAt }) => intendedAt === null);
    });
    return withdrawIntentions(ctx.database, accountId, untried.map(toMuteKeys));
  }
  const removed = tasks.filter((task) => to === 'on' && task.check.removed && !resultFor(task).ok);
  const unknown = await listUnknown(session, removed);
  for (const task of tasks) {
    const result = resultFor(task);
    const { check, decision } = task;
    if (result.ok) round.done.push(task);
    else if (unknown.includes(check.id)) round.done.push({ check, decision: { do: 'release', mutes: decision.mutes } });
    else round.failed.push({ check, mutes: decision.mutes, doing: decision.do, error: toStorable(result.error) });
  }
}

/** Of checks that were removed from Lull, those that the provider no longer knows: there is nothing to unmute. */
async function listUnknown(session: ProviderSession, tasks: readonly Task[]): Promise<readonly string[]> {
  if (session.writeOnly) return [];
  const checks = tasks.map(({ check }) => check);
  const { answers, answered } = await session.read(checks);
  return checks.map(({ id }) => id).filter((id) => answered && !answers.has(id));
}

/** The check with the maintenances that mute it. */
function toState({ check, decision }: Task): DowntimeState {
  const active = check.mutes.filter(isActiveMute);
  const mutes = active.length > 0 ? active : check.mutes.filter((mute) => decision.mutes.includes(mute.maintenanceId));
  return {
    id: check.id,
    externalId: check.externalId,
    until: computeDowntimeEnd(check.mutes) ?? new Date(Math.max(...mutes.map((mute) => mute.until.getTime()))),
    windows: mutes.map((mute) => ({ id: mute.maintenanceId, name: mute.maintenanceName })),
  };
}

/** Stores the outcomes of a round, and records and announces them, in one transaction. */
async function saveRound(
  ctx: ActionContext,
  accountId: number,
  provider: string,
  form: ProviderSession['form'],
  { done, failed, states }: Round,
): Promise<void> {
  const now = ctx.clock.now();
  const changes: Record<Action['do'], MuteChanges> = {
    share: { outcome: 'muted', intendedAt: now, decidedAt: now, error: null },
    skip: { outcome: 'already_muted', decidedAt: now, error: null },
    off: { outcome: 'muted', decidedAt: now, error: null },
    renew: { error: null },
    on: { releasedAt: now, error: null },
    release: { releasedAt: now },
    yield: { outcome: 'unmuted_by_hand', decidedAt: now, error: null },
  };
  const yielded = done.filter(({ decision }) => decision.do === 'yield');
  const switched = done.flatMap(({ check, decision }) => {
    const to = switchedTo(decision);
    return to === undefined ? [] : [{ check, to }];
  });
  await inTransaction(ctx, async (tx) => {
    // First, as commands do: they lock their maintenance, and then write to its mutes.
    await lockMaintenances(tx, accountId, [...new Set([...mutesOf(done), ...failed.flatMap(({ mutes }) => mutes)])]);
    for (const [action, change] of Object.entries(changes)) {
      const keys = done.filter(({ decision }) => decision.do === action).map(toMuteKeys);
      await updateMutes(tx, accountId, keys, change);
    }
    // A check that could not be muted has failed; one that could not be renewed or unmuted is muted all the same.
    for (const outcome of ['failed', undefined] as const) {
      const failures = failed
        .filter(({ doing }) => (doing === 'off') === (outcome === 'failed'))
        .map(({ check, mutes, error }) => ({ checkId: check.id, maintenances: mutes, error }));
      await updateMutes(tx, accountId, failures, outcome && { outcome, decidedAt: now });
    }
    if (form === 'downtime') {
      const endOf = ({ check, to }: (typeof switched)[number]) =>
        to === 'on' ? null : computeDowntimeEnd(check.mutes);
      const ends = switched.map((each) => ({ checkId: each.check.id, until: endOf(each) }));
      const gone = yielded.map(({ check }) => ({ checkId: check.id, until: null }));
      await saveDowntimeEnds(tx, accountId, [...ends, ...gone]);
    }
    // In the built-in register, the state of a check is the check's own.
    if (provider !== 'builtin') {
      const read = [...states].map(([id, state]): [string, CheckState] => [id, state === 'off' ? 'off' : 'on']);
      const latest = new Map([...read, ...switched.map(({ check, to }): [string, CheckState] => [check.id, to])]);
      await saveCheckStates(tx, accountId, latest);
    }
    const reports = toReports(done, failed);
    await readLocked(tx, [...reports.keys()]);
    for (const [maintenanceId, after] of reports) {
      const type = 'maintenance.checks_switched';
      const event = await record(tx, systemActor(accountId), now, { type, maintenanceId, internal: true, after });
      await reannounce(tx, accountId, maintenanceId);
      for (const to of ['off', 'on'] as const) {
        if (!after.failed.some((failure) => failure.to === to)) continue;
        await notifyOwner(tx, { accountId, id: maintenanceId }, `not-switched-${to}`, event);
      }
    }
  });
}

function toMuteKeys({ check, decision }: Task) {
  return { checkId: check.id, maintenances: decision.mutes };
}

type Report = TimelineEvent<'maintenance.checks_switched'>['after'];

/** Where a report lists the checks of an action. */
const LISTED_AS = { off: 'muted', skip: 'already_muted', on: 'unmuted', yield: 'unmuted_by_hand' } as const;

/** What happened to the checks of each maintenance, by its id. Maintenances with nothing to report are left out. */
function toReports(done: readonly Task[], failed: readonly FailedTask[]): [number, Report][] {
  const reports = new Map<number, Report>();
  const reportFor = (id: number): Report => {
    const muted = { muted: [], shared: [], already_muted: [], left_muted: [], still_muted: [] };
    const report: Report = reports.get(id) ?? { ...muted, unmuted: [], unmuted_by_hand: [], failed: [] };
    reports.set(id, report);
    return report;
  };
  for (const { check, decision } of done) {
    const muting = check.mutes.filter((mute) => mute.endedAt === null && mute.outcome === 'muted');
    const by = muting.map((mute) => mute.maintenanceId);
    const until = computeDowntimeEnd(muting);
    for (const { maintenanceId, outcome } of check.mutes) {
      if (!decision.mutes.includes(maintenanceId) || decision.do === 'renew') continue;
      if (decision.do === 'share') {
        addToGroup(reportFor(maintenanceId).shared, check.name, { by });
      } else if (decision.do !== 'release') {
        // A check that a person unmuted was reported then.
        if (decision.do === 'on' && outcome === 'unmuted_by_hand') continue;
        reportFor(maintenanceId)[LISTED_AS[decision.do]].push(check.name);
      } else if (until !== null) {
        addToGroup(reportFor(maintenanceId).still_muted, check.name, { by, until: utc(until) });
      } else if (outcome === 'already_muted') {
        reportFor(maintenanceId).left_muted.push(check.name);
      }
    }
  }
  for (const { check, mutes, error, doing } of failed) {
    // Reported once: a provider that is down is retried every minute, and may word its error differently each time.
    for (const { maintenanceId } of check.mutes.filter((mute) => mute.error === null)) {
      if (!mutes.includes(maintenanceId)) continue;
      reportFor(maintenanceId).failed.push({ check: check.name, error, to: doing === 'on' ? 'on' : 'off' });
    }
  }
  return [...reports].sort(([a], [b]) => a - b);
}

/** Checks that are muted by the same other maintenances are listed together. */
function addToGroup<T extends { readonly by: number[] }>(groups: (T & { checks: string[] })[], check: string, key: T) {
  const group = groups.find(({ checks, ...rest }) => JSON.stringify(rest) === JSON.stringify(key));
  if (group === undefined) groups.push({ checks: [check], ...key });
  else group.checks.push(check);
}

/**
 * Calls a provider that was idle for a while, which shows whether it answers, and removes Lull's downtimes that no mute
 * asks for: a system that was restored to an older state has them again. It shares a queue with `reconcile`.
 */
export async function pruneStaleDowntimes(
  ctx: ActionContext,
  providers: Providers,
  log: Logger,
  { accountId, provider: name }: Jobs['prune-downtimes'],
): Promise<void> {
  const session = await openSession(ctx, providers, accountId, name);
  if (!session.isOpen) return;
  if (session.form === 'switch') {
    const check = await findAnyCheck(ctx.database, accountId, name);
    if (check !== undefined) await session.read([check]);
    return;
  }
  const present = await session.present();
  const stale = await filterUnmuted(ctx.database, accountId, name, present.ok ? [...present.value] : []);
  if (stale.length === 0) return;
  const { answers, error } = await session.switchOn(stale);
  const errors = stale.flatMap(({ id }) => {
    const result = answers.get(id) ?? { ok: false, error };
    return result.ok ? [] : [result.error];
  });
  const counts = { checks: stale.length, refused: errors.length, error: errors[0] };
  log.warn({ provider: name, accountId, ...counts }, 'downtimes that no window wants were taken away');
}
