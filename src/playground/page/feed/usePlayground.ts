import { useCallback, useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import type { FEED_PATH, PageRequest, Person, RequestResult } from '../../protocol.ts';
import { Connection, RequestFailed } from './connection.ts';
import { recall, remember } from './memory.ts';
import type { Entry } from './snapshot.ts';
import { type FeedState, nextState, START } from './state.ts';

// The page takes types alone from the protocol, so that the server's validation stays out of its bundle.
const PATH: typeof FEED_PATH = '/page/feed';

/** What can be asked of the playground. The same object as long as the page lives, so that nothing is drawn anew for it. */
export interface Actions {
  /** Rejects with a sentence to show. */
  readonly request: (request: PageRequest) => Promise<RequestResult>;
  /** As `request`, but what goes wrong is told as a notice. */
  readonly tell: (request: PageRequest) => Promise<RequestResult | undefined>;
  readonly beSomeoneElse: (person: string) => void;
  /** Shows an entry at once, and sends it. Rejects with a sentence to show. */
  readonly enter: (entry: Entry, request: PageRequest) => Promise<RequestResult>;
  readonly dismissNotice: (id: number) => void;
  readonly notify: (text: string) => void;
}

export interface Playground {
  readonly state: FeedState;
  readonly actions: Actions;
}

function whoToBe(people: readonly Person[]): string | undefined {
  const real = people.filter((person) => person.kind === 'person');
  const remembered = recall('person');
  return (real.find((person) => person.id === remembered) ?? real[0])?.id;
}

function feedAddress(): string {
  const address = new URL(PATH, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

/** The sentence of an error that a request was rejected with. */
export function sentenceOf(error: unknown): string {
  return error instanceof RequestFailed ? error.message : 'Something went wrong on this page. Reload it and try again.';
}

/** The page's line to the playground and all that came over it. */
export function usePlayground(): Playground {
  const [state, dispatch] = useReducer(nextState, START);
  const connection = useRef<Connection | undefined>(undefined);
  const lastEntry = useRef(0);

  useEffect(() => {
    const line = new Connection(feedAddress(), {
      onMessage: (message) => {
        dispatch({ type: 'server', message, heardAt: performance.now() });
        if (message.type !== 'welcome') return;
        const person = whoToBe(message.people);
        // Lost again meanwhile: the next connection chooses anew.
        if (person) line.request({ type: 'choose_person', person }).catch(() => {});
      },
      onLost: () => dispatch({ type: 'lost' }),
    });
    connection.current = line;
    return () => line.close();
  }, []);

  const request = useCallback((what: PageRequest) => {
    if (!connection.current) return Promise.reject(new RequestFailed('The page is not connected yet.'));
    return connection.current.request(what);
  }, []);

  const tell = useCallback(
    (what: PageRequest) =>
      request(what).catch((error: unknown) => {
        dispatch({ type: 'notice', text: sentenceOf(error) });
        return undefined;
      }),
    [request],
  );

  const beSomeoneElse = useCallback(
    (person: string) => {
      remember('person', person);
      tell({ type: 'choose_person', person });
    },
    [tell],
  );

  const enter = useCallback(
    async (entry: Entry, what: PageRequest) => {
      lastEntry.current += 1;
      const id = lastEntry.current;
      dispatch({ type: 'entry', entry, id });
      try {
        return await request(what);
      } finally {
        dispatch({ type: 'entry_recorded', id });
      }
    },
    [request],
  );

  const dismissNotice = useCallback((id: number) => dispatch({ type: 'notice_read', id }), []);
  const notify = useCallback((text: string) => dispatch({ type: 'notice', text }), []);

  const actions = useMemo(
    () => ({ request, tell, beSomeoneElse, enter, dismissNotice, notify }),
    [request, tell, beSomeoneElse, enter, dismissNotice, notify],
  );
  return { state, actions };
}
