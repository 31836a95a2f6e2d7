import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
  await ana().command('#ops', '/maintenance settings role @jonas admin');
  await ana().waitFor('the answer', () => ana().ephemerals('#ops').at(-1));
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const jonas = () => env.playground.as('jonas');
type Driver = ReturnType<typeof ana>;
type Kind = 'scope' | 'service' | 'check' | 'provider';

const title = (who: Driver) => who.view()?.view.title.text;
const formText = (who: Driver) => JSON.stringify(who.view()?.view.blocks ?? []);
const topView = (who: Driver) => {
  const view = who.view();
  if (view === undefined) throw new Error('nothing is open');
  return view;
};

async function openSettings(who: Driver): Promise<void> {
  await who.close({ all: true }).catch(() => undefined);
  await who.command('#ops', '/maintenance settings');
  await who.waitFor('the settings', () => title(who) === 'Settings');
}
async function openDefaults(who: Driver): Promise<void> {
  await openSettings(who);
  await who.press(topView(who), 'settings.defaults');
  await who.waitFor('the defaults', () => title(who) === 'Defaults');
}
async function openEntry(who: Driver, kind: Kind, name: string): Promise<void> {
  await openSettings(who);
  const answer = await who.suggest(topView(who), `settings.${kind}`, name);
  const options = 'options' in answer ? answer.options : [];
  await who.choose(topView(who), `settings.${kind}`, options[0]?.value ?? '');
  await who.waitFor('its form', () => title(who)?.startsWith('Change') === true);
}
const save = async (who: Driver) => expect(await who.submit()).toEqual({ submitted: 'closed' });
/** Submits the form, and waits for the notice that somebody else saved first. */
async function submitConflict(who: Driver): Promise<string> {
  expect(await who.submit()).not.toEqual({ submitted: 'closed' });
  expect(formText(who)).toContain('This was changed while you were editing. Nothing of yours is saved yet.');
  return formText(who);
}
/** The notice about a field that both people changed. */
const conflictText = (field: string, now: string, had: string) =>
  JSON.stringify(`*${field}*\nNow: ${now}\nYou had: ${had}`).slice(1, -1);
const findByName = async (what: string, name: string) =>
  (await env.api('GET', `/api/v1/${what}`)).body.items.find((each: { name: string }) => each.name === name);
const readSettings = async () => (await env.api('GET', '/api/v1/settings')).body;

