import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Lull } from '../../src/app/lull.ts';
import { EVENTS_PATH, type SlackCredentials } from '../../src/app/slack.ts';
import { KINDS } from '../../src/checks/providers/kinds.ts';
import { MovableClock } from '../../src/core/clock.ts';
import { DemoClock } from '../../src/demo/clock.ts';
import { HttpServer } from '../../src/http/server.ts';
import { OutboundClient } from '../../src/platform/outbound/client.ts';
import { Vault } from '../../src/platform/vault.ts';
import { PEOPLE, type Playground, startPlayground } from '../../src/playground/server.ts';
import { readBotScopes } from '../../src/slack/connection/installer.ts';
import { LOOPBACK } from '../checks/providers/connected.ts';
import { testDatabase } from '../database.ts';
import { temporaryFolder } from '../folder.ts';
import { type Decision, decideAt } from '../playground/consent.ts';
import { silent } from '../world.ts';
import { ADMIN_TOKEN } from './installation.ts';

/** Two workspaces of one Lull. Their users and channels have the same ids, so only the team id tells them apart. */
export const PLAIN = 'T0LOCALDEV';
export const ACME = 'T0ACME';

export const STATE_SECRET = 'the state secret of the tests';

/** A page as a browser receives it. */
export interface PageResponse {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Starts Lull with OAuth on a new database, and two workspaces that have not installed it yet. */
export async function manyWorkspaces({
  mode = 'http',
  rotation = false,
  defaultChannel,
}: {
  readonly mode?: 'socket' | 'http';
  /** Whether the Slack app uses token rotation. */
  readonly rotation?: boolean;
  readonly defaultChannel?: string;
} = {}) {
  const database = await testDatabase();
  const folder = await temporaryFolder('e2e');
  const outgoing = new OutboundClient({ allowed: LOOPBACK });
  const server = new HttpServer();
  const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  const clock = new MovableClock();
  const demoClock = new DemoClock(clock, join(folder, 'clock'));
  const manifest = parse(await readFile(new URL('../../manifest.yml', import.meta.url), 'utf8'));
  manifest.settings.token_rotation_enabled = rotation;
  manifest.oauth_config.redirect_urls = [`${url}/slack/oauth_redirect`];
  const playground = await startPlayground({
    port: 0,
    clock: demoClock,
    manifest,
    installed: false,
    teams: [{ id: ACME, name: 'Acme <b>Inc</b>', domain: 'acme' }],
    messageRate: false,
    tierLimits: false,
    ...(mode === 'http' ? { eventsUrl: `${url}${EVENTS_PATH}` } : {}),
  });
  const lull = await startLull(server);
  demoClock.attach({ database: lull.ctx.database, wake: () => lull.timer.wake() });

  async function startLull(httpServer: HttpServer): Promise<Lull> {
    const started = new Lull({
      server: httpServer,
      databaseUrl: database.url,
      vault: new Vault(['the encryption key of the tests']),
      checks: { fetch: outgoing.fetch, publicUrl: url, secrets: undefined, kinds: KINDS },
      edge: { requestsPerMinute: 0, proxies: 0, corsOrigins: [] },
      adminToken: ADMIN_TOKEN,
      credentials: credentialsOf(playground),
      defaults: { timezone: 'UTC', defaultChannel },
      clock,
      log: silent,
    });
    await started.start();
    return started;
  }

  function credentialsOf({ apiUrl, appToken, signingSecret, clientId, clientSecret }: Playground): SlackCredentials {
    const scopes = readBotScopes(manifest);
    const oauth = { clientId, clientSecret, stateSecret: STATE_SECRET, publicUrl: url, scopes };
    return mode === 'http' ? { mode, apiUrl, signingSecret, oauth } : { mode, apiUrl, appToken, oauth };
  }

  /** Opens a page of Lull without following redirects. */
  async function open(address: string | URL, cookie = ''): Promise<PageResponse> {
    const answer = await fetch(address, { redirect: 'manual', headers: { cookie } });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  }

  /** Installs until Slack redirects the browser back. Returns the redirect URL and the cookie. */
  async function decide(decision: Omit<Decision, 'person'> & { readonly person?: string }) {
    const sent = await open(`${url}/slack/install`);
    const [cookie = ''] = sent.headers.getSetCookie().map((each) => each.split(';', 1)[0] ?? '');
    const back = await decideAt(sent.headers.get('location') ?? '', { person: PEOPLE.ana, ...decision });
    return { back, cookie };
  }

  return {
    url,
    playground,
    lull,
    clock,
    database,
    open,
    decide,
    /** Installs Lull in a workspace. */
    async install(team: string): Promise<PageResponse> {
      const { back, cookie } = await decide({ team });
      return open(back, cookie);
    },
    /** Starts another Lull on the same database. */
    again: () => startLull(new HttpServer()),
    /** Moves the clock to the next due event, and waits until it is processed. */
    async jump() {
      const next = await demoClock.nextEvent();
      if (next === undefined) throw new Error('nothing is planned, so there is no next event');
      await demoClock.moveTo(next);
    },
    /** Sends a request to the HTTP API. */
    async api(method: string, path: string, { body, token = ADMIN_TOKEN }: { body?: unknown; token?: string } = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: JSON.parse(await response.text()) };
    },
    async close() {
      await lull.stop();
      await outgoing.close();
      await playground.close();
      await database.close();
    },
  };
}
export type ManyWorkspaces = Awaited<ReturnType<typeof manyWorkspaces>>;
