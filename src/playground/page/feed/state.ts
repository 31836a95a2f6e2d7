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

/** The page keeps no more of the inspector's list than this. */
const MAX_EXCHANGES = 500;

/** The messages with this one in its place: instead of the one with its `ts`, or where its `ts` belongs. */
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

/** The snapshot after a change. Applying one twice does no harm. A `notice` changes nothing that is kept. */
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

/** An element's value set on this page, which the server may not have recorded yet. */
export interface Entry {
  readonly place: ElementPlace;
  readonly blockId: string;
  readonly actionId: string;
  readonly value: ElementValue;
}

function withEntry(values: ElementValues, { blockId, actionId, value }: Entry): ElementValues {
  return { ...values, [blockId]: { ...values[blockId], [actionId]: value } };
}

/** The snapshot with what was entered in its place; where that place is gone nothing changes. */
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
  // A notice that still stands is not told twice.
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

/** What the page knows after an event. What was entered here wins over the server's word until the server has recorded it. */
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