describe('the second of two people who change the same settings', () => {
  test('sees who changed the defaults and both values, and saves again to overwrite', async () => {
    await openDefaults(ana());
    await openDefaults(jonas());
    await jonas().fill({ timezone: 'Asia/Tokyo', post_check_after: '20' });
    await save(jonas());
    await ana().fill({ timezone: 'Europe/Paris', default_role: 'viewer' });
    const news = await submitConflict(ana());
    expect(news).toMatch(/Changed by <@U0JONAS001> <!date\^\d+\^[^>]+ UTC>: [^"]*\*Time zone\*/);
    expect(news).toMatch(/Changed by [^"]*\*Look at checks again after a window \(minutes\)\*/);
    expect(news).toContain(conflictText('Time zone', 'Asia/Tokyo', 'Europe/Paris'));
    expect(await readSettings()).toMatchObject({
      timezone: 'Asia/Tokyo',
      post_check_after: 20,
      default_role: 'operator',
    });
    await ana().fill({ 'timezone.1': 'Europe/Paris' });
    await save(ana());
    expect(await readSettings()).toMatchObject({
      timezone: 'Europe/Paris',
      post_check_after: 20,
      default_role: 'viewer',
    });
    await ana().waitFor('what changed', () => formText(ana()).includes('looked at again 20 min after a window'));
  });

  test('sees both values again if they changed once more, and nothing was saved before', async () => {
    await openDefaults(ana());
    await ana().fill({ timezone: 'Europe/Rome' });
    await env.api('PATCH', '/api/v1/settings', { post_check_after: 0 });
    expect(await submitConflict(ana())).toMatch(/Changed by the admin token over HTTP <[^>]+>: \*Look at checks again/);
    await env.api('PATCH', '/api/v1/settings', { post_check_after: 5 });
    expect(await submitConflict(ana())).toContain('Below are the newest values with your changes. *Save* keeps them.');
    await save(ana());
    expect(await readSettings()).toMatchObject({ timezone: 'Europe/Rome', post_check_after: 5 });
  });

  test('keeps the fields of a scope that only one of them changed, and writes nothing else', async () => {
    await openEntry(ana(), 'scope', 'Production');
    await openEntry(jonas(), 'scope', 'Production');
    await jonas().fill({ reminders: ['120'], requires_approval: ['approval'] });
    await save(jonas());
    await ana().fill({ description: 'What customers use', reminders: ['60', '30'] });
    const news = await submitConflict(ana());
    expect(news).toContain(conflictText('Remind of a maintenance before its start', '2 h', '1 h, 30 min'));
    await save(ana());
    const { id, ...scope } = await findByName('scopes', 'Production');
    expect(scope).toMatchObject({ description: 'What customers use', reminders: [120], requires_approval: true });
    const { items } = (await env.api('GET', `/api/v1/audit?subject=scope:${id}`)).body;
    expect(items[0]).toMatchObject({ after: { description: 'What customers use' } });
    expect(Object.keys(items[0].after)).toEqual(['description']);
    await env.api('PATCH', `/api/v1/scopes/${id}`, { requires_approval: false });
  });

  test("sees changes of a service's checks, from whichever side they were made", async () => {
    const { id } = await findByName('services', 'api');
    const check = await findByName('checks', 'api health');
    await openEntry(ana(), 'service', 'api');
    await openEntry(jonas(), 'check', 'api health');
    await jonas().fill({ services: [] });
    await save(jonas());
    await ana().fill({ owners: ['U0YUKI0001'] });
    expect(await submitConflict(ana())).toMatch(/Changed by <@U0JONAS001> <[^>]+>: \*Checks\*/);
    await save(ana());
    const stored = () => env.lull.ctx.database.service.findUniqueOrThrow({ where: { id }, include: { checks: true } });
    expect((await stored()).owners).toEqual(['U0YUKI0001']);
    expect((await stored()).checks.map(({ checkId }) => checkId)).not.toContain(check.id);
  });

  test('sees both lists of services of a check, by name', async () => {
    await openEntry(ana(), 'check', 'api health');
    await openEntry(jonas(), 'check', 'api health');
    await jonas().fill({ services: ['Production / api'], tags: 'eu' });
    await save(jonas());
    await ana().fill({ services: ['Production / web'], tags: 'us' });
    const news = await submitConflict(ana());
    expect(news).toContain(conflictText('Services', 'Production / api', 'Production / web'));
    expect(news).toContain(conflictText('Tags', 'eu', 'us'));
    await ana().fill({ 'tags.1': 'us' });
    await save(ana());
    const { id } = await findByName('services', 'api');
    expect(await findByName('checks', 'api health')).toMatchObject({ tags: ['us'], services: [id] });
  });

  test('keeps the secret typed for a monitoring system, and sees that the other person changed it', async () => {
    const settings = { url: 'https://alerts.example.com', margin: 10 };
    const credentials = { token: 'first' };
    await env.api('POST', '/api/v1/providers', {
      name: 'alerts',
      kind: 'alertmanager',
      settings,
      credentials,
    });
    await openEntry(ana(), 'provider', 'alerts');
    await openEntry(jonas(), 'provider', 'alerts');
    await jonas().fill({ 'settings.margin': '30', 'credentials.token': 'second' });
    await save(jonas());
    const readCredentials = async () =>
      (await env.lull.ctx.database.provider.findFirstOrThrow({ where: { name: 'alerts' } })).credentials;
    const second = await readCredentials();
    await ana().fill({ 'settings.margin': '20', 'credentials.token': 'third' });
    const news = await submitConflict(ana());
    expect(news).toMatch(/Changed by <@U0JONAS001> <[^>]+>: \*Margin\*, \*Credentials\*/);
    expect(news).toContain(conflictText('Margin', '30', '20'));
    expect(news).not.toMatch(/second|third/);
    expect(await readCredentials()).toBe(second);
    await save(ana());
    expect(await readCredentials()).not.toBe(second);
    expect(await findByName('providers', 'alerts')).toMatchObject({ settings: { ...settings, margin: 30 } });
  });

  test('sees who removed the record', async () => {
    await env.api('POST', '/api/v1/scopes', { name: 'Attic' });
    await openEntry(ana(), 'scope', 'Attic');
    await openEntry(jonas(), 'scope', 'Attic');
    await jonas().press(topView(jonas()), 'settings.remove');
    await jonas().waitFor('its removal', () => title(jonas()) === 'Removed');
    await ana().fill({ name: 'Loft' });
    await ana().submit();
    expect(title(ana())).toBe('Not done');
    expect(formText(ana())).toContain('This scope was removed by <@U0JONAS001>');
    expect(formText(ana())).toContain('while you were editing. Nothing of yours was saved.');
    expect(await findByName('scopes', 'Loft')).toBeUndefined();
  });
});

test('a form without changes saves nothing, whatever others change concurrently', async () => {
  await openDefaults(ana());
  await openDefaults(jonas());
  const submitted = await Promise.all([ana().submit(), jonas().submit()]);
  expect(submitted).toEqual([{ submitted: 'closed' }, { submitted: 'closed' }]);
  await openDefaults(ana());
  await openDefaults(jonas());
  await ana().fill({ timezone: 'Asia/Seoul' });
  await jonas().fill({ timezone: 'Asia/Macau' });
  const outcomes = await Promise.all([ana().submit(), jonas().submit()]);
  const [first] = outcomes.map((outcome) => JSON.stringify(outcome) === JSON.stringify({ submitted: 'closed' }));
  expect(title(first === true ? jonas() : ana())).toBe('Defaults');
  expect(title(first === true ? ana() : jonas())).toBe('Settings');
  expect(await readSettings()).toMatchObject({ timezone: first === true ? 'Asia/Seoul' : 'Asia/Macau' });
});
