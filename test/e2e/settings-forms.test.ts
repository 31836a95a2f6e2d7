import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let at: Installation;
beforeAll(async () => {
  at = await install();
});
afterAll(() => at.close());

const ana = () => at.playground.as('ana');
type Driver = ReturnType<typeof ana>;
const shown = (who: Driver) => JSON.stringify(who.view()?.view.blocks ?? []);

/** Opens the settings with a command. */
async function settings() {
  await ana().command('#ops', '/maintenance settings');
  await ana().waitFor('the settings', () => ana().view()?.view.title.text === 'Settings');
}
async function pressed(button: string, title: string) {
  const view = ana().view();
  if (view === undefined) throw new Error('nothing is open');
  await ana().press(view, button);
  await ana().waitFor(title, () => ana().view()?.view.title.text === title);
}
/** Finds an entry of the catalogue by its name, and opens its form. */
async function found(kind: 'scope' | 'service' | 'check', name: string) {
  const view = ana().view();
  if (view === undefined) throw new Error('nothing is open');
  const answer = await ana().suggest(view, `settings.${kind}`, name);
  const options = 'options' in answer ? answer.options : [];
  await ana().choose(view, `settings.${kind}`, options[0]?.value ?? '');
  await ana().waitFor('its form', () => ana().view()?.view.title.text === `Change a ${kind}`);
}
const metadata = () => JSON.parse(ana().view()?.view.private_metadata ?? '{}');
/** Submits the form, and waits until the settings below it show the change. */
async function saved() {
  const { generation } = metadata().origin;
  expect(await ana().submit()).toEqual({ submitted: 'closed' });
  await ana().waitFor('the settings as they are now', () => metadata().generation > generation);
  expect(ana().view()?.view.title.text).toBe('Settings');
}
const listed = async (what: string) => (await at.api('GET', `/api/v1/${what}`)).body.items;
const named = async (what: string, name: string) =>
  (await listed(what)).find((each: { name: string }) => each.name === name);

beforeEach(settings);
afterEach(async () => {
  if (ana().view() !== undefined) await ana().close({ all: true });
});

