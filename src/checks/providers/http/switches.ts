import type { CheckState } from '../../rules.ts';
import { type Provider, ProviderMessage, type Target } from '../provider.ts';
import { readEach, switchEach } from '../requests.ts';
import type { SwitchDescription } from './description.ts';
import { failing } from './failing.ts';
import { lookUp } from './pointer.ts';
import { FROM_THE_LIST, type System } from './system.ts';

/**
 * A system with a switch for each check. After a change the state is looked up, in the answer or by asking: an answer
 * that says yes is not yet a check that is off. One that cannot be asked is taken at its word.
 */
export function switches(system: System, description: SwitchDescription): Provider {
  const { off, on, state, list, states, atOnce } = description;

  /** Undefined: what stands there is neither. */
  const stateIn = (found: unknown): CheckState | undefined => {
    const is = (values: readonly unknown[] | undefined) => values?.includes(found) === true;
    if (is(states.off)) return 'off';
    if (is(states.on)) return 'on';
    if (found === undefined || (states.off !== undefined && states.on !== undefined)) return undefined;
    return states.off === undefined ? 'off' : 'on';
  };

  /** Undefined: the system does not know it. */
  const ask = async (check: string, signal: AbortSignal): Promise<CheckState | undefined> => {
    if (state === undefined) return undefined;
    const answer = await system.about(check, state, signal);
    if (answer === undefined) return undefined;
    const read = stateIn(lookUp(answer.json, state.state));
    if (read !== undefined) return read;
    throw new Error(`${system.title} shows neither on nor off at "${state.state}". Is the description right?`);
  };

  const tell = async (to: CheckState, check: string, signal: AbortSignal): Promise<void> => {
    const change = to === 'off' ? off : on;
    const answer = await system.send(change, { check }, signal);
    if (change.shows !== undefined && stateIn(lookUp(system.json(answer), change.shows)) === to) return;
    if (state === undefined && change.shows === undefined) return;
    const now = await ask(check, signal);
    if (now !== to) throw new Error(`${system.title} took it, and does not show the check ${to} all the same.`);
  };

  const listed = list && ((signal: AbortSignal) => system.list(list, (found) => stateIn(found) !== 'off', signal));

  const readFromList = async (targets: readonly Target[], signal: AbortSignal) => {
    const enabled = new Map((await listed?.(signal))?.map((each) => [each.externalId, each.enabled]));
    return new Map(
      targets.flatMap(({ id, externalId }): [string, CheckState][] => {
        const is = enabled.get(externalId);
        return is === undefined ? [] : [[id, is ? 'on' : 'off']];
      }),
    );
  };

  const told = new ProviderMessage();
  const canSay = state !== undefined || list?.state !== undefined;
  const switchTo = async (to: CheckState, targets: readonly Target[], signal: AbortSignal) => {
    const answers = await switchEach(targets, signal, ({ externalId }) => tell(to, externalId, signal), atOnce);
    told.note(answers, to);
    return answers;
  };

  return {
    form: canSay ? 'switch' : 'downtime',
    writeOnly: !canSay,
    ...(listed && { list: listed }),
    ...failing(system, description),
    async read(targets, signal) {
      if (!canSay) return told.states(targets);
      const fromList = state === undefined || (list?.state !== undefined && targets.length >= FROM_THE_LIST);
      if (fromList) return await readFromList(targets, signal);
      return await readEach(targets, signal, ({ externalId }) => ask(externalId, signal), atOnce);
    },
    switchOff: (targets, signal) => switchTo('off', targets, signal),
    switchOn: (targets, signal) => switchTo('on', targets, signal),
  };
}
