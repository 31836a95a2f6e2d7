import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PEOPLE, type Playground, startPlayground } from '../../../src/playground/server.ts';
import { client, outcome } from '../bare-app.ts';
import { decideAt } from '../consent.ts';

const REDIRECT = 'http://127.0.0.1:9/slack/oauth_redirect';
const ACME = { id: 'T0ACME', name: 'Acme', domain: 'acme' };
const SCOPES = ['commands', 'chat:write', 'channels:read'];

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground({
    port: 0,
    messageRate: false,
    tierLimits: false,
    installed: false,
    teams: [ACME],
    manifest: {
      display_information: { name: 'Lull' },
      oauth_config: { scopes: { bot: SCOPES }, redirect_urls: [REDIRECT] },
    },
  });
});
afterAll(() => playground.close());

const nobody = () => new WebClient(undefined, { slackApiUrl: playground.apiUrl, retryConfig: { retries: 0 } });
const bot = (token: string) => client(playground, token);
const app = () => ({ client_id: playground.clientId, client_secret: playground.clientSecret });

function authorizeUrl(changes: Record<string, string> = {}): string {
  const asked = { client_id: playground.clientId, scope: SCOPES.join(','), state: 'a-state', redirect_uri: REDIRECT };
  return `${playground.url}/oauth/v2/authorize?${new URLSearchParams({ ...asked, ...changes })}`;
}

const exchange = (
  code: string,
  changes: Partial<Record<'client_id' | 'client_secret' | 'redirect_uri', string>> = {},
) => nobody().oauth.v2.access({ ...app(), code, redirect_uri: REDIRECT, ...changes });

async function codeFor(team: string): Promise<string> {
  const back = await decideAt(authorizeUrl(), { team, person: PEOPLE.ana });
  return back.searchParams.get('code') ?? '';
}

async function tokenOf(team: string): Promise<string> {
  const { access_token: token } = await exchange(await codeFor(team));
  return token ?? '';
}

describe('the consent page', () => {
  it('shows the app, the scopes and the workspaces', async () => {
    const text = await (await fetch(authorizeUrl())).text();
    for (const said of ['Lull asks to be installed', 'chat:write', 'Playground', 'Acme', 'Allow', 'Cancel']) {
      expect(text).toContain(said);
    }
  });

  it('redirects with a code and the state after Allow, with an error after Cancel', async () => {
    const allowed = await decideAt(authorizeUrl(), { team: ACME.id, person: PEOPLE.ana });
    expect(`${allowed.origin}${allowed.pathname}`).toBe(REDIRECT);
    expect(allowed.searchParams.get('state')).toBe('a-state');
    const canceled = await decideAt(authorizeUrl(), { team: ACME.id, person: PEOPLE.ana, allow: false });
    expect(Object.fromEntries(canceled.searchParams)).toEqual({ error: 'access_denied', state: 'a-state' });
  });

  it.each([
    ['another app', { client_id: '1.2' }, 'invalid_client_id'],
    ['an address that the app does not have', { redirect_uri: 'http://127.0.0.1:9/elsewhere' }, 'bad_redirect_uri'],
    ['one that only begins like it', { redirect_uri: `${REDIRECT}.evil.example` }, 'bad_redirect_uri'],
    ['a right that its manifest does not name', { scope: 'commands,admin' }, 'invalid_scope'],
  ])('is not shown for %s', async (_, change, word) => {
    const answer = await fetch(authorizeUrl(change));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(word);
  });

  it('rejects guests', async () => {
    await expect(decideAt(authorizeUrl(), { team: ACME.id, person: PEOPLE.guest })).rejects.toThrow('is_not_allowed');
  });
});

describe('a code', () => {
  it('is exchanged once for the token of its workspace', async () => {
    const code = await codeFor(ACME.id);
    const first = await exchange(code);
    expect(first).toMatchObject({
      team: { id: ACME.id, name: 'Acme' },
      authed_user: { id: PEOPLE.ana },
      token_type: 'bot',
    });
    expect(await bot(first.access_token ?? '').auth.test()).toMatchObject({ team_id: ACME.id, team: 'Acme' });
    expect(await outcome(exchange(code))).toBe('code_already_used');
  });

  it.each([
    ['another secret', { client_secret: 'x' }, 'bad_client_secret'],
    ['another app', { client_id: '1.2' }, 'invalid_client_id'],
    ['another address', { redirect_uri: 'http://127.0.0.1:9/elsewhere' }, 'bad_redirect_uri'],
  ])('is not taken with %s', async (_, change, word) => {
    expect(await outcome(exchange(await codeFor(ACME.id), change))).toBe(word);
  });

  it('that is unknown is rejected', async () => {
    expect(await outcome(exchange('invented'))).toBe('invalid_code');
  });
});

describe('a bot token', () => {
  it('works in its own workspace only', async () => {
    const own = bot(await tokenOf(playground.teamId));
    const theirs = bot(await tokenOf(ACME.id));
    const secret = playground.team(ACME.id).as('ana').createChannel('acme-only');
    expect(await outcome(theirs.conversations.join({ channel: secret }))).not.toBe('channel_not_found');
    playground.team(ACME.id).faults.inviteBot(secret);
    expect(await outcome(theirs.chat.postMessage({ channel: secret, text: 'ours' }))).toBe('ok');
    expect(await outcome(own.chat.postMessage({ channel: secret, text: 'not ours' }))).toBe('channel_not_found');

    playground.faults.inviteBot('#ops');
    await own.chat.postMessage({ channel: '#ops', text: 'for the one' });
    const said = (of: { as: Playground['as'] }) =>
      of
        .as('ana')
        .messages('#ops')
        .map(({ text }) => text);
    expect(said(playground)).toContain('for the one');
    expect(said(playground.team(ACME.id))).not.toContain('for the one');
  });

  it('stops working after an uninstallation in that workspace only; the next installation has another one', async () => {
    const own = await tokenOf(playground.teamId);
    const theirs = await tokenOf(ACME.id);
    await bot(theirs).apps.uninstall(app());
    expect(await outcome(bot(theirs).auth.test())).toBe('account_inactive');
    expect(await outcome(bot(own).auth.test())).toBe('ok');
    const again = await tokenOf(ACME.id);
    expect(again).not.toBe(theirs);
    expect(await outcome(bot(again).auth.test())).toBe('ok');
    expect(await outcome(bot(theirs).auth.test())).toBe('account_inactive');
  });
});
