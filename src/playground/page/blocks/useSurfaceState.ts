import { useCallback, useMemo, useState } from 'preact/hooks';
import type { ElementPlace, ElementValue, ElementValues, PlainOption, RichOption } from '../../protocol.ts';
import type { Surface } from '../contexts.ts';
import { type Actions, describeError } from '../feed/usePlayground.ts';
import { readSuggestions } from './choices.ts';

/** The pending actions of a surface, and the last failure. */
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

/** The `SurfaceContext` value of a message, a modal or the Home tab. `problem` is a sentence to show next to it. */
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
    // `idPrefix` identifies the place.
    [enter, idPrefix],
  );

  const setValue = useCallback(
    (blockId: string, actionId: string, value: ElementValue) => {
      enter({ place, blockId, actionId, value }, { type: 'set_value', place, blockId, actionId, value }).catch(
        (error: unknown) => setProblem(describeError(error)),
      );
    },
    // `idPrefix` identifies the place.
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
    // `idPrefix` identifies the place.
    [request, idPrefix],
  );

  const { values, options = {}, errors = {} } = data;
  const surface = useMemo(
    () => ({ act, setValue, suggest, pending: status.pending, values, options, errors, idPrefix }),
    [act, setValue, suggest, status.pending, values, options, errors, idPrefix],
  );
  return { surface, problem: status.problem, setProblem };
}
