import { BOT_ID, BOT_USER } from '../workspace/seed.ts';
import { botProfile } from '../workspace/slack-objects.ts';
import { type Method, method, SlackFailure, text } from './method.ts';

const authTest = method({
  token: 'either',
  input: {},
  run: (_args, world) => ({
    url: `${world.origin()}/`,
    team: world.workspace.team.name,
    user: world.workspace.person(BOT_USER)?.name,
    team_id: world.workspace.team.id,
    user_id: BOT_USER,
    bot_id: BOT_ID,
    is_enterprise_install: false,
  }),
});

const apiTest = method({ token: 'none', input: {}, run: () => ({ args: {} }) });

const connectionsOpen = method({
  token: 'app',
  input: {},
  run(_args, world) {
    if (world.socketTicket === undefined) throw new SlackFailure('socket_mode_not_enabled');
    return { url: `${world.origin().replace(/^http/, 'ws')}/link/?ticket=${world.socketTicket()}` };
  },
});

const botInfo = method({
  scopes: ['users:read'],
  tier: 3,
  input: { bot: text.optional() },
  run(args, world) {
    if (args.bot !== undefined && args.bot !== BOT_ID) throw new SlackFailure('bot_not_found');
    return { bot: botProfile(world.workspace) };
  },
});

const teamInfo = method({
  scopes: ['team:read'],
  tier: 3,
  input: {},
  run: (_args, world) => ({
    team: { ...world.workspace.team, url: `${world.origin()}/`, email_domain: '', icon: {} },
  }),
});

export const installation: Record<string, Method> = {
  'api.test': apiTest,
  'auth.test': authTest,
  'apps.connections.open': connectionsOpen,
  'bots.info': botInfo,
  'team.info': teamInfo,
};
