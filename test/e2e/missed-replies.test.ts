import { afterEach, describe, expect, test } from 'vitest';
import type { Lull } from '../../src/app/lull.ts';
import { deleteComment } from '../../src/comments/commands.ts';
import { listComments } from '../../src/comments/repository.ts';
import { systemActor } from '../../src/core/permissions.ts';
import { PEOPLE, type PlaygroundOptions } from '../../src/playground/server.ts';
import { toMessageRef } from '../../src/slack/ids.ts';
import { createScenario, PATIENCE } from '../faults/stage.ts';
import { hours } from '../world.ts';
import { type Installation, install, settled, textOf } from './installation.ts';
import { ACME, manyWorkspaces, PLAIN } from './workspaces.ts';

let env: Installation;
let lull: Lull;
let scenario: ReturnType<typeof createScenario>;
let id: number;
/** The announcement of the window, in a public channel. */
let announcement: Awaited<ReturnType<typeof scenario.waitForAnnouncement>>;

/** Schedules a window in a workspace that never redelivers events, as after an outage longer than Slack's retries. */
async function announceWindow(
  playground: Partial<PlaygroundOptions> = {},
  mode: 'socket' | 'http' = 'socket',
): Promise<void> {
  env = await install({ mode, playground: { messageRate: false, tierLimits: false, redeliveryMs: [], ...playground } });
  lull = env.lull;
  scenario = createScenario(env);
  id = await scenario.schedule('Disk swap', new Date(env.clock.now().getTime() + hours(24)));
  announcement = await scenario.waitForAnnouncement('Disk swap', 'Scheduled', '#status');
}
/** Starts a new Lull on the same database and workspace, as after an update. */
async function startAgain(): Promise<void> {
  lull = await env.again();
}
const ana = () => env.playground.as('ana');
const say = (text: string) => ana().say('#status', text, { thread: announcement });
const reactions = (message: ReturnType<typeof say>) => ana().again(message)?.reactions ?? [];
/** Replies in the thread, and waits until the reply is a comment. */
async function sayAndWait(text: string) {
  const reply = say(text);
  await ana().waitFor(`the mark at ${text}`, () => reactions(reply).length === 1, PATIENCE);
  return reply;
}
const comments = async () => {
  const { account } = lull.workspace ?? expect.unreachable('Lull is connected');
  return (await listComments(lull.ctx.database, account.id, id)).map(({ text }) => text);
};
const replyCalls = () => env.playground.log().filter(({ title }) => title === 'conversations.replies');
const LONG = { timeout: 4 * PATIENCE };
const soon = { timeout: PATIENCE };

/** Starts a new Lull, and waits until it has read both threads of the window and ingested the missed replies. */
async function catchUp(): Promise<void> {
  const before = replyCalls().length;
  await startAgain();
  await expect.poll(() => replyCalls().length, soon).toBeGreaterThanOrEqual(before + 2);
  const waiting = () => lull.ctx.database.$queryRaw`
    select key from graphile_worker.jobs where task_identifier = 'ingest-replies'`;
  await expect.poll(waiting, soon).toEqual([]);
}

