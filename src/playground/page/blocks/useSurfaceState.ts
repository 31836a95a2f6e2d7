import { useCallback, useMemo, useState } from 'preact/hooks';
import type { ElementPlace, ElementValue, ElementValues, PlainOption, RichOption } from '../../protocol.ts';
import type { Surface } from '../contexts.ts';
import { type Actions, describeError } from '../feed/usePlayground.ts';
import { readSuggestions } from './choices.ts';

/** What goes on at one surface: what waits for the app, and what the app last failed to answer. */
interface SurfaceStatus {
  readonly pending: ReadonlySet<string>;
  readonly problem: string | undefined;
}

const IDLE: SurfaceStatus = { pending: new Set(), problem: undefined };

export interface SurfaceData {
  readonly values: ElementValues;
  readonly options?: Readonly<Record<string, readonly (PlainOption | RichOption)[]>>;
  readonly errors?: Readonly<Record<string, string>>;
}

/** A message, modal or home tab as the surface its blocks are drawn on. `problem` is a sentence to show next to them. */
export function useSurfaceState(
  actions: Actions,
  place: ElementPlace,
  data: SurfaceData,
): { readonly surface: Surface; readonly problem: string | undefined; readonly setProblem: (text?: string) => void } {
  const [status, setStatus] = useState(IDLE);
  const { request, enter } = actions;
  const idPrefix = place.in === 'view' ? place.view : `${place.channel}-${place.ts}`;

  const setProblem = useCallback((problem?: string) => setStatus((before) => ({ ...before, problem })), []);

  const act = useCallback(
    async (blockId: string, actionId: string, value: ElementValue) => {
      const key = `${blockId}/${actionId}`;
      setStatus((before) => ({ pending: new Set([...before.pending, key]), problem: undefined }));
      let problem: string | undefined;
      try {
        await enter({ place, blockId, actionId, value }, { type: 'act', place, blockId, actionId, value });
      } catch (error) {
        problem = describeError(error);
      }
      setStatus((before) => ({ pending: new Set([...before.pending].filter((each) => each !== key)), problem }));
    },
    // The prefix stands for the place
    [enter, idPrefix],
  );

  const setValue = useCallback(
    (blockId: string, actionId: string, value: ElementValue) => {
      enter({ place, blockId, actionId, value }, { type: 'set_value', place, blockId, actionId, value }).catch(
        (error: unknown) => setProblem(describeError(error)),
      );
    },
    // The prefix stands for the place
    [enter, idPrefix],
  );

  const suggest = useCallback(
    async (blockId: string, actionId: string, query: string) => {
      try {
        return readSuggestions(await request({ type: 'suggest', place, blockId, actionId, query }));
      } catch (error) {
        throw new Error(describeError(error));
      }
    },
    // The prefix stands for the place
    [request, idPrefix],
  );

  const { values, options = {}, errors = {} } = data;
  const surface = useMemo(
    () => ({ act, setValue, suggest, pending: status.pending, values, options, errors, idPrefix }),
    [act, setValue, suggest, status.pending, values, options, errors, idPrefix],
  );
  return { surface, problem: status.problem, setProblem };
}
