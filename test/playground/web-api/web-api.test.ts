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
  it('identifies the token', async () => {
    expect(await bot().auth.test()).toMatchObject({
      ok: true,
      team_id: playground.teamId,
      user_id: playground.botUserId,
    });
  });

  it('accepts forms and JSON, with the token in header or body', async () => {
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

  it('rejects the wrong kind of token', async () => {
    expect(await outcome(bot().apps.connections.open({}))).toBe('not_allowed_token_type');
    expect(await outcome(client(playground, playground.appToken).users.list({}))).toBe('not_allowed_token_type');
  });

  it('names a missing argument', async () => {
    const answer = await call('conversations.info', `token=${playground.botToken}`, form);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    });
  });

  it('rejects a revoked token with the chosen error', async () => {
    playground.faults.revokeTokens('account_inactive');
    expect(await outcome(bot().auth.test())).toBe('account_inactive');
    playground.faults.restoreTokens();
    expect(await outcome(bot().auth.test())).toBe('ok');
  });
});

describe('a method with a fault', () => {
  it('answers 429 with Retry-After the given number of times, then works', async () => {
    playground.faults.method('users.info', { status: 429, retryAfter: 7, times: 2 });
    for (const _ of [1, 2]) {
      const answer = await call('users.info', `token=${playground.botToken}&user=${PEOPLE.ana}`, form);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    }
    expect(await outcome(bot().users.info({ user: PEOPLE.ana }))).toBe('ok');
  });

  it('may fail before or after its work', async () => {
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

  it('can fail for one channel only', async () => {
    playground.faults.method('chat.postMessage', { status: 200, error: 'restricted_action', channel: CHANNELS.status });
    expect(await outcome(bot().chat.postMessage({ channel: CHANNELS.ops, text: 'x' }))).toBe('ok');
    expect(await outcome(bot().chat.postMessage({ channel: CHANNELS.status, text: 'x' }))).toBe('restricted_action');
  });
});

describe('membership', () => {
  it('protects channels without the app, and hides private ones', async () => {
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

  it('starts with joining or an invitation, and ends with a removal', async () => {
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

describe('scopes', () => {
  it('depend on the kind of channel', async () => {
    const other = await startPlayground({
      port: 0,
      manifest: {
        display_information: { name: 'Lull' },
        oauth_config: { scopes: { bot: ['channels:read', 'channels:history'] } },
      },
    });
    try {
      other.as('ana').invite('#security', other.botUserId);
      const { history, info, list } = client(other).conversations;
      expect(await outcome(history({ channel: CHANNELS.ops }))).toBe('ok');
      expect(await outcome(info({ channel: CHANNELS.ops }))).toBe('ok');
      expect(await outcome(history({ channel: CHANNELS.security }))).toBe('missing_scope');
      expect(await outcome(info({ channel: CHANNELS.security }))).toBe('missing_scope');
      expect(await outcome(list({ types: 'public_channel,private_channel' }))).toBe('missing_scope');
      expect(await outcome(list({ types: 'secret_channel' }))).toBe('invalid_types');
      expect(await outcome(client(other).chat.postMessage({ channel: CHANNELS.ops, text: 'x' }))).toBe('missing_scope');
    } finally {
      await other.close();
    }
  });
});

describe('rate limits', () => {
  it('of messages are one a second per channel after a burst', async () => {
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

  it('of a method depend on its tier', async () => {
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
