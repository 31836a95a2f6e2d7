import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { startPlayground } from '../../src/playground/server.ts';
import { testDatabase } from '../database.ts';
import { temporaryFolder } from '../folder.ts';
import { freePort } from '../port.ts';

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;

/** Starts Lull in a child process and collects its output. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH ?? '', TZ: process.env.TZ ?? 'UTC', PORT: '0', LULL_PLAYGROUND_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<{ code: number | null; printed: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, printed })),
  );
  return {
    child,
    ended,
    async until(words: string) {
      const over = ended.then(({ code }) => {
        throw new Error(`Lull ended with ${code} before it said "${words}":\n${printed}`);
      });
      while (!printed.includes(words)) await Promise.race([sleep(25), over]);
      over.catch(() => {});
      return printed;
    },
  };
}

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder('start');
});

/** Time to start a process with its own database on a busy machine, in milliseconds. */
const PATIENCE = { timeout: 120_000 };

describe('npm start, in the playground', PATIENCE, () => {
  test('prints its addresses, protects the token file, and ends within five seconds of a signal', async () => {
    const lull = start({ LULL_DATA_DIR: folder });
    const printed = await lull.until('Postgres upgrade');
    const url = /ready at (\S+)/.exec(printed)?.[1] ?? '';
    expect(printed).toMatch(/Playground: +http:\/\/127\.0\.0\.1:\d+/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await stat(join(folder, 'admin-token'))).mode & 0o777).toBe(0o600);

    const second = await start({ LULL_DATA_DIR: folder }).ended;
    expect(second.code).toBe(1);
    expect(second.printed).toContain('already running');
    expect(second.printed.trim().split('\n')).toHaveLength(1);

    const stopRequestedAt = performance.now();
    lull.child.kill('SIGTERM');
    expect((await lull.ended).code).toBe(0);
    // The limit is what Lull promises, not a measured speed.
    expect(performance.now() - stopRequestedAt).toBeLessThan(5_000);
  });

  test('starts again after a kill, on the database that it left running', async () => {
    const killed = start({ LULL_DATA_DIR: folder });
    await killed.until('Postgres upgrade');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const restarted = start({ LULL_DATA_DIR: folder });
    const printed = await restarted.until('Postgres upgrade');
    expect((await fetch(`${/ready at (\S+)/.exec(printed)?.[1]}/readyz`)).status).toBe(200);
    restarted.child.kill('SIGINT');
    expect((await restarted.ended).code).toBe(0);
  });
});

test(
  'npm start with LULL_PLAYGROUND=1 starts the playground on an external database, repeatedly',
  PATIENCE,
  async () => {
    const database = await testDatabase();
    const env = {
      DATABASE_URL: database.url,
      LULL_PLAYGROUND: '1',
      LULL_DATA_DIR: join(folder, 'own'),
      LULL_OTHER: 'x',
      SLACK_CHANNEL: '#ops',
    };
    for (const _ of ['a first time', 'a second time']) {
      const lull = start(env);
      const printed = await lull.until('Postgres upgrade');
      expect(printed.match(/"variables":\["LULL_OTHER","SLACK_CHANNEL"\]/g)).toHaveLength(1);
      lull.child.kill('SIGTERM');
      expect((await lull.ended).code).toBe(0);
    }
    await database.close();
  },
);

test(
  "npm start for many workspaces prints the installation address, and asks Slack for the manifest's scopes",
  PATIENCE,
  async () => {
    const database = await testDatabase();
    const slack = await startPlayground({ port: 0, installed: false });
    const port = await freePort();
    const lull = start({
      PORT: String(port),
      DATABASE_URL: database.url,
      LULL_DATA_DIR: join(folder, 'many'),
      LULL_PUBLIC_URL: 'https://lull.example.com',
      LULL_ADMIN_TOKEN: 'a-token-for-the-tests',
      LULL_ENCRYPTION_KEY: 'a-key-for-the-tests-of-32-characters',
      SLACK_API_URL: slack.apiUrl,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_CLIENT_ID: slack.clientId,
      SLACK_CLIENT_SECRET: slack.clientSecret,
      SLACK_STATE_SECRET: 'a-state-secret-of-the-tests',
    });
    await lull.until('Workspaces install it at https://lull.example.com/slack/install');
    const response = await fetch(`http://127.0.0.1:${port}/slack/install`, { redirect: 'manual' });
    const authorizeUrl = new URL(response.headers.get('location') ?? '');
    expect(`${authorizeUrl.origin}${authorizeUrl.pathname}`).toBe(`${slack.url}/oauth/v2/authorize`);
    expect(authorizeUrl.searchParams.get('redirect_uri')).toBe('https://lull.example.com/slack/oauth_redirect');
    expect(authorizeUrl.searchParams.get('scope')?.split(',')).toContain('chat:write');
    expect(await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()).toEqual({ ok: true });
    lull.child.kill('SIGTERM');
    expect((await lull.ended).code).toBe(0);
    await slack.close();
    await database.close();
  },
);

