import { App, type Receiver } from '@slack/bolt';
import { beforeEach, describe, expect, test } from 'vitest';
import { WorkspaceRouter } from '../../../src/slack/connection/workspace-router.ts';
import { silent } from '../../world.ts';

const nothing: Receiver = { init() {}, start: async () => {}, stop: async () => {} };
const ABSENT = 'Lull is not installed here.';

let heard: string[];
let acks: unknown[];
let away: boolean;

/** A Bolt app of a workspace, which notes what it hears, and refuses what is for another one. */
async function appOf(team: string): Promise<App> {
  const app = new App({
    receiver: nothing,
    authorize: async ({ teamId }) => {
      if (teamId !== team) throw new Error(`for ${teamId}`);
      return { botToken: 'xoxb-1', botUserId: 'U0BOT', botId: 'B0BOT' };
    },
    deferInitialization: true,
  });
  await app.init();
  app.use(async ({ payload, next }) => {
    heard.push(`${team}: ${'type' in payload ? payload.type : 'command'}`);
    await next();
  });
  return app;
}

const apps = { T1: await appOf('T1'), T2: await appOf('T2') };
const switchboard = new WorkspaceRouter(
  nothing,
  async (team) => {
    if (away) throw new Error('the database is away');
    return team === 'T1' || team === 'T2' ? apps[team] : undefined;
  },
  ABSENT,
  silent,
);
const hear = (body: Record<string, unknown>) =>
  switchboard.processEvent({ body, ack: async (answer: unknown) => void acks.push(answer) });

const event = (team: string, authorized: string) => ({
  type: 'event_callback',
  team_id: team,
  event: { type: 'app_home_opened', user: 'U1', channel: 'D1', tab: 'home' },
  authorizations: [{ enterprise_id: null, team_id: authorized, user_id: 'U0BOT', is_bot: true }],
});
const command = (team: string) => ({
  command: '/maintenance',
  text: '',
  team_id: team,
  user_id: 'U1',
  channel_id: 'C1',
});
const view = (team: string, installed: string) => ({
  type: 'view_submission',
  team: { id: team },
  user: { id: 'U1', team_id: team },
  view: { id: 'V1', type: 'modal', callback_id: 'x', app_installed_team_id: installed },
});
const press = (team: string) => ({
  type: 'block_actions',
  team: { id: team },
  user: { id: 'U1', team_id: 'T9' },
  actions: [{ type: 'button', action_id: 'x', block_id: 'y' }],
});

beforeEach(() => {
  heard = [];
  acks = [];
  away = false;
});

describe('a request goes to the app of its workspace, and to no other', () => {
  test.each([
    ['a command', command('T2'), 'T2: command'],
    ['an event', event('T1', 'T1'), 'T1: app_home_opened'],
    ['an event in a channel that another workspace shares', event('T9', 'T2'), 'T2: app_home_opened'],
    ['a form', view('T1', 'T1'), 'T1: modal'],
    ['a form opened in the workspace of somebody else', view('T9', 'T1'), 'T1: modal'],
    ['a press of a button', press('T2'), 'T2: button'],
  ])('%s', async (_, body, expected) => {
    await hear(body);
    expect(heard).toEqual([expected]);
  });
});

describe('a request from a workspace without Lull', () => {
  test('is acknowledged, and handled by no app', async () => {
    await hear(event('T3', 'T3'));
    await hear(press('T3'));
    await hear({ type: 'event_callback', team_id: null, event: { type: 'message' } });
    await hear({});
    expect(acks).toEqual([undefined, undefined, undefined, undefined]);
    expect(heard).toEqual([]);
  });

  test('is answered with that, if it is a command', async () => {
    await hear(command('T3'));
    expect(acks).toEqual([{ response_type: 'ephemeral', text: ABSENT }]);
  });
});

test('while the workspace cannot be looked up, a command is answered, and an event is left for Slack to send again', async () => {
  away = true;
  await hear(command('T1'));
  expect(acks).toEqual([{ response_type: 'ephemeral', text: expect.stringContaining('Try again') }]);
  await expect(hear(event('T1', 'T1'))).rejects.toThrow('away');
  expect(acks).toHaveLength(1);
});
