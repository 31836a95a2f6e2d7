import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANNELS, PEOPLE, type Playground, startPlayground } from '../../../src/playground/server.ts';
import { client, outcome } from '../bare-app.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground({ port: 0, messageRate: false });
});
afterAll(() => playground.close());

const bot = () => client(playground);

/** A call without any client in between. */
async function call(method: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${playground.apiUrl}${method}`, { method: 'POST', headers, body });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json; charset=utf-8' };

describe('messages', () => {
  it('have a unique, increasing ts, even when the clock stands still', async () => {
    const instant = new Date('2026-11-21T12:00:00Z');
    const clock = { now: () => instant, moveTo: async () => undefined, nextEvent: async () => undefined };
    const still = await startPlayground({ port: 0, clock, messageRate: false });
    try {
      const posted = await Promise.all(
        Array.from({ length: 10 }, () => client(still).chat.postMessage({ channel: CHANNELS.ops, text: 'x' })),
      );
      const stamps = posted.map((answer) => answer.ts ?? '');
      expect(new Set(stamps).size).toBe(10);
      expect(stamps.toSorted()[0]).toBe('1795262400.000000');
      expect(
        still
          .as('ana')
          .messages('#ops')
          .map((message) => message.ts),
      ).toEqual(stamps.toSorted());
    } finally {
      await still.close();
    }
  });

  it('are rejected without content, too long, or with invalid blocks', async () => {
    const post = (rest: object) => outcome(bot().chat.postMessage({ channel: CHANNELS.ops, text: 'x', ...rest }));
    expect(await post({ text: '' })).toBe('no_text');
    expect(await post({ text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    expect(await post({ thread_ts: '1.000001' })).toBe('thread_not_found');
    expect(await post({ metadata: { event_type: 'x' } })).toBe('invalid_metadata_schema');
    const section = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2900) } };
    expect(await post({ blocks: [section, section, section, section] })).toBe('msg_blocks_too_long');
    const answer = await call(
      'chat.postMessage',
      JSON.stringify({ channel: CHANNELS.ops, blocks: [{ type: 'header', text: { type: 'plain_text', text: '' } }] }),
      { ...json, authorization: `Bearer ${playground.botToken}` },
    );
    const error = 'must be more than 0 characters [json-pointer:/blocks/0/text/text]';
    expect(JSON.parse(answer.body)).toEqual({
      ok: false,
      error: 'invalid_blocks',
      errors: [error],
      response_metadata: { messages: [`[ERROR] ${error}`] },
    });
    const broken = await call(
      'chat.postMessage',
      `token=${playground.botToken}&channel=${CHANNELS.ops}&blocks=%5Boops`,
      form,
    );
    expect(JSON.parse(broken.body)).toMatchObject({ ok: false, error: 'invalid_blocks_format' });
  });

  it('are edited and deleted by their author only', async () => {
    const said = playground.as('ana').say('#ops', 'mine');
    const { ts = '' } = await bot().chat.postMessage({ channel: CHANNELS.ops, text: 'first' });
    const blocks = [{ type: 'divider' }];
    await bot().chat.update({ channel: CHANNELS.ops, ts, text: 'second', blocks });
    // Text alone leaves the blocks as they are.
    await bot().chat.update({ channel: CHANNELS.ops, ts, text: 'third' });
    expect(playground.as('ana').again({ channel: CHANNELS.ops, ts })).toMatchObject({
      text: 'third',
      blocks: [{ type: 'divider' }],
    });
    expect(await outcome(bot().chat.update({ channel: CHANNELS.ops, ts: said.ts, text: 'x' }))).toBe(
      'cant_update_message',
    );
    expect(await outcome(bot().chat.delete({ channel: CHANNELS.ops, ts: said.ts }))).toBe('cant_delete_message');
    expect(await outcome(bot().chat.delete({ channel: CHANNELS.ops, ts }))).toBe('ok');
    expect(await outcome(bot().chat.update({ channel: CHANNELS.ops, ts, text: 'x' }))).toBe('message_not_found');
    expect(() => playground.as('ana').edit({ channel: CHANNELS.ops, ts }, 'x')).toThrow('This message is gone.');
  });

  it('include metadata on request', async () => {
    const metadata = { event_type: 'announcement', event_payload: { key: 'a1' } };
    const { ts } = await bot().chat.postMessage({ channel: CHANNELS.status, text: 'announced', metadata });
    const without = await bot().conversations.history({ channel: CHANNELS.status });
    expect(without.messages?.every((message) => message.metadata === undefined)).toBe(true);
    const found = await bot().conversations.history({ channel: CHANNELS.status, include_all_metadata: true });
    expect(found.messages?.find((message) => message.metadata?.event_type === 'announcement')?.ts).toBe(ts);
  });

  it('are listed newest first, in pages, between two instants, without replies', async () => {
    const channel = playground.as('ana').createChannel('pages');
    playground.faults.inviteBot(channel);
    const sent: string[] = [];
    for (const text of ['one', 'two', 'three', 'four']) {
      sent.push((await bot().chat.postMessage({ channel, text })).ts ?? '');
    }
    const [one = '', two = '', three = '', four = ''] = sent;
    const reply = await bot().chat.postMessage({ channel, text: 'reply', thread_ts: one });
    await bot().chat.postMessage({ channel, text: 'also here', thread_ts: one, reply_broadcast: true });
    const all = await bot().conversations.history({ channel, oldest: one, inclusive: true });
    expect(all.messages?.map((message) => message.text)).toEqual(['also here', 'four', 'three', 'two', 'one']);
    const between = await bot().conversations.history({ channel, oldest: one, latest: four });
    expect(between.messages?.map((message) => message.ts)).toEqual([three, two]);
    const first = await bot().conversations.history({ channel, oldest: one, inclusive: true, limit: 2 });
    expect([first.messages?.length, first.has_more]).toEqual([2, true]);
    const rest = await bot().conversations.history({
      channel,
      oldest: one,
      inclusive: true,
      limit: 3,
      cursor: first.response_metadata?.next_cursor ?? '',
    });
    expect([rest.messages?.map((message) => message.text), rest.has_more]).toEqual([['three', 'two', 'one'], false]);
    const thread = await bot().conversations.replies({ channel, ts: reply.ts ?? '' });
    expect(thread.messages?.map((message) => message.text)).toEqual(['one', 'reply', 'also here']);
    expect(thread.messages?.[0]).toMatchObject({ reply_count: 2, thread_ts: one });
  });

  it('in a thread are listed oldest first, in pages, without gaps when one is deleted in between', async () => {
    const ana = playground.as('ana');
    const root = ana.say('#ops', 'How is it going?');
    const said = ['one', 'two', 'three', 'four'].map((text) => ana.say('#ops', text, { thread: root }));
    const of = { channel: CHANNELS.ops, ts: root.ts };
    const texts = ({ messages = [] }: { messages?: { text?: string }[] }) => messages.map(({ text }) => text);
    const first = await bot().conversations.replies({ ...of, limit: 3 });
    expect([texts(first), first.has_more]).toEqual([['How is it going?', 'one', 'two'], true]);
    if (said[0] !== undefined) ana.delete(said[0]);
    const cursor = first.response_metadata?.next_cursor ?? '';
    const rest = await bot().conversations.replies({ ...of, limit: 3, cursor });
    expect([texts(rest), rest.has_more]).toEqual([['three', 'four'], false]);
    const one = { oldest: said[2]?.ts ?? '', latest: said[2]?.ts ?? '', inclusive: true };
    expect(texts(await bot().conversations.replies({ ...of, ...one }))).toEqual(['How is it going?', 'three']);
    expect(await outcome(bot().conversations.replies({ ...of, cursor: 'oops' }))).toBe('invalid_cursor');
    expect(await outcome(bot().conversations.replies({ ...of, ts: '1.000000' }))).toBe('thread_not_found');
    expect(await outcome(bot().conversations.replies({ ...of, channel: 'C0NONE' }))).toBe('channel_not_found');
  });

  it('of an app outside the Marketplace are listed in small pages, whatever the limit', async () => {
    const small = await startPlayground({ port: 0, messagePage: 2 });
    try {
      const ana = small.as('ana');
      small.faults.inviteBot('#ops');
      const root = ana.say('#ops', 'one');
      ana.say('#ops', 'two', { thread: root });
      ana.say('#ops', 'three', { thread: root });
      const page = await client(small).conversations.replies({ channel: CHANNELS.ops, ts: root.ts, limit: 200 });
      expect([page.messages?.length, page.has_more]).toEqual([2, true]);
    } finally {
      await small.close();
    }
  });

  it('to a person go to their direct messages', async () => {
    const { channel } = await bot().conversations.open({ users: PEOPLE.yuki });
    const posted = await bot().chat.postMessage({ channel: PEOPLE.yuki, text: 'for you' });
    expect(posted.channel).toBe(channel?.id);
    expect(playground.as('yuki').dms().at(-1)?.text).toBe('for you');
    expect(() => playground.as('ana').messages(channel?.id ?? '')).toThrow('There is no channel');
  });

  it('have reactions', async () => {
    const { ts: timestamp = '' } = await bot().chat.postMessage({ channel: CHANNELS.ops, text: 'x' });
    const on = { channel: CHANNELS.ops, timestamp, name: 'eyes' };
    expect(await outcome(bot().reactions.add(on))).toBe('ok');
    expect(await outcome(bot().reactions.add(on))).toBe('already_reacted');
    playground.as('ana').react({ channel: CHANNELS.ops, ts: timestamp }, 'eyes');
    const got = await bot().reactions.get({ channel: CHANNELS.ops, timestamp });
    expect(got.message?.reactions).toEqual([{ name: 'eyes', users: [playground.botUserId, PEOPLE.ana], count: 2 }]);
    expect(await outcome(bot().reactions.remove(on))).toBe('ok');
    expect(await outcome(bot().reactions.remove(on))).toBe('no_reaction');
  });

  it('have a permalink', async () => {
    const { ts = '' } = await bot().chat.postMessage({ channel: CHANNELS.ops, text: 'x' });
    const { permalink = '' } = await bot().chat.getPermalink({ channel: CHANNELS.ops, message_ts: ts });
    expect(permalink).toBe(`${playground.url}/archives/${CHANNELS.ops}/p${ts.replace('.', '')}`);
    expect((await fetch(permalink)).status).toBe(200);
  });
});
