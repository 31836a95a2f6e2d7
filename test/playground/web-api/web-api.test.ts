import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHANNELS, PEOPLE, type Playground, startPlayground } from '../../../src/playground/server.ts';
import { client, outcome } from '../bare-app.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground({ port: 0, messageRate: false });
});
afterAll(() => playground.close());
beforeEach(() => playground.faults.clearMethods());

const bot = () => client(playground);

/** A call without any client in between. */
async function call(method: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${playground.apiUrl}${method}`, { method: 'POST', headers, body });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json; charset=utf-8' };

describe('a call', () => {
  it('says who the token belongs to', async () => {
    expect(await bot().auth.test()).toMatchObject({
      ok: true,
      team_id: playground.teamId,
      user_id: playground.botUserId,
    });
  });

  it('is taken from a form and from JSON, with the token in either place', async () => {
    const fields = { channel: CHANNELS.ops, text: 'a & b = c' };
    const inForm = await call(
      'chat.postMessage',
      `${new URLSearchParams({ ...fields, token: playground.botToken })}`,
      form,
    );
    const inJson = await call('chat.postMessage', JSON.stringify(fields), {
      ...json,
      authorization: `Bearer ${playground.botToken}`,
    });
    expect(JSON.parse(inForm.body).message.text).toBe('a & b = c');
    expect(JSON.parse(inJson.body).message.text).toBe('a & b = c');
  });

  it.each([
    ['without a token', 'auth.test', '', form, 'not_authed'],
    ['with a wrong token', 'auth.test', 'token=xoxb-wrong', form, 'invalid_auth'],
    ['of no method', 'chat.shout', '', form, 'unknown_method'],
    ['with broken JSON', 'auth.test', '{', json, 'invalid_json'],
    ['with a list for JSON', 'auth.test', '[]', json, 'json_not_object'],
    ['of another content type', 'auth.test', '<a/>', { 'content-type': 'text/xml' }, 'invalid_post_type'],
  ])('%s is refused', async (_what, method, body, headers, error) => {
    expect(JSON.parse((await call(method, body, headers)).body)).toMatchObject({ ok: false, error });
  });

  it('with the other kind of token is refused', async () => {
    expect(await outcome(bot().apps.connections.open({}))).toBe('not_allowed_token_type');
    expect(await outcome(client(playground, playground.appToken).users.list({}))).toBe('not_allowed_token_type');
  });

  it('without a required argument names it', async () => {
    const answer = await call('conversations.info', `token=${playground.botToken}`, form);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    });
  });

  it('with a revoked token is refused in the word of the day', async () => {
    playground.faults.revokeTokens('account_inactive');
    expect(await outcome(bot().auth.test())).toBe('account_inactive');
    playground.faults.restoreTokens();
    expect(await outcome(bot().auth.test())).toBe('ok');
  });
});

describe('a method made to fail', () => {
  it('answers 429 with Retry-After as often as told, then works', async () => {
    playground.faults.method('users.info', { status: 429, retryAfter: 7, times: 2 });
    for (const _ of [1, 2]) {
      const answer = await call('users.info', `token=${playground.botToken}&user=${PEOPLE.ana}`, form);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    }
    expect(await outcome(bot().users.info({ user: PEOPLE.ana }))).toBe('ok');
  });

  it('may have done its work all the same, or not', async () => {
    const before = playground.as('ana').messages('#status').length;
    const post = (text: string) =>
      call('chat.postMessage', `token=${playground.botToken}&channel=${CHANNELS.status}&text=${text}`, form);
    playground.faults.method('chat.postMessage', { status: 503 });
    expect((await post('lost')).status).toBe(503);
    playground.faults.method('chat.postMessage', { status: 500, afterWork: true });
    expect((await post('done')).status).toBe(500);
    playground.faults.method('chat.postMessage', { status: 'hang_up', afterWork: true });
    await expect(post('cut')).rejects.toThrow();
    const texts = playground
      .as('ana')
      .messages('#status')
      .map((message) => message.text);
    expect(texts.slice(before)).toEqual(['done', 'cut']);
  });

  it('fails for one channel alone', async () => {
    playground.faults.method('chat.postMessage', { status: 200, error: 'restricted_action', channel: CHANNELS.status });
    expect(await outcome(bot().chat.postMessage({ channel: CHANNELS.ops, text: 'x' }))).toBe('ok');
    expect(await outcome(bot().chat.postMessage({ channel: CHANNELS.status, text: 'x' }))).toBe('restricted_action');
  });
});

describe('membership', () => {
  it('keeps the app out of channels it is not in, and private ones out of its sight', async () => {
    const { deploys, security, ops } = CHANNELS;
    expect(await outcome(bot().chat.postMessage({ channel: deploys, text: 'x' }))).toBe('not_in_channel');
    expect(await outcome(bot().conversations.history({ channel: deploys }))).toBe('not_in_channel');
    expect(await outcome(bot().conversations.info({ channel: deploys }))).toBe('ok');
    expect(await outcome(bot().chat.postMessage({ channel: security, text: 'x' }))).toBe('channel_not_found');
    expect(await outcome(bot().conversations.info({ channel: security }))).toBe('channel_not_found');
    expect(await outcome(bot().conversations.join({ channel: security }))).toBe('channel_not_found');
    expect(await outcome(bot().chat.postMessage({ channel: 'C0NOWHERE', text: 'x' }))).toBe('channel_not_found');
    const listed = await bot().conversations.list({ types: 'public_channel,private_channel' });
    expect(listed.channels?.map((channel) => [channel.name, channel.is_member])).toEqual([
      ['ops', true],
      ['deploys', false],
      ['status', true],
    ]);
    expect(await outcome(bot().chat.postEphemeral({ channel: ops, user: PEOPLE.guest, text: 'x' }))).toBe('ok');
    expect(await outcome(bot().chat.postEphemeral({ channel: CHANNELS.status, user: PEOPLE.guest, text: 'x' }))).toBe(
      'user_not_in_channel',
    );
  });

  it('opens with joining, with an invitation, and ends with being removed', async () => {
    const other = await startPlayground({ port: 0 });
    try {
      const app = client(other);
      expect(await outcome(app.conversations.join({ channel: CHANNELS.deploys }))).toBe('ok');
      expect(await app.conversations.join({ channel: CHANNELS.deploys })).toMatchObject({
        warning: 'already_in_channel',
      });
      expect(await outcome(app.chat.postMessage({ channel: '#deploys', text: 'x' }))).toBe('ok');
      other.as('ana').invite('#security', other.botUserId);
      expect(await outcome(app.chat.postMessage({ channel: CHANNELS.security, text: 'x' }))).toBe('ok');
      other.faults.kickBot('#deploys');
      expect(await outcome(app.chat.postMessage({ channel: CHANNELS.deploys, text: 'x' }))).toBe('not_in_channel');
      other.faults.archive('#ops');
      expect(await outcome(app.chat.postMessage({ channel: CHANNELS.ops, text: 'x' }))).toBe('is_archived');
      expect(() => other.as('ana').say('#ops', 'x')).toThrow('This channel is archived.');
    } finally {
      await other.close();
    }
  });

  it('is not needed in public channels with chat:write.public', async () => {
    const other = await startPlayground({
      port: 0,
      manifest: {
        display_information: { name: 'Lull' },
        oauth_config: { scopes: { bot: ['chat:write', 'chat:write.public'] } },
      },
    });
    try {
      const app = client(other);
      expect(await outcome(app.chat.postMessage({ channel: CHANNELS.deploys, text: 'x' }))).toBe('ok');
      expect(await outcome(app.chat.postMessage({ channel: CHANNELS.security, text: 'x' }))).toBe('channel_not_found');
      expect(await outcome(app.users.info({ user: PEOPLE.ana }))).toBe('missing_scope');
    } finally {
      await other.close();
    }
  });
});

describe('messages', () => {
  it('have a ts of their own that only grows, even when the clock stands still', async () => {
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

  it('are refused without content, too long, or with wrong blocks', async () => {
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

  it('are changed and deleted by their author alone', async () => {
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

  it('are found again by their metadata, when it is asked for', async () => {
    const metadata = { event_type: 'announcement', event_payload: { key: 'a1' } };
    const { ts } = await bot().chat.postMessage({ channel: CHANNELS.status, text: 'announced', metadata });
    const without = await bot().conversations.history({ channel: CHANNELS.status });
    expect(without.messages?.every((message) => message.metadata === undefined)).toBe(true);
    const found = await bot().conversations.history({ channel: CHANNELS.status, include_all_metadata: true });
    expect(found.messages?.find((message) => message.metadata?.event_type === 'announcement')?.ts).toBe(ts);
  });

  it('come newest first, in pages, between two instants, without replies', async () => {
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

  it('go to a person through their conversation with the app', async () => {
    const { channel } = await bot().conversations.open({ users: PEOPLE.yuki });
    const posted = await bot().chat.postMessage({ channel: PEOPLE.yuki, text: 'for you' });
    expect(posted.channel).toBe(channel?.id);
    expect(playground.as('yuki').dms().at(-1)?.text).toBe('for you');
    expect(() => playground.as('ana').messages(channel?.id ?? '')).toThrow('There is no channel');
  });

  it('carry reactions', async () => {
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

  it('have an address', async () => {
    const { ts = '' } = await bot().chat.postMessage({ channel: CHANNELS.ops, text: 'x' });
    const { permalink = '' } = await bot().chat.getPermalink({ channel: CHANNELS.ops, message_ts: ts });
    expect(permalink).toBe(`${playground.url}/archives/${CHANNELS.ops}/p${ts.replace('.', '')}`);
    expect((await fetch(permalink)).status).toBe(200);
  });
});

describe('the pace', () => {
  it('of messages is one a second in a channel after a burst, and each channel has its own', async () => {
    const paced = await startPlayground({ port: 0, messageRate: { perSecond: 1, burst: 2 } });
    try {
      const post = (channel: string) =>
        fetch(`${paced.apiUrl}chat.postMessage`, {
          method: 'POST',
          headers: form,
          body: `token=${paced.botToken}&channel=${channel}&text=x`,
        });
      expect((await post(CHANNELS.ops)).status).toBe(200);
      expect((await post(CHANNELS.ops)).status).toBe(200);
      const late = await post(CHANNELS.ops);
      expect([late.status, late.headers.get('retry-after'), await late.json()]).toEqual([
        429,
        '1',
        { ok: false, error: 'ratelimited' },
      ]);
      expect((await post(CHANNELS.status)).status).toBe(200);
      expect(paced.as('ana').messages('#ops')).toHaveLength(2);
    } finally {
      await paced.close();
    }
  });

  it('of a method is that of its tier', async () => {
    const listed = await startPlayground({ port: 0 });
    try {
      const answers = await Promise.all(
        Array.from({ length: 21 }, () =>
          fetch(`${listed.apiUrl}users.list`, { method: 'POST', headers: form, body: `token=${listed.botToken}` }),
        ),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(20);
      expect(answers.find((answer) => answer.status === 429)?.headers.get('retry-after')).toBe('3');
    } finally {
      await listed.close();
    }
  });
});

describe('people', () => {
  it('have a zone, an offset at the moment, a locale and a standing', async () => {
    const { user } = await bot().users.info({ user: PEOPLE.jonas, include_locale: true });
    expect(user).toMatchObject({ name: 'jonas', tz: 'Europe/Berlin', locale: 'de-DE', is_admin: false });
    const inSummer = await startPlayground({
      port: 0,
      clock: {
        now: () => new Date('2026-07-01T00:00:00Z'),
        moveTo: async () => undefined,
        nextEvent: async () => undefined,
      },
    });
    try {
      const offset = async (person: string) => (await client(inSummer).users.info({ user: person })).user?.tz_offset;
      expect(await offset(PEOPLE.jonas)).toBe(7200);
      expect(await offset(PEOPLE.ana)).toBe(-14_400);
      expect(await offset(PEOPLE.yuki)).toBe(32_400);
    } finally {
      await inSummer.close();
    }
  });

  it('are told apart as admin and guest, and can change', async () => {
    const info = async (user: string) => (await bot().users.info({ user, include_locale: true })).user;
    expect((await info(PEOPLE.ana))?.is_admin).toBe(true);
    expect((await info(PEOPLE.guest))?.is_restricted).toBe(true);
    expect((await info(PEOPLE.guest))?.is_ultra_restricted).toBe(false);
    playground.faults.changePerson('yuki', { timeZone: 'Australia/Lord_Howe', locale: 'fr-FR' });
    expect(await info(PEOPLE.yuki)).toMatchObject({ tz: 'Australia/Lord_Howe', locale: 'fr-FR' });
    expect(await outcome(bot().users.info({ user: 'U0NOBODY' }))).toBe('user_not_found');
  });

  it('belong to groups and conversations', async () => {
    const { usergroups = [] } = await bot().usergroups.list({});
    expect(usergroups.map((group) => group.handle)).toEqual(['platform']);
    const { users } = await bot().usergroups.users.list({ usergroup: usergroups[0]?.id ?? '' });
    expect(users).toEqual([PEOPLE.ana, PEOPLE.jonas]);
    const { channels } = await bot().users.conversations({ user: PEOPLE.guest });
    expect(channels?.map((channel) => channel.name)).toEqual(['ops']);
    expect((await bot().conversations.members({ channel: CHANNELS.status })).members).toContain(playground.botUserId);
  });
});