describe('a reply written in a thread while Lull was down', LONG, () => {
  afterEach(async () => {
    await lull.stop();
    await env.close();
  });

  test('becomes one comment when Lull is back, in order and in its latest version', async () => {
    await announceWindow();
    const first = await sayAndWait('First');
    const second = await sayAndWait('Half dnoe');
    const third = await sayAndWait('Ignore the alerts');
    const deleted = await sayAndWait('Not for the record');
    await deleteComment(lull.ctx, systemActor(lull.workspace?.account.id ?? 0), toMessageRef(deleted));
    await lull.stop();

    ana().edit(second, 'Half done');
    ana().delete(third);
    const late = say('The disk is in');
    ana().delete(say('hunter2'));
    ana().edit(say('Rebuidling'), 'Rebuilding');
    env.playground.as('jonas').join('#status');
    env.playground.as('jonas').say('#status', 'Looks good', { thread: announcement, broadcast: true });
    ana().say('#status', 'Lunch?');
    const guest = env.playground.as('guest');
    ana().invite('#status', PEOPLE.guest);
    const guestReply = guest.say('#status', 'May I', { thread: announcement });
    await startAgain();

    const expected = ['First', 'Half done', 'The disk is in', 'Rebuilding', 'Looks good'];
    await expect.poll(comments, soon).toEqual(expected);
    await ana().waitFor('the marks', () => reactions(late).length === 1 && reactions(first).length === 1, PATIENCE);
    const ops = await scenario.waitForAnnouncement('Disk swap');
    const thread = await scenario.waitForThread(ops, 'Looks good');
    expect(thread.filter((text) => text.includes('The disk is in'))).toHaveLength(1);
    expect(thread.join()).not.toMatch(/Ignore|hunter2|Lunch|May I/);
    expect(reactions(guestReply)).toEqual([]);

    // A guest who becomes a member later gets no comment for an earlier reply.
    env.playground.faults.changePerson('guest', { guest: false });
    await lull.stop();
    await catchUp();
    say('Done');
    await expect.poll(comments, soon).toEqual([...expected, 'Done']);
    expect(reactions(late)).toHaveLength(1);
  });

  test('has the time at which it was written', async () => {
    await announceWindow();
    await lull.stop();
    const { ts } = say('The disk is in');
    env.clock.moveTo(new Date(env.clock.now().getTime() + hours(2)));
    await startAgain();
    await expect.poll(comments, soon).toEqual(['The disk is in']);
    const [comment] = await lull.ctx.database.comment.findMany();
    expect(Math.floor((comment?.createdAt.getTime() ?? 0) / 1000)).toBe(Math.floor(Number(ts)));
  });

  test('that is too long to store is reported once, to its author only', async () => {
    await announceWindow();
    await lull.stop();
    say('x'.repeat(10_001));
    const answers = () => ana().ephemerals('#status').map(textOf);
    for (const _ of ['the first start', 'the second one']) {
      await catchUp();
      await expect.poll(answers, soon).toEqual([expect.stringContaining('not kept as a comment')]);
      await lull.stop();
    }
    await startAgain();
    say('Short');
    await expect.poll(comments, soon).toEqual(['Short']);
    await settled(lull.ctx.database);
    expect(answers()).toHaveLength(1);
  });

  test('is read with pauses if Slack asks for them, and page by page', async () => {
    await announceWindow({ messagePage: 3 });
    const first = await sayAndWait('Step 1');
    for (const step of [2, 3, 4]) await sayAndWait(`Step ${step}`);
    await lull.stop();
    ana().delete(first);
    say('Step 9');
    env.playground.faults.method('conversations.replies', { status: 429, retryAfter: 2, times: 1 });
    const startedAt = Date.now();
    await catchUp();
    expect(await comments()).toEqual(['Step 2', 'Step 3', 'Step 4', 'Step 9']);
    expect(Date.now() - startedAt).toBeGreaterThan(2_000);
    // One rate-limited call delays the other threads too, so only one call fails.
    expect(replyCalls().filter(({ outcome }) => outcome === 'error')).toHaveLength(1);
  });

  test('is read after a lost connection too', async () => {
    await announceWindow();
    env.playground.faults.method('apps.connections.open', { status: 503, times: 6 });
    env.playground.faults.disconnect('drop');
    await ana().waitFor('the connection to be lost', () => env.playground.connections() === 0);
    const reply = say('Can anybody hear me');
    await ana().waitFor('the mark', () => reactions(reply).length === 1, PATIENCE);
    expect(await comments()).toEqual(['Can anybody hear me']);
  });

  test('is read where Slack sends its requests over HTTP too', async () => {
    await announceWindow({}, 'http');
    await lull.stop();
    say('Nobody is there');
    await catchUp();
    expect(await comments()).toEqual(['Nobody is there']);
  });

  test('is read after a failure while it was processed', async () => {
    await announceWindow();
    env.playground.faults.method('users.info', { status: 503, times: 3 });
    const reply = say('Bad moment');
    await ana().waitFor('the mark', () => reactions(reply).length === 1, PATIENCE);
    expect(await comments()).toEqual(['Bad moment']);
  });

  test('in a channel that Lull was removed from is skipped, and holds up no other channel', async () => {
    await announceWindow();
    const other = await scenario.waitForAnnouncement('Disk swap', 'Scheduled', '#ops');
    await lull.stop();
    say('Into the void');
    env.playground.faults.kickBot('#status');
    const reply = ana().say('#ops', 'In here', { thread: other });
    await startAgain();
    await ana().waitFor('the mark', () => reactions(reply).length === 1, PATIENCE);
    await settled(lull.ctx.database);
    expect(await comments()).toEqual(['In here']);
    expect(ana().dms()).toEqual([]);
  });
});

test('becomes a comment in its own workspace only, and a rate-limited workspace holds up no other', LONG, async () => {
  const many = await manyWorkspaces({ mode: 'socket', defaultChannel: 'ops' });
  let again: Lull | undefined;
  try {
    const threads = [];
    for (const team of [ACME, PLAIN]) {
      await many.install(team);
      const { as, faults } = many.playground.team(team);
      faults.inviteBot('#ops');
      const person = as('ana');
      const service = await many.api('POST', `/api/v1/services?account=${team}`, { body: { name: 'api' } });
      const start = many.clock.now().getTime() + hours(24);
      const body = {
        name: `Work at ${team}`,
        service: service.body.id,
        scheduled_start_date: new Date(start).toISOString(),
        scheduled_end_date: new Date(start + hours(1)).toISOString(),
      };
      expect(await many.api('POST', `/api/v1/maintenances?account=${team}`, { body })).toMatchObject({ status: 201 });
      const announcement = () => person.messages('#ops').find((message) => textOf(message).includes('Work at'));
      const thread = await person.waitFor('the announcement', announcement, PATIENCE);
      threads.push({ team, person, thread });
    }
    await many.lull.stop();
    const replies = threads.map(({ team, person, thread }) => ({
      person,
      reply: person.say('#ops', `Said at ${team}`, { thread }),
    }));
    many.playground.team(ACME).faults.method('conversations.replies', { status: 429, retryAfter: 2 });
    again = await many.again();
    for (const { person, reply } of replies) {
      await person.waitFor('the mark', () => person.again(reply)?.reactions.length === 1, PATIENCE);
    }
    const comments = await again.ctx.database.comment.findMany({
      orderBy: { id: 'asc' },
      select: { text: true, maintenance: { select: { name: true, account: { select: { slackTeamId: true } } } } },
    });
    expect(comments).toEqual(
      [PLAIN, ACME].map((team) => ({
        text: `Said at ${team}`,
        maintenance: { name: `Work at ${team}`, account: { slackTeamId: team } },
      })),
    );
  } finally {
    await again?.stop();
    await many.close();
  }
});
