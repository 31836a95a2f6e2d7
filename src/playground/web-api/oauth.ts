import { randomBytes } from 'node:crypto';
import { installApp, type SlackApp, type Team, uninstallApp } from '../team.ts';
import type { AppManifest } from '../workspace/manifest.ts';
import { APP_ID, BOT_USER } from '../workspace/seed.ts';
import { defineMethod, type Method, SlackError, text } from './method.ts';

// Installing the app with OAuth: the consent page, and the methods for the app.

export interface ConsentResponse {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** The choice of all workspaces. */
export const ORGANIZATION = { id: 'E0PLAYGROUND', name: 'The whole organization' } as const;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const renderPage = (status: number, title: string, inner: string, action = ''): ConsentResponse => ({
  status,
  body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem; } button, select { font: inherit; }</style>
</head>
<body><main><h1>${escapeHtml(title)}</h1>${inner}</main></body>
</html>
`,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${action}; frame-ancestors 'none'`,
  },
});

const renderRefusal = (error: string): ConsentResponse =>
  renderPage(400, 'This app cannot be installed', `<p>Slack says <code>${escapeHtml(error)}</code>.</p>`);

/** Slack's error code for an invalid authorization request. */
function findRequestError(app: SlackApp, manifest: AppManifest, query: URLSearchParams): string | undefined {
  if (query.get('client_id') !== app.clientId) return 'invalid_client_id';
  const redirectUri = query.get('redirect_uri') ?? '';
  const known = manifest.oauth_config?.redirect_urls ?? [];
  if (
    !known.some((url) => redirectUri === url || redirectUri.startsWith(`${url}/`) || redirectUri.startsWith(`${url}?`))
  ) {
    return 'bad_redirect_uri';
  }
  const granted = manifest.oauth_config?.scopes.bot ?? [];
  const scopes = parseScopes(query);
  if (scopes.length === 0 || scopes.some((scope) => !granted.includes(scope))) return 'invalid_scope';
  return undefined;
}

const parseScopes = (query: URLSearchParams): string[] => (query.get('scope') ?? '').split(',').filter(Boolean);

/** Renders the requested scopes with a choice of workspace and person. @param query of the authorization URL */
export function renderConsentPage(app: SlackApp, manifest: AppManifest, query: URLSearchParams): ConsentResponse {
  const error = findRequestError(app, manifest, query);
  if (error !== undefined) return renderRefusal(error);
  const option = (value: string, shown: string): string =>
    `<option value="${escapeHtml(value)}">${escapeHtml(shown)}</option>`;
  const teams = app.teams().map(({ workspace }) => option(workspace.team.id, workspace.team.name));
  if (manifest.settings?.org_deploy_enabled === true) teams.push(option(ORGANIZATION.id, ORGANIZATION.name));
  const people = new Map(
    app.teams().flatMap(({ workspace }) =>
      workspace
        .people()
        .filter(({ kind }) => kind === 'person')
        .map((person) => [person.id, person.realName] as const),
    ),
  );
  const { name } = manifest.display_information;
  const scopes = parseScopes(query).map((scope) => `<li>${escapeHtml(scope)}</li>`);
  return renderPage(
    200,
    `${name} asks to be installed`,
    `<p>It asks for these rights:</p><ul>${scopes.join('')}</ul>
<form method="post" action="?${escapeHtml(query.toString())}">
<p><label>Workspace <select name="team">${teams.join('')}</select></label></p>
<p><label>As <select name="person">${[...people].map(([id, shown]) => option(id, shown)).join('')}</select></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="cancel">Cancel</button></p>
</form>`,
    new URL(query.get('redirect_uri') ?? '').origin,
  );
}

/** Redirects the person to the app, with a code or an error. @param form the fields of the consent page */
export function answerConsent(
  app: SlackApp,
  manifest: AppManifest,
  query: URLSearchParams,
  form: URLSearchParams,
): ConsentResponse {
  const error = findRequestError(app, manifest, query);
  if (error !== undefined) return renderRefusal(error);
  const redirectUri = query.get('redirect_uri') ?? '';
  const back = new URL(redirectUri);
  const state = query.get('state');
  if (form.get('decision') !== 'allow') back.searchParams.set('error', 'access_denied');
  else {
    const org = manifest.settings?.org_deploy_enabled === true && form.get('team') === ORGANIZATION.id;
    const team = org ? app.teams()[0] : app.findTeam(form.get('team') ?? '');
    const person = team?.workspace.person(form.get('person') ?? '');
    if (team === undefined || person === undefined || person.kind !== 'person')
      return renderRefusal('invalid_team_for_user');
    if (person.guest || person.deleted) return renderRefusal('user_is_not_allowed_to_install');
    const grant = { team, org, person: person.id, scopes: parseScopes(query), redirectUri };
    back.searchParams.set('code', app.issueCode(grant));
  }
  if (state !== null) back.searchParams.set('state', state);
  return { status: 302, body: '', headers: { location: back.href } };
}

function authenticateApp(
  { app }: Team,
  { client_id, client_secret }: { client_id: string; client_secret: string },
): void {
  if (client_id !== app.clientId) throw new SlackError('invalid_client_id');
  if (client_secret !== app.clientSecret) throw new SlackError('bad_client_secret');
}

const exchangeCode = defineMethod({
  token: 'none',
  input: { client_id: text, client_secret: text, code: text, redirect_uri: text.optional() },
  run(args, first) {
    authenticateApp(first, args);
    const grant = first.app.redeemCode(args.code);
    if (typeof grant === 'string') throw new SlackError(grant);
    if (args.redirect_uri !== grant.redirectUri) throw new SlackError('bad_redirect_uri');
    const { team, manifest } = grant.team.workspace;
    const rotates = manifest.settings?.token_rotation_enabled === true;
    return {
      access_token: installApp(grant.team),
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

const uninstall = defineMethod({
  input: { client_id: text, client_secret: text },
  run(args, team) {
    authenticateApp(team, args);
    uninstallApp(team, BOT_USER);
    return {};
  },
});

export const oauth: Record<string, Method> = { 'oauth.v2.access': exchangeCode, 'apps.uninstall': uninstall };
