import oauth from '@slack/oauth';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lull } from '../../src/app/lull.ts';
import type { Exchange } from '../../src/playground/protocol.ts';
import { settled, textOf } from './installation.ts';
import { ACME, type ManyWorkspaces, manyWorkspaces, PLAIN, STATE_SECRET } from './workspaces.ts';

let env: ManyWorkspaces;
beforeAll(async () => {
  env = await manyWorkspaces();
});
afterAll(() => env.close());

const PATIENCE = 30_000;
const ana = (team: string) => env.playground.team(team).as('ana');
const db = () => env.lull.ctx.database;
const installed = () => db().installation.findMany({ where: { token: { not: null } }, select: { accountId: true } });

async function runCommand(team: string, line: string): Promise<string> {
  const who = ana(team);
  const before = who.ephemerals('#ops').length;
  await who.command('#ops', `/maintenance ${line}`);
  return textOf(await who.waitFor(`an answer to ${line}`, () => who.ephemerals('#ops').slice(before).at(-1)));
}
const waitForAnnouncement = (team: string, name: string, saying = '') =>
  ana(team).waitFor(`"${name}" ${saying}`, () =>
    ana(team)
      .messages('#ops')
      .filter(({ threadTs, ts }) => threadTs === undefined || threadTs === ts)
      .find((each) => textOf(each).includes(name) && textOf(each).includes(saying)),
  );

