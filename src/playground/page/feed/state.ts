import type {
  Change,
  ElementPlace,
  ElementValue,
  ElementValues,
  Exchange,
  Message,
  Person,
  ServerMessage,
  Snapshot,
} from '../../protocol.ts';

/** How many of the inspector's exchanges the page keeps. */
const MAX_EXCHANGES = 500;

/** Replaces the message with the same `ts`, or inserts it in order of `ts`. */
function placeMessage(messages: readonly Message[], message: Message): Message[] {
  const at = messages.findIndex((each) => each.channel === message.channel && each.ts === message.ts);
  if (at >= 0) return messages.with(at, message);
  const next = messages.findIndex((each) => each.channel === message.channel && each.ts > message.ts);
  return next < 0 ? [...messages, message] : messages.toSpliced(next, 0, message);
}

function placeExchange(exchanges: readonly Exchange[], exchange: Exchange): Exchange[] {
  const at = exchanges.findIndex((each) => each.id === exchange.id);
  return at >= 0 ? exchanges.with(at, exchange) : [...exchanges, exchange].slice(-MAX_EXCHANGES);
}

/** The snapshot after a change. Applying a change twice does no harm. A `notice` changes nothing. */
export function applyChange(snapshot: Snapshot, change: Change): Snapshot {
  switch (change.type) {
    case 'people':
      return { ...snapshot, people: change.people };
    case 'app':
      return { ...snapshot, app: change.app };
    case 'channel': {
      const at = snapshot.channels.findIndex((each) => each.id === change.channel.id);
      const channels = at >= 0 ? snapshot.channels.with(at, change.channel) : [...snapshot.channels, change.channel];
      return { ...snapshot, channels };
    }
    case 'channel_gone':
      return {
        ...snapshot,
        channels: snapshot.channels.filter((each) => each.id !== change.channel),
        messages: snapshot.messages.filter((each) => each.channel !== change.channel),
      };
    case 'message':
      return { ...snapshot, messages: placeMessage(snapshot.messages, change.message) };
    case 'message_gone':
      return {
        ...snapshot,
        messages: snapshot.messages.filter((each) => each.channel !== change.channel || each.ts !== change.ts),
      };
    case 'modal':
      return { ...snapshot, modal: change.modal };
    case 'home':
      return { ...snapshot, home: change.home };
    case 'clock':
      return { ...snapshot, clock: change.clock };
    case 'exchange':
      return { ...snapshot, exchanges: placeExchange(snapshot.exchanges, change.exchange) };
    case 'notice':
      return snapshot;
  }
}

/** A value entered on this page that the server may not have recorded yet. */
export interface Entry {
  readonly place: ElementPlace;
  readonly blockId: string;
  readonly actionId: string;
  readonly value: ElementValue;
}

function withEntry(values: ElementValues, { blockId, actionId, value }: Entry): ElementValues {
  return { ...values, [blockId]: { ...values[blockId], [actionId]: value } };
}

/** The snapshot with an entered value; unchanged if its place is gone. */
export function applyEntry(snapshot: Snapshot, entry: Entry): Snapshot {
  const { place } = entry;
  const enter = <Holder extends { values: ElementValues }>(holder: Holder, here: boolean): Holder =>
    here ? { ...holder, values: withEntry(holder.values, entry) } : holder;
  if (place.in === 'message') {
    const isHere = (each: Message) => each.channel === place.channel && each.ts === place.ts;
    return { ...snapshot, messages: snapshot.messages.map((each) => enter(each, isHere(each))) };
  }
  return {
    ...snapshot,
    home: snapshot.home && enter(snapshot.home, snapshot.home.id === place.view),
    modal: snapshot.modal.map((each) => enter(each, each.id === place.view)),
  };
}

/** A short message shown above the page. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

/** Everything the page knows from the playground. */
export interface FeedState {
  readonly line: 'connecting' | 'up' | 'lost';
  readonly people: readonly Person[];
  readonly snapshot: Snapshot | undefined;
  /** Values that the server has not confirmed, oldest first. */
  readonly entries: readonly (Entry & { readonly id: number })[];
  readonly notices: readonly Notice[];
  /** `performance.now()` when the last clock state arrived. */
  readonly clockReceivedAt: number;
}

export type FeedEvent =
  | {
      readonly type: 'server';
      readonly message: Exclude<ServerMessage, { type: 'reply' }>;
      readonly receivedAt: number;
    }
  | { readonly type: 'lost' }
  | { readonly type: 'entry'; readonly entry: Entry; readonly id: number }
  | { readonly type: 'entry_recorded'; readonly id: number }
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'notice_read'; readonly id: number };

export const INITIAL_STATE: FeedState = {
  line: 'connecting',
  people: [],
  snapshot: undefined,
  entries: [],
  notices: [],
  clockReceivedAt: 0,
};

function withNotice(state: FeedState, text: string): FeedState {
  // A notice that is still shown is not repeated.
  if (state.notices.some((notice) => notice.text === text)) return state;
  const id = (state.notices.at(-1)?.id ?? 0) + 1;
  return { ...state, notices: [...state.notices, { id, text }] };
}

function applyServerMessage(
  state: FeedState,
  message: Exclude<ServerMessage, { type: 'reply' }>,
  receivedAt: number,
): FeedState {
  switch (message.type) {
    case 'welcome':
      return { ...state, people: message.people };
    case 'snapshot':
      return { ...state, line: 'up', snapshot: message.snapshot, entries: [], clockReceivedAt: receivedAt };
    case 'change': {
      const { change } = message;
      if (change.type === 'notice') return withNotice(state, change.text);
      if (!state.snapshot) return state;
      const changed = applyChange(state.snapshot, change);
      return {
        ...state,
        snapshot: state.entries.reduce(applyEntry, changed),
        clockReceivedAt: change.type === 'clock' ? receivedAt : state.clockReceivedAt,
      };
    }
  }
}

/** The state after an event. Entered values override the server's until the server has recorded them. */
export function nextState(state: FeedState, event: FeedEvent): FeedState {
  switch (event.type) {
    case 'server':
      return applyServerMessage(state, event.message, event.receivedAt);
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
