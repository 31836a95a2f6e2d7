import { describe, expect, it } from 'vitest';
import { type FeedState, INITIAL_STATE, nextState } from '../../../../src/playground/page/feed/state.ts';
import type { Change, Channel, Message, ModalState, Snapshot } from '../../../../src/playground/protocol.ts';

const message = (channel: string, ts: string, text = ts): Message => ({
  channel,
  ts,
  author: 'U1',
  authorName: 'Ana',
  text,
  blocks: [],
  broadcast: false,
  ephemeral: false,
  reactions: [],
  values: {},
});

const channel = (id: string, unread = 0): Channel => ({
  id,
  kind: 'public',
  name: id.toLowerCase(),
  topic: '',
  archived: false,
  members: ['U1'],
  joined: true,
  unread,
  mentions: 0,
  lastRead: '0',
});

const modal = (id: string, values: ModalState['values'] = {}): ModalState => ({
  id,
  hash: 'h',
  view: { type: 'modal', title: { type: 'plain_text', text: 'Form' }, blocks: [] },
  values,
  options: {},
  errors: {},
  busy: false,
});

const snapshot: Snapshot = {
  team: { id: 'T1', name: 'Team', domain: 'team' },
  me: 'U1',
  people: [],
  app: {
    id: 'A1',
    name: 'App',
    description: '',
    botUserId: 'U9',
    connected: true,
    installed: true,
    delivery: 'socket',
    homeTab: true,
    commands: [],
    shortcuts: [],
    steps: [],
  },
  channels: [channel('C1'), channel('C2')],
  messages: [message('C1', '1.000000'), message('C1', '3.000000'), message('C2', '2.000000')],
  modal: [],
  home: null,
  clock: null,
  exchanges: [],
};

const hear = (state: FeedState, change: Change, receivedAt = 0) =>
  nextState(state, { type: 'server', message: { type: 'change', change }, receivedAt });

const start = nextState(INITIAL_STATE, { type: 'server', message: { type: 'snapshot', snapshot }, receivedAt: 5 });

const texts = (state: FeedState, of: string) =>
  state.snapshot?.messages.filter((each) => each.channel === of).map((each) => each.text);

describe('messages', () => {
  it('are ordered by ts', () => {
    const state = hear(start, { type: 'message', message: message('C1', '2.000000') });
    expect(texts(state, 'C1')).toEqual(['1.000000', '2.000000', '3.000000']);
    expect(texts(hear(state, { type: 'message', message: message('C1', '4.000000') }), 'C1')?.at(-1)).toBe('4.000000');
  });

  it('are replaced; applying a change twice does no harm', () => {
    const change: Change = { type: 'message', message: message('C1', '1.000000', 'changed') };
    const once = hear(start, change);
    expect(texts(once, 'C1')).toEqual(['changed', '3.000000']);
    expect(hear(once, change)).toEqual(once);
  });

  it('are removed', () => {
    expect(texts(hear(start, { type: 'message_gone', channel: 'C1', ts: '1.000000' }), 'C1')).toEqual(['3.000000']);
  });
});

describe('channels', () => {
  it('are replaced, added, and removed with their messages', () => {
    const unread = hear(start, { type: 'channel', channel: channel('C1', 2) });
    expect(unread.snapshot?.channels.map((each) => each.unread)).toEqual([2, 0]);
    const added = hear(start, { type: 'channel', channel: channel('C3') });
    expect(added.snapshot?.channels.map((each) => each.id)).toEqual(['C1', 'C2', 'C3']);
    const gone = hear(start, { type: 'channel_gone', channel: 'C1' });
    expect(gone.snapshot?.channels.map((each) => each.id)).toEqual(['C2']);
    expect(texts(gone, 'C1')).toEqual([]);
  });
});

describe('entered values', () => {
  const entry = {
    place: { in: 'view', view: 'V1' },
    blockId: 'b',
    actionId: 'a',
    value: 'typed',
  } as const;
  const open = hear(start, { type: 'modal', modal: [modal('V1', { b: { a: 'old' }, c: { a: 'kept' } })] });
  const entered = nextState(open, { type: 'entry', entry, id: 1 });
  const values = (state: FeedState) => state.snapshot?.modal[0]?.values;

  it('show immediately', () => {
    expect(values(entered)).toEqual({ b: { a: 'typed' }, c: { a: 'kept' } });
  });

  it('override the server until it has recorded them', () => {
    const late: Change = { type: 'modal', modal: [modal('V1', { b: { a: 'old' } })] };
    expect(values(hear(entered, late))).toEqual({ b: { a: 'typed' } });
    const recorded = nextState(entered, { type: 'entry_recorded', id: 1 });
    expect(values(recorded)).toEqual(values(entered));
    expect(values(hear(recorded, late))).toEqual({ b: { a: 'old' } });
  });

  it('are dropped with their view', () => {
    const closed = hear(entered, { type: 'modal', modal: [] });
    expect(closed.snapshot?.modal).toEqual([]);
    expect(values(hear(closed, { type: 'modal', modal: [modal('V2')] }))).toEqual({});
  });

  it('work in messages', () => {
    const place = { in: 'message', channel: 'C1', ts: '1.000000' } as const;
    const state = nextState(start, { type: 'entry', entry: { ...entry, place }, id: 2 });
    expect(state.snapshot?.messages[0]?.values).toEqual({ b: { a: 'typed' } });
    expect(state.snapshot?.messages[1]?.values).toEqual({});
  });
});

describe('the connection', () => {
  it('can only be lost after it was up', () => {
    expect(nextState(INITIAL_STATE, { type: 'lost' }).line).toBe('connecting');
    const lost = nextState(start, { type: 'lost' });
    expect(lost.line).toBe('lost');
    expect(lost.snapshot).toBe(start.snapshot);
    expect(nextState(lost, { type: 'server', message: { type: 'snapshot', snapshot }, receivedAt: 9 }).line).toBe('up');
  });

  it('remembers when the last clock state arrived', () => {
    expect(start.clockReceivedAt).toBe(5);
    const moved = hear(start, { type: 'clock', clock: { now: '2026-01-15T15:00:00.000Z' } }, 8);
    expect(moved.clockReceivedAt).toBe(8);
    expect(hear(moved, { type: 'channel', channel: channel('C1') }, 12).clockReceivedAt).toBe(8);
  });
});

describe('notices', () => {
  it('are not repeated while they are shown', () => {
    const once = nextState(start, { type: 'notice', text: 'No.' });
    expect(nextState(once, { type: 'notice', text: 'No.' })).toBe(once);
    const read = nextState(once, { type: 'notice_read', id: 1 });
    expect(read.notices).toEqual([]);
  });
});
