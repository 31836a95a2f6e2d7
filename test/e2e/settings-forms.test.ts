import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
type Driver = ReturnType<typeof ana>;
const formText = (who: Driver) => JSON.stringify(who.view()?.view.blocks ?? []);

/** Opens the settings with a command. */
async function openSettings() {
  await ana().command('#ops', '/maintenance settings');
  await ana().waitFor('the settings', () => ana().view()?.view.title.text === 'Settings');
}
async function pressButton(button: string, title: string) {
  const view = ana().view();
  if (view === undefined) throw new Error('nothing is open');
  await ana().press(view, button);
  await ana().waitFor(title, () => ana().view()?.view.title.text === title);
}
/** Finds an entry of the catalogue by its name, and opens its form. */
async function openEntry(kind: 'scope' | 'service' | 'check', name: string) {
  const view = ana().view();
  if (view === undefined) throw new Error('nothing is open');
  const answer = await ana().suggest(view, `settings.${kind}`, name);
  const options = 'options' in answer ? answer.options : [];
  await ana().choose(view, `settings.${kind}`, options[0]?.value ?? '');
  await ana().waitFor('its form', () => ana().view()?.view.title.text === `Change a ${kind}`);
}
const metadata = () => JSON.parse(ana().view()?.view.private_metadata ?? '{}');
/** Submits the form, and waits until the settings below it show the change. */
async function saveForm() {
  const { generation } = metadata().origin;
  expect(await ana().submit()).toEqual({ submitted: 'closed' });
  await ana().waitFor('the settings as they are now', () => metadata().generation > generation);
  expect(ana().view()?.view.title.text).toBe('Settings');
}
const list = async (what: string) => (await env.api('GET', `/api/v1/${what}`)).body.items;
const findByName = async (what: string, name: string) =>
  (await list(what)).find((each: { name: string }) => each.name === name);

beforeEach(openSettings);
afterEach(async () => {
  if (ana().view() !== undefined) await ana().close({ all: true });
});

describe('the settings', () => {
  test('are for admins', async () => {
    const jonas = env.playground.as('jonas');
    await jonas.command('#ops', '/maintenance settings');
    const answer = await jonas.waitFor('the refusal', () => jonas.ephemerals('#ops').at(-1));
    expect(textOf(answer)).toContain('may not change settings');
    expect(jonas.view()).toBeUndefined();
  });

  test('change the time zone, channel and default role, and report errors at their fields', async () => {
    await pressButton('settings.defaults', 'Defaults');
    await ana().fill({ timezone: 'Mars/Olympus', default_channel: 'C0DEPLOYS1', default_role: 'viewer' });
    expect(await ana().submit()).toMatchObject({ errors: { timezone: expect.stringContaining('Europe/Berlin') } });
    await ana().fill({ timezone: 'Asia/Tokyo' });
    await saveForm();
    await ana().waitFor('what changed', () => formText(ana()).includes('Asia/Tokyo'));
    expect(formText(ana())).toContain('<#C0DEPLOYS1>');
    expect(formText(ana())).toContain('Members: viewer');
    await pressButton('settings.defaults', 'Defaults');
    await ana().fill({ default_role: 'operator', default_channel: null });
    await saveForm();
    await ana().waitFor('what changed', () => formText(ana()).includes('No channel hears'));
  });

  test('give a role and remove it', async () => {
    await pressButton('settings.role', 'Give a role');
    await ana().fill({ subject: 'U0JONAS001', role: 'approver' });
    await saveForm();
    await ana().waitFor('the role', () => formText(ana()).includes('<@U0JONAS001>: approver'));
    await pressButton('settings.role', 'Give a role');
    await ana().fill({ subject: 'U0JONAS001', role: 'default' });
    await saveForm();
    await ana().waitFor('no role', () => !formText(ana()).includes('<@U0JONAS001>'));
  });

  test('add a scope once, and change it', async () => {
    await pressButton('settings.scope.add', 'Add a scope');
    await ana().fill({ name: 'production' });
    expect(await ana().submit()).toMatchObject({ errors: { name: expect.stringContaining('already') } });
    await ana().fill({ name: 'Vault', reminders: ['120', '15'], requires_approval: ['approval'] });
    await Promise.allSettled([ana().submit(), ana().submit()]);
    expect(await findByName('scopes', 'Vault')).toMatchObject({ reminders: [120, 15], requires_approval: true });
    await ana().waitFor('the scope', () => formText(ana()).includes('Need approval: Vault'));
    await openEntry('scope', 'vau');
    await ana().fill({ name: 'The vault', visibility: 'internal', requires_approval: [] });
    await saveForm();
    const vault = await findByName('scopes', 'The vault');
    expect(vault).toMatchObject({ requires_approval: false });
    const { database } = env.lull.ctx;
    expect(await database.scope.findUnique({ where: { id: vault.id } })).toMatchObject({ visibility: 'internal' });
  });

  test('refuse to remove a scope that has services', async () => {
    await openEntry('scope', 'Production');
    await pressButton('settings.remove', 'Not done');
    expect(formText(ana())).toContain('still has');
    await ana().close();
    expect(ana().view()?.view.title.text).toBe('Change a scope');
  });

  test('add a service with its owners and checks, change it, and remove it', async () => {
    const services = /\*Services\* {2}\d+/.exec(formText(ana()))?.[0] ?? expect.unreachable();
    await pressButton('settings.service.add', 'Add a service');
    await ana().fill({ name: 'ledger', scope: 'Production', owners: ['U0JONAS001'], checks: ['api health'] });
    await saveForm();
    const { id } = await findByName('services', 'ledger');
    const stored = () => env.lull.ctx.database.service.findUniqueOrThrow({ where: { id }, include: { checks: true } });
    expect(await stored()).toMatchObject({ owners: ['U0JONAS001'], checks: [{ serviceId: id }] });
    const jonas = env.playground.as('jonas');
    jonas.openHome();
    await jonas.waitFor('his service', () => JSON.stringify(jonas.home()?.view.blocks ?? []).includes('Your services'));

    await openEntry('service', 'ledger');
    await ana().fill({ name: 'general ledger', scope: null, owners: ['U0JONAS001', 'U0YUKI0001'], checks: [] });
    await saveForm();
    expect(await stored()).toMatchObject({ scopeId: null, owners: ['U0JONAS001', 'U0YUKI0001'], checks: [] });
    await openEntry('service', 'general');
    await pressButton('settings.remove', 'Removed');
    await ana().close();
    await ana().waitFor('the settings without it', () => formText(ana()).includes(services));
    expect(await findByName('services', 'general ledger')).toBeUndefined();
  });

  test('add a freeze and remove it', async () => {
    await pressButton('settings.freeze.add', 'Add a freeze');
    const start = Math.floor(env.clock.now().getTime() / 1000) + 86_400;
    await ana().fill({ scope: 'Production', start, end: start - 60, reason: 'Audit', effect: 'warn' });
    expect(await ana().submit()).toMatchObject({ errors: { end: expect.stringContaining('not after the start') } });
    await ana().fill({ end: start + 86_400 });
    await saveForm();
    expect(formText(ana())).toMatch(/Audit: Production, .*New_York\), warns only/);
    expect(await list('freezes')).toMatchObject([{ reason: 'Audit', effect: 'warn', scope: expect.anything() }]);
    const view = ana().view();
    if (view !== undefined) await ana().press(view, 'settings.freeze.remove');
    await ana().waitFor('the settings without it', () => !formText(ana()).includes('Audit'));
    expect(await list('freezes')).toEqual([]);
  });

  test('add a check, change it, and remove it', async () => {
    await pressButton('settings.check.add', 'Add a check');
    await ana().fill({ name: 'ledger answers', services: ['Production / api'], tags: 'db, eu' });
    await saveForm();
    const check = await findByName('checks', 'ledger answers');
    expect(check).toMatchObject({ tags: ['db', 'eu'], provider: 'builtin', services: [expect.any(Number)] });
    await openEntry('check', 'ledger');
    await ana().fill({ name: 'ledger is up', services: [], tags: '' });
    await saveForm();
    expect(await findByName('checks', 'ledger is up')).toMatchObject({ tags: [], services: [] });
    await openEntry('check', 'ledger');
    await pressButton('settings.remove', 'Removed');
    expect(await findByName('checks', 'ledger is up')).toBeUndefined();
  });
});

