import type { Person, ServerMessage, Snapshot } from '../../protocol.ts';
import { applyChange, applyEntry, type Entry } from './snapshot.ts';

/** Something to tell at once that stands in no message. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

/** All that the page knows from the playground. */
export interface FeedState {
  readonly line: 'connecting' | 'up' | 'lost';
  readonly people: readonly Person[];
  readonly snapshot: Snapshot | undefined;
  /** Entered here and on their way to the server, oldest first. */
  readonly entries: readonly (Entry & { readonly id: number })[];
  readonly notices: readonly Notice[];
  /** `performance.now()` when the server last told the time. */
  readonly clockHeardAt: number;
}

export type FeedEvent =
  | { readonly type: 'server'; readonly message: Exclude<ServerMessage, { type: 'reply' }>; readonly heardAt: number }
  | { readonly type: 'lost' }
  | { readonly type: 'entry'; readonly entry: Entry; readonly id: number }
  | { readonly type: 'entry_recorded'; readonly id: number }
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'notice_read'; readonly id: number };

export const START: FeedState = {
  line: 'connecting',
  people: [],
  snapshot: undefined,
  entries: [],
  notices: [],
  clockHeardAt: 0,
};

function withNotice(state: FeedState, text: string): FeedState {
  // A notice that still stands is not told twice.
  if (state.notices.some((notice) => notice.text === text)) return state;
  const id = (state.notices.at(-1)?.id ?? 0) + 1;
  return { ...state, notices: [...state.notices, { id, text }] };
}

function hear(state: FeedState, message: Exclude<ServerMessage, { type: 'reply' }>, heardAt: number): FeedState {
  switch (message.type) {
    case 'welcome':
      return { ...state, people: message.people };
    case 'snapshot':
      return { ...state, line: 'up', snapshot: message.snapshot, entries: [], clockHeardAt: heardAt };
    case 'change': {
      const { change } = message;
      if (change.type === 'notice') return withNotice(state, change.text);
      if (!state.snapshot) return state;
      const changed = applyChange(state.snapshot, change);
      return {
        ...state,
        snapshot: state.entries.reduce(applyEntry, changed),
        clockHeardAt: change.type === 'clock' ? heardAt : state.clockHeardAt,
      };
    }
  }
}

/** What the page knows after an event. What was entered here wins over the server's word until the server has recorded it. */
export function nextState(state: FeedState, event: FeedEvent): FeedState {
  switch (event.type) {
    case 'server':
      return hear(state, event.message, event.heardAt);
    case 'lost':
      return { ...state, line: state.snapshot ? 'lost' : 'connecting' };
    case 'entry':
      return {
        ...state,
        snapshot: state.snapshot && applyEntry(state.snapshot, event.entry),
        entries: [...state.entries, { ...event.entry, id: event.id }],
      };
    case 'entry_recorded':
      return { ...state, entries: state.entries.filter((entry) => entry.id !== event.id) };
    case 'notice':
      return withNotice(state, event.text);
    case 'notice_read':
      return { ...state, notices: state.notices.filter((notice) => notice.id !== event.id) };
  }
}