/** All rows of the database as text. */
async function dumpDatabase(): Promise<string> {
  const session = new pg.Client({ connectionString: env.database.url });
  await session.connect();
  const { rows: tables } = await session.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'graphile_worker')`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await session.query(`select t::text as row from ${name} t`);
    parts.push(...rows.map(({ row }) => String(row)));
  }
  await session.end();
  return parts.join('\n');
}

describe('a workspace does not install Lull', () => {
  const expectNothingInstalled = async (
    { status, text }: { status: number; text: string },
    wanted: number,
    expectedText: string,
  ) => {
    expect(status).toBe(wanted);
    expect(text).toContain('Lull was not installed');
    expect(text).toContain(expectedText);
    expect(text).toContain(`${env.url}/slack/install`);
    expect(await installed()).toEqual([]);
  };

  test('if the person cancels in Slack', async () => {
    const { back, cookie } = await env.decide({ team: ACME, allow: false });
    await expectNothingInstalled(await env.open(back, cookie), 403, 'It was not allowed in Slack');
  });

  test('if the state was forged', async () => {
    const { back } = await env.decide({ team: ACME });
    const forged = await new oauth.ClearStateStore('another secret').generateStateParam({ scopes: [] }, new Date());
    back.searchParams.set('state', forged);
    await expectNothingInstalled(
      await env.open(back, `slack-app-oauth-state=${forged}`),
      400,
      'older than ten minutes',
    );
  });

  test('if the state is older than ten minutes', async () => {
    const { back } = await env.decide({ team: ACME });
    const long = new Date(Date.now() - 601_000);
    const old = await new oauth.ClearStateStore(STATE_SECRET).generateStateParam({ scopes: [] }, long);
    back.searchParams.set('state', old);
    await expectNothingInstalled(await env.open(back, `slack-app-oauth-state=${old}`), 400, 'older than ten minutes');
  });

  test('if another browser returns, or one without a state', async () => {
    const { back, cookie } = await env.decide({ team: ACME });
    await expectNothingInstalled(await env.open(back), 400, 'opened in another browser');
    back.searchParams.delete('state');
    await expectNothingInstalled(await env.open(back, cookie), 400, 'opened in another browser');
  });

  test('if the whole organization was chosen', async () => {
    const { back, cookie } = await env.decide({ team: 'E0PLAYGROUND' });
    await expectNothingInstalled(
      await env.open(back, cookie),
      400,
      'one workspace at a time, not in a whole organization',
    );
  });

  test('if Slack does not know the code', async () => {
    const { back, cookie } = await env.decide({ team: ACME });
    back.searchParams.set('code', 'invented');
    await expectNothingInstalled(await env.open(back, cookie), 400, 'invalid_code');
  });
});

describe('two workspaces that install Lull', () => {
  let tokens: Record<string, string>;

  test('get a confirmation and an account each', async () => {
    const page = await env.install(ACME);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Lull is in Acme &lt;b&gt;Inc&lt;/b&gt;');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await env.install(PLAIN)).text).toContain('Lull is in Playground');
    const accounts = await db().account.findMany({ select: { slackTeamId: true }, orderBy: { id: 'asc' } });
    expect(accounts).toEqual([{ slackTeamId: ACME }, { slackTeamId: PLAIN }]);
    expect((await env.api('GET', '/readyz')).body).toEqual({ ok: true });
  });

  test('cannot use an installation link twice, even with a new code', async () => {
    const { back, cookie } = await env.decide({ team: ACME });
    expect((await env.open(back, cookie)).status).toBe(200);
    const fresh = await env.decide({ team: ACME });
    back.searchParams.set('code', fresh.back.searchParams.get('code') ?? '');
    const again = await env.open(back, cookie);
    expect(again.status).toBe(400);
    expect(again.text).toContain('was used before');
  });

  test('have tokens that cannot be found in the database', async () => {
    const everything = await dumpDatabase();
    expect(everything).toContain('v1.');
    for (const team of [ACME, PLAIN]) expect(everything).not.toContain(env.playground.team(team).botToken);
    expect(everything).not.toContain('xoxb-');
  });

  test("cannot use a sealed token moved from the other workspace's row", async () => {
    const [acme, plain] = await db().installation.findMany({ orderBy: { accountId: 'asc' } });
    await db().installation.update({ where: { accountId: plain?.accountId ?? 0 }, data: { token: acme?.token ?? '' } });
    const calls = env.playground.log().length;
    expect(await runCommand(PLAIN, 'list')).toContain('Something went wrong inside Lull');
    expect(
      env.playground
        .log()
        .slice(calls)
        .map(({ direction }) => direction),
    ).not.toContain('from_app');
    await db().installation.update({
      where: { accountId: plain?.accountId ?? 0 },
      data: { token: plain?.token ?? '' },
    });
  });

  test('must be named by requests with the admin token', async () => {
    expect(await env.api('GET', '/api/v1/services')).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('?account=<Slack team id>') },
    });
    expect((await env.api('GET', '/api/v1/services?account=T0NOBODY')).status).toBe(400);
    expect(await env.api('GET', '/api/1/maintenance')).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining('Slack team id as customerid') },
    });
    expect((await env.api('GET', '/api/1/maintenance?customerid=T0NOBODY')).status).toBe(403);
    expect((await env.api('GET', `/api/1/maintenance?customerid=${ACME}`)).body).toEqual({ schedules: {} });
    tokens = {};
    for (const team of [ACME, PLAIN]) {
      const created = await env.api('POST', `/api/v1/tokens?account=${team}`, {
        body: { name: 'ci', rights: 'admin' },
      });
      tokens[team] = created.body.token;
    }
  });

  test('have services of their own with the same name', async () => {
    for (const team of [ACME, PLAIN]) {
      const token = tokens[team] ?? '';
      const { body: service } = await env.api('POST', '/api/v1/services', { token, body: { name: 'api' } });
      const check = { name: `health of ${team}`, services: [service.id] };
      expect((await env.api('POST', '/api/v1/checks', { token, body: check })).status).toBe(201);
    }
    const { body } = await env.api('GET', '/api/v1/services', { token: tokens[ACME] ?? '' });
    expect(JSON.stringify(body).match(/"api"/g)).toHaveLength(1);
  });

  test('schedule with the same command, and see nothing of each other in channels, lists, searches or over HTTP', async () => {
    for (const team of [ACME, PLAIN]) {
      env.playground.team(team).faults.inviteBot('#ops');
      expect(await runCommand(team, 'subscribe all internal')).not.toContain('went wrong');
    }
    for (const team of [ACME, PLAIN]) {
      const who = ana(team);
      const before = who.ephemerals('#ops').length;
      await who.command('#ops', `/maintenance api tomorrow 2am for 2h: Work at ${team}`);
      const preview = await who.waitFor('a preview', () => who.ephemerals('#ops').slice(before).at(-1));
      await who.press(preview, 'draft.schedule');
      await waitForAnnouncement(team, `Work at ${team}`);
    }
    for (const [team, other] of [
      [ACME, PLAIN],
      [PLAIN, ACME],
    ] as const) {
      const messages = JSON.stringify(ana(team).messages('#ops'));
      expect(messages).toContain(`Work at ${team}`);
      expect(messages).not.toContain(`Work at ${other}`);
      const list = await runCommand(team, 'list');
      expect(list).toContain(`Work at ${team}`);
      expect(list).not.toContain(`Work at ${other}`);
      expect(await runCommand(team, 'checks api')).not.toContain(`health of ${other}`);
      const { body } = await env.api('GET', '/api/v1/maintenances', { token: tokens[team] ?? '' });
      expect(JSON.stringify(body)).toContain(`Work at ${team}`);
      expect(JSON.stringify(body)).not.toContain(`Work at ${other}`);
    }
  });

  test("cannot show, start or comment on each other's maintenances", async () => {
    const foreign = await db().maintenance.findFirstOrThrow({ where: { name: `Work at ${PLAIN}` } });
    for (const line of [`show ${foreign.id}`, `start ${foreign.id}`, `comment ${foreign.id} hello`]) {
      expect(await runCommand(ACME, line)).toContain(`There is no maintenance ${foreign.id}`);
    }
    const path = `/api/v1/maintenances/${foreign.id}`;
    expect((await env.api('GET', path, { token: tokens[ACME] ?? '' })).status).toBe(404);
  });

  test('do not wait for each other if Slack limits one of them', async () => {
    env.playground.team(ACME).faults.method('chat.postMessage', { status: 429, retryAfter: 60, times: 1_000 });
    for (const team of [ACME, PLAIN]) {
      const start = new Date(env.clock.now().getTime() + 30 * 3_600_000);
      const body = {
        name: `Later at ${team}`,
        scheduled_start_date: start.toISOString(),
        scheduled_end_date: new Date(start.getTime() + 3_600_000).toISOString(),
        service: (await db().service.findFirstOrThrow({ where: { account: { slackTeamId: team } } })).id,
        service_status: 'down',
      };
      expect((await env.api('POST', '/api/v1/maintenances', { token: tokens[team] ?? '', body })).status).toBe(201);
    }
    await waitForAnnouncement(PLAIN, `Later at ${PLAIN}`);
    expect(JSON.stringify(ana(ACME).messages('#ops'))).not.toContain(`Later at ${ACME}`);
    env.playground.team(ACME).faults.clearMethods();
  });
});

describe('a workspace that removes Lull during a window', () => {
  const listEnabledChecks = async () =>
    (await db().check.findFirstOrThrow({ where: { account: { slackTeamId: ACME } } })).enabled;
  /** The Slack calls that failed since: every call fails in a workspace that removed the app. */
  const failedCalls = (from: number) =>
    env.playground
      .log()
      .filter(({ id, direction, outcome }: Exchange) => id > from && direction === 'from_app' && outcome === 'error');
  let account: number;

  test('has a window in progress with muted checks', async () => {
    const acme = await db().account.findFirstOrThrow({ where: { slackTeamId: ACME } });
    account = acme.id;
    const { id } = await db().maintenance.findFirstOrThrow({ where: { name: `Work at ${ACME}` } });
    await runCommand(ACME, `start ${id}`);
    await expect.poll(listEnabledChecks, { timeout: PATIENCE }).toBe(false);
    await waitForAnnouncement(ACME, `Work at ${ACME}`, 'In progress');
  });

  test('gets no more messages, its token is deleted, and its records stay', async () => {
    env.playground.team(ACME).faults.uninstall();
    await expect.poll(async () => (await installed()).length, { timeout: PATIENCE }).toBe(1);
    expect(await db().installation.findUnique({ where: { accountId: account } })).toMatchObject({ token: null });
    expect(await db().maintenance.count({ where: { accountId: account } })).toBe(2);
    expect(
      await db().auditEvent.findFirst({ where: { accountId: account, type: 'workspace.uninstalled' } }),
    ).toMatchObject({
      after: { reason: 'account_inactive' },
    });
  });

  test('has its window ended on time and its checks unmuted, without a request to Slack', async () => {
    const from = env.playground.log().at(-1)?.id ?? 0;
    const before = ana(ACME).messages('#ops');
    const isOver = () => db().maintenance.count({ where: { name: `Work at ${ACME}`, status: 'succeed' } });
    while ((await isOver()) === 0) await env.jump();
    await expect.poll(listEnabledChecks, { timeout: PATIENCE }).toBe(true);
    await settled(db());
    expect(failedCalls(from)).toEqual([]);
    expect(ana(ACME).messages('#ops')).toEqual(before);
    const failed = await db().$queryRaw<{ count: number }[]>`
      select count(*)::int as count from graphile_worker.jobs where attempts > 0`;
    expect(failed).toEqual([{ count: 0 }]);
  });

  test('does not affect the other workspace', async () => {
    expect(await runCommand(PLAIN, 'list')).toContain(`Work at ${PLAIN}`);
    expect((await env.api('GET', '/readyz')).body).toEqual({ ok: true });
  });

  test('continues with its account after it installs Lull again, and gets missed replies', async () => {
    expect((await env.install(ACME)).status).toBe(200);
    await waitForAnnouncement(ACME, `Work at ${ACME}`, 'Done');
    await waitForAnnouncement(ACME, `Later at ${ACME}`);
    expect(await installed()).toContainEqual({ accountId: account });
    expect(await db().account.count()).toBe(2);
    expect(await runCommand(ACME, 'list past')).toContain(`Work at ${ACME}`);
  });

  test('is not removed by late or repeated events of the earlier installation', async () => {
    env.playground.team(ACME).faults.redeliverEvent('app_uninstalled');
    env.playground.team(ACME).faults.redeliverEvent('tokens_revoked');
    await expect
      .poll(
        () =>
          env.playground.log().filter(({ title, outcome }) => title === 'app_uninstalled' && outcome === 'ok').length,
      )
      .toBeGreaterThan(1);
    expect(await runCommand(ACME, 'list')).toContain(`Later at ${ACME}`);
    expect(await installed()).toHaveLength(2);
  });

  test('is noticed if Slack refuses its token without an event', async () => {
    env.playground.team(ACME).faults.revokeTokens('token_revoked');
    const { id } = await db().maintenance.findFirstOrThrow({ where: { name: `Later at ${ACME}` } });
    await env.api('POST', `/api/v1/maintenances/${id}/comments?account=${ACME}`, {
      body: { comment: 'Anybody there' },
    });
    await expect.poll(async () => (await installed()).length, { timeout: PATIENCE }).toBe(1);
    const who = ana(ACME);
    const before = who.ephemerals('#ops').length;
    await who.command('#ops', '/maintenance list');
    const answer = await who.waitFor('an answer', () => who.ephemerals('#ops').slice(before).at(-1));
    expect(textOf(answer)).toContain(`${env.url}/slack/install`);
  });
});

test('an app with token rotation is not installed, and the page says why', async () => {
  const rotating = await manyWorkspaces({ rotation: true });
  try {
    const { status, text } = await rotating.install(ACME);
    expect(status).toBe(400);
    expect(text).toContain('Token rotation is on for this Slack app');
    expect(await rotating.lull.ctx.database.installation.count()).toBe(0);
  } finally {
    await rotating.close();
  }
});

describe('two instances of one Lull', () => {
  let two: ManyWorkspaces;
  let other: Lull;
  const person = (team: string) => two.playground.team(team).as('ana');
  beforeAll(async () => {
    two = await manyWorkspaces({ mode: 'socket', defaultChannel: 'ops' });
    other = await two.again();
    await person(PLAIN).waitFor('both to be connected', () => two.playground.connections() === 2);
  });
  afterAll(async () => {
    await other.stop();
    await two.close();
  });

  /** Sends one command per instance: Slack delivers each to another connection. */
  async function listInAll(team: string): Promise<string[]> {
    const answers: string[] = [];
    for (let instance = 0; instance < 2; instance++) {
      const before = person(team).ephemerals('#ops').length;
      await person(team).command('#ops', '/maintenance list');
      const answer = () => person(team).ephemerals('#ops').slice(before).at(-1);
      answers.push(textOf(await person(team).waitFor('an answer', answer)));
    }
    return answers;
  }

  test('both know a workspace that one of them installed, and its default channel', async () => {
    for (const team of [ACME, PLAIN]) expect((await two.install(team)).status).toBe(200);
    for (const answer of await listInAll(ACME)) expect(answer).toContain('/maintenance');
    const account = { account: ACME };
    const { body: service } = await two.api('POST', `/api/v1/services?${new URLSearchParams(account)}`, {
      body: { name: 'api' },
    });
    const start = new Date(two.clock.now().getTime() + 3_600_000);
    const window = {
      name: 'Shared work',
      service: service.id,
      service_status: 'down',
      scheduled_start_date: start.toISOString(),
      scheduled_end_date: new Date(start.getTime() + 3_600_000).toISOString(),
    };
    expect((await two.api('POST', `/api/v1/maintenances?account=${ACME}`, { body: window })).status).toBe(201);
    await person(ACME).waitFor('the announcement', () =>
      person(ACME)
        .messages('#ops')
        .find((message) => textOf(message).includes('Shared work')),
    );
    await settled(two.lull.ctx.database);
    expect(JSON.stringify(person(PLAIN).messages('#ops'))).not.toContain('Shared work');
    for (const answer of await listInAll(ACME)) expect(answer).toContain('Shared work');
    for (const answer of await listInAll(PLAIN)) expect(answer).not.toContain('Shared work');
  });

  test('both know that it removed Lull, and that it installed it again with another token', async () => {
    two.playground.team(ACME).faults.uninstall();
    await expect
      .poll(() => two.lull.ctx.database.installation.count({ where: { token: null } }), { timeout: PATIENCE })
      .toBe(1);
    expect((await two.install(ACME)).status).toBe(200);
    for (const answer of await listInAll(ACME)) expect(answer).toContain('Shared work');
    for (const answer of await listInAll(PLAIN)) expect(answer).not.toContain('went wrong');
  });
});