describe('monitoring systems in the settings', () => {
  const connect = async (kind: string) => {
    const view = ana().view();
    if (view !== undefined) await ana().choose(view, 'settings.provider.connect', kind);
    await ana().waitFor('its form', () => ana().view()?.view.title.text === 'Connect');
  };
  const stored = async () => (await env.api('GET', '/api/v1/providers')).body.items;
  /** Chooses one of the connected monitoring systems. */
  const change = async (name: string) => {
    const view = ana().view();
    if (view === undefined) throw new Error('nothing is open');
    await ana().suggest(view, 'settings.provider', name.slice(0, 3));
    await ana().choose(view, 'settings.provider', name);
    await ana().waitFor('its form', () => ana().view()?.view.title.text === 'Change');
  };
  afterEach(() => env.lull.ctx.database.provider.deleteMany());

  test('are connected in a form for their kind, which reports errors at their fields', async () => {
    await connect('alertmanager');
    await ana().fill({ name: 'Mixed Case', 'settings.url': 'nowhere', 'settings.margin': 'ten' });
    expect(await ana().submit()).toMatchObject({ errors: { 'settings.margin': expect.stringContaining('a number') } });
    await ana().fill({ 'settings.margin': '20' });
    expect(await ana().submit()).toMatchObject({
      errors: { name: expect.stringContaining('small letters'), 'settings.url': expect.any(String) },
    });
    await ana().fill({ name: 'alerts', 'settings.url': 'https://alerts.example.com', 'credentials.token': 's3cret' });
    await saveForm();
    expect(await stored()).toMatchObject([
      {
        name: 'alerts',
        kind: 'alertmanager',
        settings: { url: 'https://alerts.example.com', margin: 20 },
        enabled: true,
      },
    ]);
    expect(formText(ana())).toContain('*alerts* (alertmanager) was not asked yet');
  });

  test('are changed without showing their credentials, and removed', async () => {
    const created = await env.api('POST', '/api/v1/providers', {
      ...{ name: 'alerts', kind: 'alertmanager', settings: { url: 'https://alerts.example.com', margin: 20 } },
      credentials: { token: 's3cret' },
    });
    expect(created.status).toBe(201);
    await ana().close({ all: true });
    await openSettings();
    await change('alerts');
    expect(formText(ana())).not.toContain('s3cret');
    await ana().fill({ 'settings.margin': '30', enabled: [] });
    await saveForm();
    expect(await stored()).toMatchObject([{ settings: { margin: 30 }, enabled: false }]);
    const row = await env.lull.ctx.database.provider.findFirstOrThrow({ where: { name: 'alerts' } });
    expect(row.credentials).toEqual(expect.any(String));
    expect(row.credentials).not.toContain('s3cret');
    await change('alerts');
    await pressButton('settings.remove', 'Removed');
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
