import { BOT_ID, BOT_USER } from '../workspace/seed.ts';
import { toBotProfile } from '../workspace/slack-objects.ts';
import { defineMethod, type Method, SlackError, text } from './method.ts';

const authTest = defineMethod({
  token: 'either',
  input: {},
  run: (_args, team) => ({
    url: `${team.origin()}/`,
    team: team.workspace.team.name,
    user: team.workspace.person(BOT_USER)?.name,
    team_id: team.workspace.team.id,
    user_id: BOT_USER,
    bot_id: BOT_ID,
    is_enterprise_install: false,
  }),
});

const apiTest = defineMethod({ token: 'none', input: {}, run: () => ({ args: {} }) });

const connectionsOpen = defineMethod({
  token: 'app',
  input: {},
  run(_args, team) {
    if (team.socketTicket === undefined) throw new SlackError('socket_mode_not_enabled');
    return { url: `${team.origin().replace(/^http/, 'ws')}/link/?ticket=${team.socketTicket()}` };
  },
});

const botInfo = defineMethod({
  scopes: ['users:read'],
  tier: 3,
  input: { bot: text.optional() },
  run(args, team) {
    if (args.bot !== undefined && args.bot !== BOT_ID) throw new SlackError('bot_not_found');
    return { bot: toBotProfile(team.workspace) };
  },
});

const teamInfo = defineMethod({
  scopes: ['team:read'],
  tier: 3,
  input: {},
  run: (_args, team) => ({
    team: { ...team.workspace.team, url: `${team.origin()}/`, email_domain: '', icon: {} },
  }),
});

export const installation: Record<string, Method> = {
  'api.test': apiTest,
  'auth.test': authTest,
  'apps.connections.open': connectionsOpen,
  'bots.info': botInfo,
  'team.info': teamInfo,
};
