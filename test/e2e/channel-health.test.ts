import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHANNELS } from '../../src/playground/server.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
  await env.api('POST', '/api/v1/subscriptions', { channel: CHANNELS.deploys });
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const deploys = () => ana().messages('#deploys').map(textOf);
const directMessages = (person: 'ana' | 'jonas') => {
  const who = env.playground.as(person);
  return who.messages(who.openDm()).map(textOf);
};
const subscription = async () =>
  (await env.api('GET', `/api/v1/subscriptions?channel=${CHANNELS.deploys}`)).body.items[0];
const expectHealth = (health: object) => expect.poll(subscription, { timeout: 20_000 }).toMatchObject(health);

async function runCommand(line: string) {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', line);
  return ana().waitFor(`an answer to ${line}`, () => ana().ephemerals('#ops').slice(before).at(-1));
}
/** Schedules a window of Ana's in words. */
async function scheduleWindow(name: string) {
  const preview = await runCommand(`/maintenance api tomorrow 2am for 2h: ${name}`);
  await ana().press(preview, 'draft.schedule');
  await ana().waitFor('the announcement', () =>
    ana()
      .messages('#ops')
      .some((each) => textOf(each).includes(name)),
  );
}
const inDirectMessages = (person: 'ana' | 'jonas', count: number, text: string) =>
  ana().waitFor(`${count} direct messages about ${text}`, () => {
    return directMessages(person).filter((each) => each.includes(text)).length === count || undefined;
  });

test('an archived channel is reported once, shown with its subscription, and posted to once it is unarchived', async () => {
  env.playground.faults.archive('#deploys');
  await scheduleWindow('Disk swap');
  await inDirectMessages('ana', 1, 'is_archived');
  await scheduleWindow('Cable work');
  await expectHealth({
    status: 'failing',
    failing_since: expect.any(String),
    reason: { code: 'is_archived', text: 'The channel is archived.' },
  });
  const { failing_channels: failing } = (await env.api('GET', '/api/v1/settings')).body;
  expect(failing).toMatchObject([{ channel: CHANNELS.deploys, reason: { code: 'is_archived' } }]);
  const settings = textOf(await runCommand('/maintenance settings show'));
  expect(settings).toContain(`cannot post in <#${CHANNELS.deploys}>`);
  expect(settings).toContain('The channel is archived. Unarchive it, or subscribe another one.');

  env.playground.faults.unarchive('#deploys');
  for (const name of ['Disk swap', 'Cable work']) {
    await ana().waitFor(name, () => deploys().some((text) => text.includes(name)) || undefined);
  }
  await expectHealth({ status: 'ok', failing_since: null, reason: null });
  await inDirectMessages('ana', 1, 'is_archived');
});

test('a channel that Lull may not post in is reported, and works again with the next message that it takes', async () => {
  env.playground.faults.restrict('#deploys');
  await scheduleWindow('Rack move');
  await inDirectMessages('ana', 1, 'restricted_action');
  await expectHealth({ status: 'failing', reason: { code: 'restricted_action' } });
  env.playground.faults.restrict('#deploys', false);
  await scheduleWindow('Fan swap');
  await ana().waitFor('what failed before', () => deploys().some((text) => text.includes('Rack move')) || undefined);
  await expectHealth({ status: 'ok' });
});

test('where the owner was deactivated, the owners of the services are notified', async () => {
  const { items } = (await env.api('GET', '/api/v1/services')).body;
  const { id: service } = items.find(({ name }: { name: string }) => name === 'web');
  await env.api('PATCH', `/api/v1/services/${service}`, { owners: [env.playground.as('jonas').id] });
  const yuki = env.playground.as('yuki');
  yuki.join('#ops');
  const before = yuki.ephemerals('#ops').length;
  await yuki.command('#ops', '/maintenance web in 3 days 2am for 2h: Orphaned work');
  const preview = await yuki.waitFor('the preview', () => yuki.ephemerals('#ops').slice(before).at(-1));
  await yuki.press(preview, 'draft.schedule');
  await ana().waitFor('the announcement', () => deploys().some((text) => text.includes('Orphaned work')) || undefined);
  env.playground.faults.changePerson('yuki', { deleted: true });
  env.playground.faults.archive('#deploys');
  const { items: open } = (await env.api('GET', '/api/v1/maintenances?status=scheduled')).body;
  const { id } = open.find(({ name }: { name: string }) => name === 'Orphaned work');
  await runCommand(`/maintenance extend ${id} 30m`);
  await inDirectMessages('jonas', 1, 'Orphaned work');
});
