import type { Provider } from '../provider.ts';
import { readEach } from '../requests.ts';
import type { List, Result } from './description.ts';
import { lookUp } from './pointer.ts';
import { FROM_THE_LIST, readText, type System } from './system.ts';

/** The parts of a description that say where a system shows whether what a check watches fails. */
interface Described {
  readonly result?: Result | undefined;
  /** May show it beside the state. */
  readonly state?: (Omit<Result, 'failing'> & { readonly failing?: string | undefined }) | undefined;
  readonly list?: List | undefined;
  /** `failing`: the values that mean that it does. */
  readonly states: { readonly failing?: readonly unknown[] | undefined };
  /** How many requests may be in flight. */
  readonly atOnce: number;
}

/** Says which checks fail, for a system whose description says how it shows it; nothing for another. */
export function failing(
  system: System,
  { result, state, list, states, atOnce }: Described,
): Pick<Provider, 'failing'> | undefined {
  const each = result ?? (state?.failing === undefined ? undefined : { ...state, failing: state.failing });
  const inList = list?.failing;
  if (states.failing === undefined || (each === undefined && inList === undefined)) return undefined;
  const fails = (json: unknown, pointer: string) => states.failing?.includes(lookUp(json, pointer)) === true;

  return {
    async failing(targets, signal) {
      if (list !== undefined && inList !== undefined && (each === undefined || targets.length >= FROM_THE_LIST)) {
        const items = (await system.items(list, signal)).filter((item) => fails(item, inList));
        const ids = new Set(items.map((item) => readText(lookUp(item, list.id))));
        return new Set(targets.filter(({ externalId }) => ids.has(externalId)).map(({ id }) => id));
      }
      if (each === undefined) return new Set();
      const ask = async (check: string) => {
        const answer = await system.about(check, each, signal);
        return answer && fails(answer.json, each.failing);
      };
      const found = await readEach(targets, signal, ({ externalId }) => ask(externalId), atOnce);
      return new Set([...found].filter(([, is]) => is).map(([id]) => id));
    },
  };
}
