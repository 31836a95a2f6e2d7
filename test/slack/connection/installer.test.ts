import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../src/platform/log.ts';
import { Vault } from '../../../src/platform/vault.ts';
import { createClient } from '../../../src/slack/connection/client.ts';
import { Installer } from '../../../src/slack/connection/installer.ts';
import { type World, world } from '../../world.ts';

const CODE = '1234.5678.marked-code';
const CLIENT_SECRET = 'marked-client-secret';
const TOKEN = 'xoxb-1-marked-token';

let w: World;
let slack: Server;
let lull: Server;
let url: string;
let apiUrl: string;
/** The calls to Slack, with their tokens. */
const calls: [method: string, token: string][] = [];
let installation: Record<string, unknown>;
const lines: string[] = [];
const log = createLog({ level: 'trace', destination: { write: (line) => void lines.push(line) } });

const address = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  w = await world();
  slack = createServer(async (request, response) => {
    const method = (request.url ?? '').split('/').at(-1) ?? '';
    const form = new URLSearchParams(await text(request));
    calls.push([method, (request.headers.authorization ?? '').replace('Bearer ', '') || (form.get('token') ?? '')]);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(method === 'oauth.v2.access' ? installation : { ok: true, revoked: true }));
  }).listen(0, '127.0.0.1');
  await once(slack, 'listening');
  apiUrl = `${address(slack)}/api/`;
  lull = createServer((request, response) => void installer.handle(request, response)).listen(0, '127.0.0.1');
  await once(lull, 'listening');
  url = address(lull);
  const installer = new Installer({
    ctx: w.ctx,
    apiUrl,
    log,
    vault: new Vault(['a key of the tests that is long enough']),
    defaults: { timezone: 'UTC', defaultChannel: undefined },
    credentials: {
      clientId: '1.2',
      clientSecret: CLIENT_SECRET,
      stateSecret: 'marked-state-secret',
      publicUrl: url,
      scopes: ['chat:write'],
    },
  });
});
afterAll(async () => {
  slack.close();
  lull.close();
  slack.closeAllConnections();
  lull.closeAllConnections();
  await w.close();
});
beforeEach(() => {
  calls.length = 0;
  installation = {
    ok: true,
    access_token: TOKEN,
    token_type: 'bot',
    scope: 'chat:write',
    bot_user_id: 'U0BOT',
    app_id: 'A0LULL',
    team: { id: 'T0NEW', name: 'New' },
    authed_user: { id: 'U0ANA' },
  };
});

/** Goes to Slack, and comes back as after a consent. */
async function install() {
  const there = await fetch(`${url}/slack/install`, { redirect: 'manual' });
  const state = new URL(there.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const cookie = (there.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const back = `${url}/slack/oauth_redirect?${new URLSearchParams({ code: CODE, state })}`;
  return fetch(back, { headers: { cookie }, redirect: 'manual' });
}
const revoked = () => calls.filter(([method]) => method === 'auth.revoke').map(([, token]) => token);

test('an installation keeps its token', async () => {
  expect((await install()).status).toBe(200);
  expect(revoked()).toEqual([]);
});

test.each([
  ['of a whole organization', { is_enterprise_install: true, team: null, enterprise: { id: 'E0', name: 'Org' } }],
  ['with tokens that expire', { refresh_token: 'xoxe-1-marked-refresh', expires_in: 43_200 }],
])('an installation %s is refused, and its token is revoked', async (_, changes) => {
  installation = { ...installation, ...changes };
  expect((await install()).status).toBe(400);
  expect(revoked()).toEqual([TOKEN]);
});

test('the log has no secret of an installation or a call at any level', async () => {
  await install();
  installation = { ok: false, error: 'invalid_code' };
  await install();
  const client = createClient(log, TOKEN, apiUrl);
  await client.apiCall('views.open', { trigger_id: '1.2.marked-trigger', view: { private_metadata: 'x' } });
  await client.apiCall('tooling.tokens.rotate', { refresh_token: 'marked-refresh' });
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.join('')).toContain('oauth.v2.access');
  expect(lines.filter((line) => line.includes('marked'))).toEqual([]);
});
