import type { Change, ElementPlace, ElementValue, ElementValues, Exchange, Message, Snapshot } from '../../protocol.ts';

/** The page keeps no more of the inspector's list than this. */
const EXCHANGES_KEPT = 500;

/** The messages with this one in its place: instead of the one with its `ts`, or where its `ts` belongs. */
function placeMessage(messages: readonly Message[], message: Message): Message[] {
  const at = messages.findIndex((each) => each.channel === message.channel && each.ts === message.ts);
  if (at >= 0) return messages.with(at, message);
  const next = messages.findIndex((each) => each.channel === message.channel && each.ts > message.ts);
  return next < 0 ? [...messages, message] : messages.toSpliced(next, 0, message);
}

function placeExchange(exchanges: readonly Exchange[], exchange: Exchange): Exchange[] {
  const at = exchanges.findIndex((each) => each.id === exchange.id);
  return at >= 0 ? exchanges.with(at, exchange) : [...exchanges, exchange].slice(-EXCHANGES_KEPT);
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
