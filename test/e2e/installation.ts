import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { Lull } from '../../src/app/lull.ts';
import { EVENTS_PATH } from '../../src/app/slack.ts';
import { KINDS } from '../../src/checks/providers/kinds.ts';
import type { ProviderKind } from '../../src/checks/providers/provider.ts';
import type { Secrets } from '../../src/checks/secrets.ts';
import { MovableClock } from '../../src/core/clock.ts';
import { createDemoCatalogue } from '../../src/demo/catalogue.ts';
import { DemoClock } from '../../src/demo/clock.ts';
import { HttpServer } from '../../src/http/server.ts';
import type { Queries } from '../../src/platform/database.ts';
import { countActiveJobs } from '../../src/platform/jobs.ts';
import { OutboundClient } from '../../src/platform/outbound/client.ts';
import { Vault } from '../../src/platform/vault.ts';
import { CHANNELS, type Playground, type PlaygroundOptions, startPlayground } from '../../src/playground/server.ts';
import { LOOPBACK } from '../checks/providers/connected.ts';
import { testDatabase } from '../database.ts';
import { temporaryFolder } from '../folder.ts';
import { silent } from '../world.ts';

export { textOf } from '../message-text.ts';

export const ADMIN_TOKEN = 'a-token-for-the-tests';
export const SENTENCE = '/maintenance api tomorrow 2am for 2h: Postgres upgrade';

export interface InstallationOptions {
  readonly mode?: 'socket' | 'http';
  readonly playground?: Partial<PlaygroundOptions>;
  /** `false` starts without services. */
  readonly catalogue?: boolean;
  readonly secrets?: Secrets;
  /** The available kinds of monitoring systems. */
  readonly kinds?: readonly ProviderKind[];
}

/** Starts Lull in the playground, as `npm start` does, on a new database. */
export async function install({
  mode = 'socket',
  playground: playgroundOptions = {},
  catalogue = true,
  secrets = new Map(),
  kinds = KINDS,
}: InstallationOptions = {}) {
  const database = await testDatabase();
  const folder = await temporaryFolder('e2e');
  const outgoing = new OutboundClient({ allowed: LOOPBACK });
  const server = new HttpServer();
  const port = await server.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const clock = new MovableClock();
  const demoClock = new DemoClock(clock, join(folder, 'clock'));
  const playground = await startPlayground({
    port: 0,
    clock: demoClock,
    manifest: parse(await readFile(new URL('../../manifest.yml', import.meta.url), 'utf8')),
    ...(mode === 'http' ? { eventsUrl: `${url}${EVENTS_PATH}` } : {}),
    ...playgroundOptions,
  });
  const lull = await startLull(playground);

  async function startLull(workspace: Playground, httpServer = server): Promise<Lull> {
    const { apiUrl, botToken, appToken, signingSecret } = workspace;
    const started = new Lull({
      server: httpServer,
      databaseUrl: database.url,
      vault: new Vault(['the encryption key of the tests']),
      checks: { fetch: outgoing.fetch, publicUrl: url, secrets, kinds },
      edge: { requestsPerMinute: 0, proxies: 0, corsOrigins: [] },
      adminToken: ADMIN_TOKEN,
      credentials: mode === 'http' ? { mode, apiUrl, botToken, signingSecret } : { mode, apiUrl, botToken, appToken },
      defaults: { timezone: 'UTC', defaultChannel: undefined },
      clock,
      log: silent,
    });
    demoClock.attach({ database: started.ctx.database, wake: () => started.timer.wake() });
    await started.start();
    return started;
  }

  if (catalogue && lull.workspace !== undefined) {
    await createDemoCatalogue(lull.ctx, lull.workspace.account.id, [
      { channel: CHANNELS.ops, audience: 'internal' },
      { channel: CHANNELS.status, audience: 'public' },
    ]);
  }

  return {
    url,
    playground,
    lull,
    clock,
    database,
    /** Moves the clock to the next due event, and waits until it is processed. */
    async jump() {
      const next = await demoClock.nextEvent();
      if (next === undefined) throw new Error('nothing is planned, so there is no next event');
      await demoClock.moveTo(next);
    },
    /** Waits until no job is left to run, so that the absence of a message can be asserted. */
    settle: () => settled(lull.ctx.database),
    /** Starts another Lull on the same database and workspace, as after a crash. */
    again: () => startLull(playground, new HttpServer()),
    /** Sends a request to the HTTP API, by default with the admin token. */
    async api(method: string, path: string, body?: unknown, token = ADMIN_TOKEN) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
    },
    async close() {
      await lull.stop();
      await outgoing.close();
      await playground.close();
      await database.close();
    },
  };
}
export type Installation = Awaited<ReturnType<typeof install>>;

/** Waits until no job can run now. */
export async function settled(database: Queries): Promise<void> {
  await expect.poll(() => countActiveJobs(database), { timeout: 20_000, interval: 20 }).toBe(0);
}
