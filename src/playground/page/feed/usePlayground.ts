import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { FEED_PATH, PageRequest, Person, RequestResult } from '../../protocol.ts';
import { loadPreference, savePreference } from '../preferences.ts';
import { Connection, RequestFailed } from './connection.ts';
import { type Entry, type FeedState, INITIAL_STATE, nextState } from './state.ts';

// Only types come from the protocol, so that the server's schemas stay out of the page's bundle.
const PATH: typeof FEED_PATH = '/page/feed';

/** The requests to the playground. The object never changes, so that it causes no renders. */
export interface Actions {
  /** Rejects with a sentence to show. */
  readonly request: (request: PageRequest) => Promise<RequestResult>;
  /** As `request`, but a failure is shown as a notice. */
  readonly requestOrNotify: (request: PageRequest) => Promise<RequestResult | undefined>;
  readonly switchPerson: (person: string) => void;
  /** Shows an entered value immediately, and sends it. Rejects with a sentence to show. */
  readonly enter: (entry: Entry, request: PageRequest) => Promise<RequestResult>;
  readonly dismissNotice: (id: number) => void;
  readonly notify: (text: string) => void;
}

export interface Playground {
  readonly state: FeedState;
  readonly actions: Actions;
}

function choosePerson(people: readonly Person[]): string | undefined {
  const real = people.filter((person) => person.kind === 'person');
  const remembered = loadPreference('person');
  return (real.find((person) => person.id === remembered) ?? real[0])?.id;
}

function getFeedUrl(): string {
  const address = new URL(PATH, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

/** The sentence to show for a failed request. */
export function describeError(error: unknown): string {
  return error instanceof RequestFailed ? error.message : 'Something went wrong on this page. Reload it and try again.';
}

/** Connects to the playground. */
export function usePlayground(): Playground {
  const [state, dispatch] = useReducer(nextState, INITIAL_STATE);
  const connection = useRef<Connection | undefined>(undefined);
  const lastEntry = useRef(0);

  useEffect(() => {
    const line = new Connection(getFeedUrl(), {
      onMessage: (message) => {
        dispatch({ type: 'server', message, receivedAt: performance.now() });
        if (message.type !== 'welcome') return;
        const person = choosePerson(message.people);
        // If the connection is lost again, the next one chooses again.
        if (person) line.request({ type: 'choose_person', person }).catch(() => {});
      },
      onLost: () => dispatch({ type: 'lost' }),
    });
    connection.current = line;
    return () => line.close();
  }, []);

  const request = useCallback((pageRequest: PageRequest) => {
    if (!connection.current) return Promise.reject(new RequestFailed('The page is not connected yet.'));
    return connection.current.request(pageRequest);
  }, []);

  const requestOrNotify = useCallback(
    (pageRequest: PageRequest) =>
      request(pageRequest).catch((error: unknown) => {
        dispatch({ type: 'notice', text: describeError(error) });
        return undefined;
      }),
    [request],
  );

  const switchPerson = useCallback(
    (person: string) => {
      savePreference('person', person);
      requestOrNotify({ type: 'choose_person', person });
    },
    [requestOrNotify],
  );

  const enter = useCallback(
    async (entry: Entry, pageRequest: PageRequest) => {
      lastEntry.current += 1;
      const id = lastEntry.current;
      dispatch({ type: 'entry', entry, id });
      try {
        return await request(pageRequest);
      } finally {
        dispatch({ type: 'entry_recorded', id });
      }
    },
    [request],
  );

  const dismissNotice = useCallback((id: number) => dispatch({ type: 'notice_read', id }), []);
  const notify = useCallback((text: string) => dispatch({ type: 'notice', text }), []);

  const actions = useMemo(
    () => ({ request, requestOrNotify, switchPerson, enter, dismissNotice, notify }),
    [request, requestOrNotify, switchPerson, enter, dismissNotice, notify],
  );
  return { state, actions };
}

/** The current instant of the playground's clock in epoch milliseconds; real time if it has none. */
export function readNow(state: Pick<FeedState, 'snapshot' | 'clockReceivedAt'>): number {
  const clock = state.snapshot?.clock;
  if (!clock) return Date.now();
  return Date.parse(clock.now) + (performance.now() - state.clockReceivedAt);
}

/** As `readNow`, with a render at every multiple of `step` milliseconds and when the clock is moved. */
export function useNow(state: Pick<FeedState, 'snapshot' | 'clockReceivedAt'>, step: number): number {
  const [, redraw] = useState(0);
  const now = readNow(state);
  const floor = Math.floor(now / step);
  useEffect(() => {
    const timer = setTimeout(() => redraw((count) => count + 1), step - (readNow(state) % step) + 5);
    return () => clearTimeout(timer);
  }, [floor, state.clockReceivedAt, step]);
  return step >= 60_000 ? floor * step : now;
}
