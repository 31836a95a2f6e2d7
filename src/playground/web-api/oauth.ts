import { randomBytes } from 'node:crypto';
import { ORGANIZATION } from '../authorize.ts';
import { addTo, removeFrom } from '../slack-app.ts';
import { APP_ID, BOT_USER } from '../workspace/seed.ts';
import type { World } from '../world.ts';
import { type Method, method, SlackFailure, text } from './method.ts';

function mustBeTheApp(
  { app }: World,
  { client_id, client_secret }: { client_id: string; client_secret: string },
): void {
  if (client_id !== app.clientId) throw new SlackFailure('invalid_client_id');
  if (client_secret !== app.clientSecret) throw new SlackFailure('bad_client_secret');
}

const access = method({
  token: 'none',
  input: { client_id: text, client_secret: text, code: text, redirect_uri: text.optional() },
  run(args, world) {
    mustBeTheApp(world, args);
    const grant = world.app.spendCode(args.code);
    if (typeof grant === 'string') throw new SlackFailure(grant);
    if (args.redirect_uri !== grant.redirectUri) throw new SlackFailure('bad_redirect_uri');
    const { team, manifest } = grant.world.workspace;
    const rotates = manifest.settings?.token_rotation_enabled === true;
    return {
      access_token: addTo(grant.world),
      token_type: 'bot',
      scope: grant.scopes.join(','),
      bot_user_id: BOT_USER,
      app_id: APP_ID,
      team: grant.org ? null : { id: team.id, name: team.name },
      enterprise: grant.org ? { ...ORGANIZATION } : null,
      authed_user: { id: grant.person },
      is_enterprise_install: grant.org,
      ...(rotates ? { refresh_token: `xoxe-1-${randomBytes(18).toString('hex')}`, expires_in: 43_200 } : {}),
    };
  },
});

const uninstall = method({
  input: { client_id: text, client_secret: text },
  run(args, world) {
    mustBeTheApp(world, args);
    removeFrom(world, BOT_USER);
    return {};
  },
});

export const oauth: Record<string, Method> = { 'oauth.v2.access': access, 'apps.uninstall': uninstall };
