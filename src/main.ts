import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from 'pino';
import { parse } from 'yaml';
import { Lull } from './app/lull.ts';
import { type Config, loadConfig } from './config.ts';
import { createDemoCatalogue } from './demo/catalogue.ts';
import { DemoClock, loadClock } from './demo/clock.ts';
import { HttpServer } from './http/server.ts';
import { createDataDir, ensureSecret, StartError } from './platform/data-dir.ts';
import { startEmbedded } from './platform/embedded/server.ts';
import { createLog } from './platform/log.ts';
import { assertOnlyTeam, migrate } from './platform/migrations.ts';
import { OutboundClient } from './platform/outbound/client.ts';
import { Vault } from './platform/vault.ts';
import { CHANNELS, PLAYGROUND_TEAM, type Playground, startPlayground } from './playground/server.ts';
import { readBotScopes } from './slack/connection/installer.ts';
import { EXAMPLE } from './texts/slack-help.ts';

// Memory, with what `npm start` sets for malloc: garbage is collected when the heap has grown by this share of what is in
// use, and Prisma's WebAssembly, of which little is used, is compiled as it is called.
setFlagsFromString('--heap-growing-percent=30');
setFlagsFromString('--wasm-lazy-compilation');

const printError = console.error;

/** A stop that takes longer is cut off, because somebody waits for it. */
const STOP_TIMEOUT_MS = 4_800;

const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

type LullOptions = ConstructorParameters<typeof Lull>[0];

/** What was started, last first: the order in which it is stopped. */
const running: (() => Promise<void>)[] = [];

async function main(): Promise<void> {
  const result = loadConfig();
  if (!result.ok) throw new StartError(result.problems.map(({ sentence }) => sentence).join('\n'));
  const { config } = result;
  const log = createLog({ level: config.logLevel, secrets: config.knownSecrets });
  // Libraries print some errors that they report, too. The log has one form.
  for (const method of ['trace', 'warn', 'error'] as const) {
    console[method] = (...parts: unknown[]) => log.warn({ part: 'library' }, format(...parts));
  }
  if (config.unknownVariables.length > 0) {
    log.warn({ variables: config.unknownVariables }, 'variables are set that Lull does not know; they have no effect');
  }

  const server = new HttpServer();
  const port = await listen(server, config.port, config.host);
  running.unshift(() => server.close());
  const databaseUrl = await startDatabase(config, log);
  const token = config.adminToken === undefined ? await ensureSecret(config.dataDir, 'admin-token') : undefined;
  const keys = config.encryptionKeys ?? [(await ensureSecret(config.dataDir, 'encryption-key')).secret];
  const url = config.publicUrl ?? `http://localhost:${port}`;
  const outgoing = new OutboundClient({ allowed: config.allowedAddresses });
  running.unshift(() => outgoing.close());
  const options = {
    server,
    databaseUrl,
    vault: new Vault(keys),
    edge: { requestsPerMinute: config.rateLimit, proxies: config.proxies, corsOrigins: config.corsOrigins },
    checks: { fetch: outgoing.fetch, publicUrl: url, secrets: config.secrets },
    adminToken: token?.secret ?? config.adminToken ?? '',
    quotas: config.quotas,
    defaults: { timezone: config.defaultTimezone, defaultChannel: config.defaultChannel },
    log,
  };
  const { slack } = config;
  let playground: Playground | undefined;
  if (slack.mode === 'playground') playground = await startInPlayground(config, slack.port, options);
  else await startLull(new Lull({ ...options, credentials: await toCredentials(slack, url) }));

  console.log(`Lull is ready at ${url}`);
  if (playground !== undefined) console.log(`Playground:  ${playground.url}`);
  if (slack.mode !== 'playground' && slack.oauth !== undefined) {
    console.log(`Workspaces install it at ${url}/slack/install`);
  }
  console.log(`Admin token: ${token === undefined ? 'LULL_ADMIN_TOKEN' : `in ${relative('', token.file)}`}`);
  if (playground !== undefined) console.log(`Open the playground in a browser and type:\n  ${EXAMPLE}`);
}

async function listen(server: HttpServer, port: number, host: string): Promise<number> {
  try {
    return await server.listen(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new StartError(`Port ${port} is in use by another program. Set PORT to another one, or stop that program.`);
    }
    if (code === 'EACCES') {
      throw new StartError(`This user may not listen on port ${port}. Set PORT to one above 1023, such as 3000.`);
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new StartError(
        `LULL_HOST is ${host}, which is no address of this machine. Set it to one, or leave it out.`,
      );
    }
    throw error;
  }
}

/** Returns the URL of the migrated database: that of DATABASE_URL, or of the embedded one. */
async function startDatabase(config: Config, log: Logger): Promise<string> {
  const { dataDir, databaseUrl: external } = config;
  let url = external;
  if (url === undefined) {
    await createDataDir(dataDir);
    const embedded = await startEmbedded(dataDir, { report: (sentence) => log.warn(sentence) });
    running.unshift(() => embedded.stop());
    url = embedded.url;
  }
  // Anybody on this machine can move the clock of the playground.
  if (config.slack.mode === 'playground') await assertOnlyTeam(url, PLAYGROUND_TEAM.id);
  await migrate({ databaseUrl: url, folder: MIGRATIONS, ...(external === undefined ? { dataDir } : {}) });
  return url;
}

async function toCredentials(slack: Exclude<Config['slack'], { mode: 'playground' }>, publicUrl: string) {
  if (slack.oauth === undefined) return slack;
  return { ...slack, oauth: { ...slack.oauth, publicUrl, scopes: readBotScopes(await readManifest()) } };
}

/** The manifest of the Slack app. */
async function readManifest() {
  return parse(await readFile(new URL('../manifest.yml', import.meta.url), 'utf8'));
}

async function startLull(lull: Lull): Promise<void> {
  running.unshift(() => lull.stop());
  await lull.start();
}

/** Lull with the playground in Slack's place, a clock that can be moved, and a small catalogue. */
async function startInPlayground(config: Config, port: number, options: Omit<LullOptions, 'credentials'>) {
  const clockFile = join(config.dataDir, 'playground-clock');
  const clock = await loadClock(clockFile);
  const demoClock = new DemoClock(clock, clockFile);
  const playground = await startPlayground({
    port,
    file: join(config.dataDir, 'playground.json'),
    clock: demoClock,
    manifest: await readManifest(),
    pageDir: fileURLToPath(new URL('./playground/page', import.meta.url)),
  });
  running.unshift(() => playground.close());
  const { apiUrl, botToken, appToken } = playground;
  const lull = new Lull({ ...options, clock, credentials: { mode: 'socket', apiUrl, botToken, appToken } });
  demoClock.attach({ database: lull.ctx.database, wake: () => lull.timer.wake() });
  await startLull(lull);
  if (lull.workspace !== undefined) {
    await createDemoCatalogue(lull.ctx, lull.workspace.account.id, [
      { channel: CHANNELS.ops, audience: 'internal' },
      { channel: CHANNELS.status, audience: 'public' },
    ]);
  }
  return playground;
}

/** Stops what was started, within five seconds. */
async function stop(): Promise<void> {
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  for (const end of running.splice(0)) await end().catch(printError);
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void started.finally(stop).then(() => process.exit(process.exitCode ?? 0));
  });
}

const started = main().catch(async (error: unknown) => {
  // A StartError is a sentence for whoever starts Lull; anything else is a fault, and shown with its stack.
  printError(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
  if (!stopping) await stop().finally(() => process.exit(1));
});
