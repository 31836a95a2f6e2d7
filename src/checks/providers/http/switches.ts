import type { CheckState } from '../../rules.ts';
import { type Provider, SentStates, type Target } from '../provider.ts';
import { readEach, switchEach } from '../requests.ts';
import type { SwitchDescription } from './description.ts';
import { DEFAULT_CONCURRENCY, MIN_CHECKS_FOR_LIST, type System } from './system.ts';
import { lookUp } from './template.ts';

/**
 * A system with a switch for each check. After a change its state is read, from the answer or with another request. A
 * system that does not show states is trusted.
 */
export function switches(system: System, description: SwitchDescription): Provider {
  const { state, list, states, concurrency = DEFAULT_CONCURRENCY } = description;

  /** @returns undefined for a value that means neither */
  const toState = (value: unknown): CheckState | undefined => {
    const isOneOf = (values: readonly unknown[] | undefined) => values?.includes(value) === true;
    if (isOneOf(states.off)) return 'off';
    if (isOneOf(states.on)) return 'on';
    if (value === undefined || (states.off !== undefined && states.on !== undefined)) return undefined;
    return states.off === undefined ? 'off' : 'on';
  };

  /** @returns undefined when the system does not know the check, or shows no states */
  const readOne = async (check: string, signal: AbortSignal): Promise<CheckState | undefined> => {
    const answer = state && (await system.ask(check, state, signal));
    if (state === undefined || answer === undefined) return undefined;
    const found = toState(lookUp(answer.json, state.state));
    if (found !== undefined) return found;
    throw new Error(`${system.title} shows neither on nor off at "${state.state}". Is the description right?`);
  };

  const switchOne = async (to: CheckState, check: string, signal: AbortSignal): Promise<void> => {
    const change = description[to];
    const response = await system.send(change, { check }, signal);
    if (change.shows !== undefined && toState(lookUp(system.readJson(response), change.shows)) === to) return;
    if (state === undefined && change.shows === undefined) return;
    if ((await readOne(check, signal)) === to) return;
    throw new Error(`${system.title} took it, and does not show the check ${to} all the same.`);
  };

  const listAll = list && ((signal: AbortSignal) => system.list(list, (value) => toState(value) !== 'off', signal));

  const readFromList = async (targets: readonly Target[], signal: AbortSignal) => {
    const enabled = new Map((await listAll?.(signal))?.map((each) => [each.externalId, each.enabled]));
    return new Map(
      targets.flatMap(({ id, externalId }): [string, CheckState][] => {
        const isOn = enabled.get(externalId);
        return isOn === undefined ? [] : [[id, isOn ? 'on' : 'off']];
      }),
    );
  };

  const sent = new SentStates();
  const showsStates = state !== undefined || list?.state !== undefined;
  const switchTo = async (to: CheckState, targets: readonly Target[], signal: AbortSignal) => {
    const results = await switchEach(
      targets,
      signal,
      ({ externalId }) => switchOne(to, externalId, signal),
      concurrency,
    );
    sent.save(results, to);
    return results;
  };

  return {
    form: showsStates ? 'switch' : 'downtime',
    writeOnly: !showsStates,
    ...(listAll && { list: listAll }),
    ...system.failing(description),
    async read(targets, signal) {
      if (!showsStates) return sent.read(targets);
      const useList = list?.state !== undefined && targets.length >= MIN_CHECKS_FOR_LIST;
      if (state === undefined || useList) return readFromList(targets, signal);
      return readEach(targets, signal, ({ externalId }) => readOne(externalId, signal), concurrency);
    },
    switchOff: (targets, signal) => switchTo('off', targets, signal),
    switchOn: (targets, signal) => switchTo('on', targets, signal),
  };
}