describe('a failed start says why in one sentence, and exits with 1', PATIENCE, () => {
  test('a port in use', async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, resolve));
    const address = busy.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, printed } = await start({ PORT: String(port), LULL_DATA_DIR: join(folder, 'other') }).ended;
    busy.close();
    expect(code).toBe(1);
    expect(printed.trim()).toBe(
      `Port ${port} is in use by another program. Set PORT to another one, or stop that program.`,
    );
  });

  test('an unreachable DATABASE_URL, without its password', async () => {
    const { code, printed } = await start({
      DATABASE_URL: 'postgresql://lull:secret@127.0.0.1:1/lull',
      LULL_PLAYGROUND: '1',
    }).ended;
    expect(code).toBe(1);
    expect(printed).toContain('DATABASE_URL');
    expect(printed).not.toContain('secret');
    expect(printed.trim().split('\n')).toHaveLength(1);
  });

  test('DATABASE_URL without Slack, which would start the playground on it', async () => {
    const database = await testDatabase();
    const { code, printed } = await start({ DATABASE_URL: database.url, SLACK_BOT_TOKN: 'xoxb-1' }).ended;
    expect(code).toBe(1);
    expect(printed).toContain('SLACK_BOT_TOKEN is not set. Expected with DATABASE_URL');
    expect(printed).toContain('SLACK_BOT_TOKN is not a variable of Lull. Did you mean SLACK_BOT_TOKEN?');
    await database.close();
  });

  test('the playground on a database with the account of a real workspace', async () => {
    const database = await testDatabase();
    const session = new pg.Client({ connectionString: database.url });
    await session.connect();
    await session.query(`insert into accounts (name, slack_team_id) values ('Acme', 'T0ACME')`);
    const { code, printed } = await start({ DATABASE_URL: database.url, LULL_PLAYGROUND: '1' }).ended;
    expect(code).toBe(1);
    expect(printed.trim()).toMatch(/^The playground does not start on this database: it has the account "Acme" of/);
    const { rows } = await session.query('select slack_team_id from accounts');
    expect(rows).toEqual([{ slack_team_id: 'T0ACME' }]);
    await session.end();
    await database.close();
  });

  test('an invalid Slack token', async () => {
    const database = await testDatabase();
    const slack = await startPlayground({ port: 0 });
    const env = { DATABASE_URL: database.url, SLACK_API_URL: slack.apiUrl, LULL_ADMIN_TOKEN: 'a-token-for-the-tests' };
    const bot = await start({ ...env, SLACK_BOT_TOKEN: 'xoxb-wrong', SLACK_APP_TOKEN: slack.appToken }).ended;
    expect(bot.code).toBe(1);
    expect(bot.printed.trim()).toMatch(/^Slack refuses SLACK_BOT_TOKEN \(invalid_auth\)\. .*OAuth & Permissions/);
    const app = await start({ ...env, SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: 'xapp-wrong' }).ended;
    expect(app.code).toBe(1);
    expect(app.printed.trim()).toMatch(/^Slack refuses SLACK_APP_TOKEN \(invalid_auth\)/);
    await slack.close();
    await database.close();
  });

  test('several invalid variables, all in one message', async () => {
    const { code, printed } = await start({ PORT: 'many', LULL_DEFAULT_TIMEZONE: 'Mars/Olympus' }).ended;
    expect(code).toBe(1);
    expect(printed).toContain('PORT is "many"');
    expect(printed).toContain('LULL_DEFAULT_TIMEZONE is "Mars/Olympus"');
  });
});
