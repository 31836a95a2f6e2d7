import type { SlackApp } from './slack-app.ts';
import type { AppManifest } from './workspace/manifest.ts';

// The page on which a person allows the app in a workspace, or does not.

export interface AuthorizeAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** Stands for all workspaces, on the page. */
export const ORGANIZATION = { id: 'E0PLAYGROUND', name: 'The whole organization' } as const;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const page = (status: number, title: string, inner: string, action = ''): AuthorizeAnswer => ({
  status,
  body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem; } button, select { font: inherit; }</style>
</head>
<body><main><h1>${escaped(title)}</h1>${inner}</main></body>
</html>
`,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${action}; frame-ancestors 'none'`,
  },
});

const refused = (word: string): AuthorizeAnswer =>
  page(400, 'This app cannot be installed', `<p>Slack says <code>${escaped(word)}</code>.</p>`);

/** Slack's word for what is wrong with the address that the app sent somebody to; undefined when nothing is. */
function wrong(app: SlackApp, manifest: AppManifest, asked: URLSearchParams): string | undefined {
  if (asked.get('client_id') !== app.clientId) return 'invalid_client_id';
  const redirectUri = asked.get('redirect_uri') ?? '';
  const known = manifest.oauth_config?.redirect_urls ?? [];
  if (
    !known.some((url) => redirectUri === url || redirectUri.startsWith(`${url}/`) || redirectUri.startsWith(`${url}?`))
  ) {
    return 'bad_redirect_uri';
  }
  const granted = manifest.oauth_config?.scopes.bot ?? [];
  const scopes = scopesOf(asked);
  if (scopes.length === 0 || scopes.some((scope) => !granted.includes(scope))) return 'invalid_scope';
  return undefined;
}

const scopesOf = (asked: URLSearchParams): string[] => (asked.get('scope') ?? '').split(',').filter(Boolean);

/** What is asked for, in which of the workspaces, and by whom. @param asked the query of the app's address. */
export function askToAllow(app: SlackApp, manifest: AppManifest, asked: URLSearchParams): AuthorizeAnswer {
  const word = wrong(app, manifest, asked);
  if (word !== undefined) return refused(word);
  const option = (value: string, shown: string): string =>
    `<option value="${escaped(value)}">${escaped(shown)}</option>`;
  const teams = app.worlds().map(({ workspace }) => option(workspace.team.id, workspace.team.name));
  if (manifest.settings?.org_deploy_enabled === true) teams.push(option(ORGANIZATION.id, ORGANIZATION.name));
  const people = new Map(
    app.worlds().flatMap(({ workspace }) =>
      workspace
        .people()
        .filter(({ kind }) => kind === 'person')
        .map((person) => [person.id, person.realName] as const),
    ),
  );
  const { name } = manifest.display_information;
  const scopes = scopesOf(asked).map((scope) => `<li>${escaped(scope)}</li>`);
  return page(
    200,
    `${name} asks to be installed`,
    `<p>It asks for these rights:</p><ul>${scopes.join('')}</ul>
<form method="post" action="?${escaped(asked.toString())}">
<p><label>Workspace <select name="team">${teams.join('')}</select></label></p>
<p><label>As <select name="person">${[...people].map(([id, shown]) => option(id, shown)).join('')}</select></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="cancel">Cancel</button></p>
</form>`,
    new URL(asked.get('redirect_uri') ?? '').origin,
  );
}

/** Sends the person back to the app, with a code or without. @param decided the fields of the page's form. */
export function decide(
  app: SlackApp,
  manifest: AppManifest,
  asked: URLSearchParams,
  decided: URLSearchParams,
): AuthorizeAnswer {
  const word = wrong(app, manifest, asked);
  if (word !== undefined) return refused(word);
  const redirectUri = asked.get('redirect_uri') ?? '';
  const back = new URL(redirectUri);
  const state = asked.get('state');
  if (decided.get('decision') !== 'allow') back.searchParams.set('error', 'access_denied');
  else {
    const org = manifest.settings?.org_deploy_enabled === true && decided.get('team') === ORGANIZATION.id;
    const world = org ? app.worlds()[0] : app.worldOfTeam(decided.get('team') ?? '');
    const person = world?.workspace.person(decided.get('person') ?? '');
    if (world === undefined || person === undefined || person.kind !== 'person')
      return refused('invalid_team_for_user');
    if (person.guest || person.deleted) return refused('user_is_not_allowed_to_install');
    const grant = { world, org, person: person.id, scopes: scopesOf(asked), redirectUri };
    back.searchParams.set('code', app.issueCode(grant));
  }
  if (state !== null) back.searchParams.set('state', state);
  return { status: 302, body: '', headers: { location: back.href } };
}