describe('the settings', () => {
  test('are for admins', async () => {
    const jonas = at.playground.as('jonas');
    await jonas.command('#ops', '/maintenance settings');
    const answer = await jonas.waitFor('the refusal', () => jonas.ephemerals('#ops').at(-1));
    expect(textOf(answer)).toContain('may not change settings');
    expect(jonas.view()).toBeUndefined();
  });

  test('change the time zone, channel and default role, and report errors at their fields', async () => {
    await pressed('settings.defaults', 'Defaults');
    await ana().fill({ timezone: 'Mars/Olympus', default_channel: 'C0DEPLOYS1', default_role: 'viewer' });
    expect(await ana().submit()).toMatchObject({ errors: { timezone: expect.stringContaining('Europe/Berlin') } });
    await ana().fill({ timezone: 'Asia/Tokyo' });
    await saved();
    await ana().waitFor('what changed', () => shown(ana()).includes('Asia/Tokyo'));
    expect(shown(ana())).toContain('<#C0DEPLOYS1>');
    expect(shown(ana())).toContain('Members: viewer');
    await pressed('settings.defaults', 'Defaults');
    await ana().fill({ default_role: 'operator', default_channel: null });
    await saved();
    await ana().waitFor('what changed', () => shown(ana()).includes('No channel hears'));
  });

  test('give a role and remove it', async () => {
    await pressed('settings.role', 'Give a role');
    await ana().fill({ subject: 'U0JONAS001', role: 'approver' });
    await saved();
    await ana().waitFor('the role', () => shown(ana()).includes('<@U0JONAS001>: approver'));
    await pressed('settings.role', 'Give a role');
    await ana().fill({ subject: 'U0JONAS001', role: 'default' });
    await saved();
    await ana().waitFor('no role', () => !shown(ana()).includes('<@U0JONAS001>'));
  });

  test('add a scope once, and change it', async () => {
    await pressed('settings.scope.add', 'Add a scope');
    await ana().fill({ name: 'production' });
    expect(await ana().submit()).toMatchObject({ errors: { name: expect.stringContaining('already') } });
    await ana().fill({ name: 'Vault', reminders: ['120', '15'], requires_approval: ['approval'] });
    await Promise.allSettled([ana().submit(), ana().submit()]);
    expect(await named('scopes', 'Vault')).toMatchObject({ reminders: [120, 15], requires_approval: true });
    await ana().waitFor('the scope', () => shown(ana()).includes('Need approval: Vault'));
    await found('scope', 'vau');
    await ana().fill({ name: 'The vault', visibility: 'internal', requires_approval: [] });
    await saved();
    const vault = await named('scopes', 'The vault');
    expect(vault).toMatchObject({ requires_approval: false });
    const { database } = at.lull.ctx;
    expect(await database.scope.findUnique({ where: { id: vault.id } })).toMatchObject({ visibility: 'internal' });
  });

  test('refuse to remove a scope that has services', async () => {
    await found('scope', 'Production');
    await pressed('settings.remove', 'Not done');
    expect(shown(ana())).toContain('still has');
    await ana().close();
    expect(ana().view()?.view.title.text).toBe('Change a scope');
  });

  test('add a service with its owners and checks, change it, and remove it', async () => {
    const services = /\*Services\* {2}\d+/.exec(shown(ana()))?.[0] ?? expect.unreachable();
    await pressed('settings.service.add', 'Add a service');
    await ana().fill({ name: 'ledger', scope: 'Production', owners: ['U0JONAS001'], checks: ['api health'] });
    await saved();
    const { id } = await named('services', 'ledger');
    const stored = () => at.lull.ctx.database.service.findUniqueOrThrow({ where: { id }, include: { checks: true } });
    expect(await stored()).toMatchObject({ owners: ['U0JONAS001'], checks: [{ serviceId: id }] });
    const jonas = at.playground.as('jonas');
    jonas.openHome();
    await jonas.waitFor('his service', () => JSON.stringify(jonas.home()?.view.blocks ?? []).includes('Your services'));

    await found('service', 'ledger');
    await ana().fill({ name: 'general ledger', scope: null, owners: ['U0JONAS001', 'U0YUKI0001'], checks: [] });
    await saved();
    expect(await stored()).toMatchObject({ scopeId: null, owners: ['U0JONAS001', 'U0YUKI0001'], checks: [] });
    await found('service', 'general');
    await pressed('settings.remove', 'Removed');
    await ana().close();
    await ana().waitFor('the settings without it', () => shown(ana()).includes(services));
    expect(await named('services', 'general ledger')).toBeUndefined();
  });

  test('add a freeze and remove it', async () => {
    await pressed('settings.freeze.add', 'Add a freeze');
    const start = Math.floor(at.clock.now().getTime() / 1000) + 86_400;
    await ana().fill({ scope: 'Production', start, end: start - 60, reason: 'Audit', effect: 'warn' });
    expect(await ana().submit()).toMatchObject({ errors: { end: expect.stringContaining('not after the start') } });
    await ana().fill({ end: start + 86_400 });
    await saved();
    expect(shown(ana())).toMatch(/Audit: Production, .*New_York\), warns only/);
    expect(await listed('freezes')).toMatchObject([{ reason: 'Audit', effect: 'warn', scope: expect.anything() }]);
    const view = ana().view();
    if (view !== undefined) await ana().press(view, 'settings.freeze.remove');
    await ana().waitFor('the settings without it', () => !shown(ana()).includes('Audit'));
    expect(await listed('freezes')).toEqual([]);
  });

  test('add a check, change it, and remove it', async () => {
    await pressed('settings.check.add', 'Add a check');
    await ana().fill({ name: 'ledger answers', services: ['Production / api'], tags: 'db, eu' });
    await saved();
    const check = await named('checks', 'ledger answers');
    expect(check).toMatchObject({ tags: ['db', 'eu'], provider: 'builtin', services: [expect.any(Number)] });
    await found('check', 'ledger');
    await ana().fill({ name: 'ledger is up', services: [], tags: '' });
    await saved();
    expect(await named('checks', 'ledger is up')).toMatchObject({ tags: [], services: [] });
    await found('check', 'ledger');
    await pressed('settings.remove', 'Removed');
    expect(await named('checks', 'ledger is up')).toBeUndefined();
  });
});

