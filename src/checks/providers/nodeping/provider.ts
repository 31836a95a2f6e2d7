import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckState } from '../../rules.ts';
import type { Provider, SwitchResult, Target } from '../provider.ts';
import { switchEach, withRetries } from '../requests.ts';
import type { Check, NodePingApi } from './api.ts';
import { bulkCalls } from './bulk.ts';

/** How often a check that was told is looked at, and the pause between (milliseconds). */
const LOOKS = 3;
const PAUSE = 300;

/**
 * NodePing's checks, switched by `enabled`. No answer to a change is believed: the checks are read before and after, so that
 * one that is right already is not touched, and one whose answer was lost counts when it is right.
 */
export function nodeping(api: NodePingApi): Provider {
  /** A bulk call once hit a check that it was not about: never again. */
  let bulkIsExact = true;

  /** Bulk calls where they hit nothing else. Whatever they leave undone is seen when the checks are read. */
  const inBulk = async (
    all: ReadonlyMap<string, Check>,
    wanted: ReadonlySet<string>,
    to: CheckState,
    signal: AbortSignal,
  ) => {
    const calls = bulkIsExact ? bulkCalls(all, wanted) : [];
    for (const { filter } of calls) {
      // One that failed is done one by one.
      await api.enableAll(filter, to === 'on', signal).catch(() => signal.throwIfAborted());
    }
    if (calls.length === 0) return all;
    const after = await api.checks(signal);
    const strays = [...all].filter(([id, check]) => {
      const now = after.get(id);
      return !wanted.has(id) && now !== undefined && stateOf(now) === to && stateOf(check) !== to;
    });
    if (strays.length > 0) {
      bulkIsExact = false;
      for (const [id, { type }] of strays) await withRetries(signal, () => api.enable(id, to !== 'on', type, signal));
    }
    return after;
  };

  const switchTo = async (to: CheckState, targets: readonly Target[], signal: AbortSignal) => {
    const outcome = new Map<string, SwitchResult>();
    const all = await api.checks(signal);
    const wrong = (checks: ReadonlyMap<string, Check>) =>
      targets.filter(({ externalId }) => {
        const check = checks.get(externalId);
        return check !== undefined && stateOf(check) !== to;
      });
    const wanted = new Set(wrong(all).map(({ externalId }) => externalId));
    let present = await inBulk(all, wanted, to, signal);
    const told = await switchEach(wrong(present), signal, ({ externalId }) =>
      api.enable(externalId, to === 'on', all.get(externalId)?.type, signal),
    );
    for (let looks = 0; looks < LOOKS && told.size > 0; looks++) {
      if (looks > 0) await sleep(PAUSE, undefined, { signal });
      present = await api.checks(signal);
      if (wrong(present).every(({ id }) => told.get(id)?.ok === false)) break;
    }
    for (const { id, externalId } of targets) {
      const check = present.get(externalId);
      if (check === undefined) outcome.set(id, { ok: false, error: `NodePing has no check ${externalId}.` });
      else if (stateOf(check) === to) outcome.set(id, { ok: true });
      else outcome.set(id, refused(told.get(id), to));
    }
    return outcome;
  };

  return {
    form: 'switch',
    async list(signal) {
      return [...(await api.checks(signal))].map(([externalId, check]) => ({
        externalId,
        name: check.label || check.parameters?.target || externalId,
        enabled: stateOf(check) === 'on',
        tags: check.tags ?? [],
      }));
    },
    async read(targets, signal) {
      const all = await api.checks(signal);
      return new Map(
        targets.flatMap(({ id, externalId }): [string, CheckState][] => {
          const check = all.get(externalId);
          return check === undefined ? [] : [[id, stateOf(check)]];
        }),
      );
    },
    async failing(targets, signal) {
      const all = await api.checks(signal);
      const fails = (check: Check | undefined) => check?.state === 0 && stateOf(check) === 'on';
      return new Set(targets.filter(({ externalId }) => fails(all.get(externalId))).map(({ id }) => id));
    },
    switchOff: (targets, signal) => switchTo('off', targets, signal),
    switchOn: (targets, signal) => switchTo('on', targets, signal),
  };
}

/** There is more than one way to be off. */
function stateOf(check: Check): CheckState {
  return check.enable === 'active' ? 'on' : 'off';
}

function refused(told: SwitchResult | undefined, to: CheckState): SwitchResult {
  if (told?.ok === false) return told;
  return { ok: false, error: `NodePing took it, and shows the check ${to === 'off' ? 'on' : 'off'} all the same.` };
}
