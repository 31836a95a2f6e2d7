import type { Logger } from 'pino';
import type { Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { filterEnded, listMutedChecks, type MutedCheck, saveDowntimeEnds, updateMutes } from './mutes.ts';
import { storable } from './providers/health.ts';
import type { DowntimeState, Provider, Providers, SwitchResult } from './providers/provider.ts';
import { MAX_CHECKS_PER_CALL, openSession, type ProviderSession } from './providers/session.ts';
import { computeDowntimeEnd, decide, type Form, isActiveMute, isWatched, type ObservedState } from './rules.ts';
import {
  type DecidedAction,
  type ReconcileRound,
  type RefusedTask,
  saveRound,
  type Task,
  toMuteKeys,
} from './settle.ts';

/** The provider could not be brought to what the holds say, for now. */
class Unsettled extends Error {}

/**
 * Brings the checks of one provider to what the holds say, until nothing is left to do. Runs for one provider never
 * overlap (the job queue), so what was read stays true but for people's hands.
 *
 * Each round writes the intentions, calls the provider, and writes in one transaction what came of it and what there is
 * to tell. A process that dies at any point has told nothing it did not settle, and the next run does the rest again.
 * @throws Error when the provider refused something, so that the job is tried again
 */
export async function reconcile(
  ctx: ActionContext,
  providers: Providers,
  log: Logger,
  { accountId, provider: name }: Jobs['reconcile'],
): Promise<void> {
  const conversation = await openSession(ctx, providers, accountId, name);
  // What was refused is not tried again in this run.
  const refused = new Map<string, string>();
  const looked = new Set<string>();
  for (;;) {
    const held = await listMutedChecks(ctx.database, accountId, name);
    const checks = held.filter((check) => !refused.has(check.id));
    const round = await look(ctx, accountId, conversation, checks, looked);
    if (round.done.length === 0 && round.refused.length === 0) break;
    await saveRound(ctx, { accountId, form: conversation.form, builtin: name === 'builtin' }, round);
    for (const { check, error } of round.refused) refused.set(check.id, error);
  }
  if (refused.size > 0) {
    const [error] = refused.values();
    log.warn({ provider: name, accountId, checks: refused.size, error }, 'a provider refused; it will be asked again');
    throw new Unsettled(`provider ${name} refused ${refused.size} checks, the first because: ${error}`);
  }
}

/**
 * Does one step for every check that asks for one, as far as the provider goes.
 * @param looked the checks whose state is known since this run began; of the others it is looked, too, if somebody else
 *   switched on what Lull has off, or if the system lost it
 */
async function look(
  ctx: ActionContext,
  accountId: number,
  conversation: ProviderSession,
  held: readonly MutedCheck[],
  looked: Set<string>,
): Promise<ReconcileRound> {
  const formed = held.map((check) => ({ check, form: formOf(check, conversation.form) }));
  const unread = formed.filter(({ check, form }) => decide(check.mutes, form).do === 'read').map(({ check }) => check);
  const watched = conversation.open
    ? formed
        .filter(({ check, form }) => !looked.has(check.id) && isWatched(check.mutes, form))
        .map(({ check }) => check)
    : [];
  const seen = await read(conversation, [...unread, ...watched]);
  for (const { id } of [...unread, ...watched]) looked.add(id);
  const unknown = unread
    .filter((check) => !seen.states.has(check.id))
    .map((check): RefusedTask => ({ check, mutes: undecided(check), doing: 'off', error: storable(seen.error) }));
  const tasks = formed.flatMap(({ check, form }): Task[] => {
    const verdict = decide(check.mutes, form, seen.states.get(check.id));
    return verdict.do === 'nothing' || verdict.do === 'read' ? [] : [{ check, verdict }];
  });
  const round: ReconcileRound = {
    done: tasks.filter(({ verdict }) => !isCall(verdict)),
    refused: unknown,
    seen: seen.states,
  };
  // What is to be on again is so first: a check that watches nothing is worse than one that may raise an alarm.
  for (const doing of ['on', 'off'] as const) {
    const all = tasks.filter(({ verdict }) => isCall(verdict) && (verdict.do === 'on') === (doing === 'on'));
    for (const { check } of all) looked.add(check.id);
    for (let from = 0; from < all.length; from += MAX_CHECKS_PER_CALL) {
      if (from > 0 && (await anyEnded(ctx, accountId, doing, all))) break;
      await switchThese(ctx, accountId, conversation, doing, all.slice(from, from + MAX_CHECKS_PER_CALL), round);
    }
  }
  return round;
}

function formOf({ downtimeEndsAt }: MutedCheck, form: Provider['form']): Form {
  return form === 'switch' ? { by: 'switch' } : { by: 'downtime', told: downtimeEndsAt };
}

function isCall(verdict: DecidedAction): boolean {
  return verdict.do === 'on' || verdict.do === 'off' || verdict.do === 'renew';
}

/** The states of these; a check that a provider of downtimes answers nothing for has lost what Lull put there. */
async function read(
  conversation: ProviderSession,
  checks: readonly MutedCheck[],
): Promise<{ states: Map<string, ObservedState>; error: string }> {
  const states = new Map<string, ObservedState>();
  let said = '';
  for (let from = 0; from < checks.length; from += MAX_CHECKS_PER_CALL) {
    const some = checks.slice(from, from + MAX_CHECKS_PER_CALL);
    const { answers, error, whole } = await conversation.read(some);
    for (const { id } of some) {
      const state = answers.get(id) ?? (whole && conversation.form === 'downtime' ? 'lost' : undefined);
      if (state !== undefined) states.set(id, state);
    }
    said = error;
  }
  return { states, error: said };
}

function undecided({ mutes }: MutedCheck): number[] {
  return mutes
    .filter(({ endedAt, outcome }) => endedAt === null && (outcome === 'pending' || outcome === 'failed'))
    .map((mute) => mute.maintenanceId);
}

/** Whether a window ended since it was looked, so that what is left is to be judged anew. */
async function anyEnded(ctx: ActionContext, accountId: number, doing: 'on' | 'off', tasks: readonly Task[]) {
  if (doing === 'on') return false;
  const windows = new Set(tasks.flatMap(({ verdict }) => verdict.mutes));
  return filterEnded(ctx.database, accountId, [...windows]);
}

/** Switches these in one call, and adds what came of it to the round. */
async function switchThese(
  ctx: ActionContext,
  accountId: number,
  conversation: ProviderSession,
  doing: 'on' | 'off',
  tasks: readonly Task[],
  round: ReconcileRound,
): Promise<void> {
  // The intention is stored before the provider hears of it, so that a crash in between repairs itself.
  const fresh = tasks.filter(({ verdict }) => verdict.do === 'off');
  if (fresh.length > 0) {
    await updateMutes(ctx.database, accountId, fresh.map(toMuteKeys), { intendedAt: ctx.clock.now() });
  }
  // From here on nobody knows which end it was told, until it answers.
  const told = tasks.filter(({ check }) => doing === 'off' && check.downtimeEndsAt !== null);
  await saveDowntimeEnds(
    ctx.database,
    accountId,
    told.map(({ check }) => ({ checkId: check.id, until: null })),
  );
  const { answers, error } =
    doing === 'on'
      ? await conversation.switchOn(tasks.map(({ check }) => check))
      : await conversation.switchOff(tasks.map(covered));
  const answerFor = ({ check }: Task): SwitchResult => answers.get(check.id) ?? { ok: false, error };
  const gone = await goneThere(
    conversation,
    tasks.filter((task) => doing === 'on' && task.check.removed && !answerFor(task).ok).map(({ check }) => check),
  );
  for (const task of tasks) {
    const answer = answerFor(task);
    const { check, verdict } = task;
    if (answer.ok) round.done.push(task);
    else if (gone.has(check.id)) round.done.push({ check, verdict: { do: 'release', mutes: verdict.mutes } });
    else round.refused.push({ check, mutes: verdict.mutes, doing: verdict.do, error: storable(answer.error) });
  }
}

/**
 * Of checks that were removed from Lull, those that their system does not know any more: nothing is left to switch. One that
 * cannot be asked is told again until it takes it.
 */
async function goneThere(conversation: ProviderSession, checks: readonly MutedCheck[]): Promise<ReadonlySet<string>> {
  if (conversation.blind) return new Set();
  const { answers, whole } = await conversation.read(checks);
  return new Set(checks.filter(({ id }) => whole && !answers.has(id)).map(({ id }) => id));
}

/** The check with the windows that want it off. */
function covered({ check, verdict }: Task): DowntimeState {
  const wanting = check.mutes.filter(isActiveMute);
  const mutes = wanting.length > 0 ? wanting : check.mutes.filter((mute) => verdict.mutes.includes(mute.maintenanceId));
  return {
    id: check.id,
    externalId: check.externalId,
    until: computeDowntimeEnd(check.mutes) ?? new Date(Math.max(...mutes.map((mute) => mute.until.getTime()))),
    windows: mutes.map((mute) => ({ id: mute.maintenanceId, name: mute.maintenanceName })),
  };
}