describe('monitoring systems in the settings', () => {
  const connect = async (kind: string) => {
    const view = ana().view();
    if (view !== undefined) await ana().choose(view, 'settings.provider.connect', kind);
    await ana().waitFor('its form', () => ana().view()?.view.title.text === 'Connect');
  };
  const stored = async () => (await at.api('GET', '/api/v1/providers')).body.items;
  /** Chooses one of the connected monitoring systems. */
  const change = async (name: string) => {
    const view = ana().view();
    if (view === undefined) throw new Error('nothing is open');
    await ana().suggest(view, 'settings.provider', name.slice(0, 3));
    await ana().choose(view, 'settings.provider', name);
    await ana().waitFor('its form', () => ana().view()?.view.title.text === 'Change');
  };
  afterEach(() => at.lull.ctx.database.provider.deleteMany());

  test('are connected in a form for their kind, which reports errors at their fields', async () => {
    await connect('alertmanager');
    await ana().fill({ name: 'Mixed Case', 'settings.url': 'nowhere', 'settings.margin': 'ten' });
    expect(await ana().submit()).toMatchObject({ errors: { 'settings.margin': expect.stringContaining('a number') } });
    await ana().fill({ 'settings.margin': '20' });
    expect(await ana().submit()).toMatchObject({
      errors: { name: expect.stringContaining('small letters'), 'settings.url': expect.any(String) },
    });
    await ana().fill({ name: 'alerts', 'settings.url': 'https://alerts.example.com', 'credentials.token': 's3cret' });
    await saved();
    expect(await stored()).toMatchObject([
      {
        name: 'alerts',
        kind: 'alertmanager',
        settings: { url: 'https://alerts.example.com', margin: 20 },
        enabled: true,
      },
    ]);
    expect(shown(ana())).toContain('*alerts* (alertmanager) was not asked yet');
  });

  test('are changed without showing their credentials, and removed', async () => {
    const made = await at.api('POST', '/api/v1/providers', {
      ...{ name: 'alerts', kind: 'alertmanager', settings: { url: 'https://alerts.example.com', margin: 20 } },
      credentials: { token: 's3cret' },
    });
    expect(made.status).toBe(201);
    await ana().close({ all: true });
    await settings();
    await change('alerts');
    expect(shown(ana())).not.toContain('s3cret');
    await ana().fill({ 'settings.margin': '30', enabled: [] });
    await saved();
    expect(await stored()).toMatchObject([{ settings: { margin: 30 }, enabled: false }]);
    const sealed = await at.lull.ctx.database.provider.findFirstOrThrow({ where: { name: 'alerts' } });
    expect(sealed.credentials).toEqual(expect.any(String));
    expect(sealed.credentials).not.toContain('s3cret');
    await change('alerts');
    await pressed('settings.remove', 'Removed');
    expect(await stored()).toEqual([]);
  });
});

test('the owners of a service can be set in words too', async () => {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', '/maintenance settings owners api @jonas, @yuki');
  const answer = await ana().waitFor('the answer', () => ana().ephemerals('#ops').slice(before).at(-1));
  expect(textOf(answer)).toContain('is owned by <@U0JONAS001>, <@U0YUKI0001> now');
  await ana().command('#ops', '/maintenance settings owners api none');
  await ana().waitFor('nobody', () => textOf(ana().ephemerals('#ops').at(-1)).includes('owned by nobody'));
});
