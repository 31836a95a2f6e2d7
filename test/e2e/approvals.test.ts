import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hours } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
let service: number;
beforeAll(async () => {
  env = await install();
  const { body: scope } = await env.api('POST', '/api/v1/scopes', { name: 'vault' });
  await env.api('PATCH', `/api/v1/scopes/${scope.id}`, { requires_approval: true });
  service = (await env.api('POST', '/api/v1/services', { name: 'ledger', scope: scope.id })).body.id;
});
afterAll(() => env.close());

type Who = 'ana' | 'jonas' | 'guest';
async function runCommand(person: Who, line: string) {
  const who = env.playground.as(person);
  const before = who.ephemerals('#ops').length;
  await who.command('#ops', `/maintenance ${line}`);
  return who.waitFor(`an answer to ${line}`, () => who.ephemerals('#ops').slice(before).at(-1));
}
const readMaintenance = async (id: number) => (await env.api('GET', `/api/v1/maintenances/${id}`)).body;
const ana = () => env.playground.as('ana');
const jonas = () => env.playground.as('jonas');

/** Schedules a window as Jonas, who is not an admin, and waits for its announcement in #ops. */
async function requestApproval(name: string) {
  const preview = await runCommand('jonas', `ledger tomorrow 2am for 1h: ${name}`);
  await jonas().press(preview, 'draft.schedule');
  const message = await ana().waitFor('the announcement', () =>
    ana()
      .messages('#ops')
      .find((each) => textOf(each).includes(name) && [undefined, each.ts].includes(each.threadTs)),
  );
  return { message, id: Number(/Maintenance (\d+)/.exec(textOf(message))?.[1]) };
}
const waitForRefusal = async (who: Who, act: () => Promise<unknown>) => {
  const person = env.playground.as(who);
  const before = person.ephemerals('#ops').length;
  await act();
  return textOf(await person.waitFor('a refusal', () => person.ephemerals('#ops').slice(before).at(-1)));
};

describe('a maintenance that needs approval', () => {
  test("shows that it does, and only another person's press approves it", async () => {
    const { message, id } = await requestApproval('Key rotation');
    expect(textOf(message)).toContain('awaited; it does not start without');
    expect(textOf(message)).not.toContain('Start now');
    expect(await waitForRefusal('guest', () => env.playground.as('guest').press(message, 'Approve'))).toContain(
      'guests never have one',
    );
    expect(await waitForRefusal('jonas', () => jonas().press(message, 'Approve'))).toContain('needs the role approver');
    expect(textOf(await runCommand('jonas', `start ${id}`))).toContain('is not approved yet');
    await Promise.all([ana().press(message, 'Approve'), ana().press(message, 'Approve')]);
    await ana().waitFor('the approval', () => textOf(ana().again(message)).includes('Start now'));
    await ana().waitFor('the note', () =>
      ana()
        .thread(message)
        .some((each) => textOf(each).includes('Approved by')),
    );
    expect(await readMaintenance(id)).toMatchObject({ approval: 'approved' });
    await env.settle();
    const publicMessages = ana()
      .messages('#status')
      .filter((each) => textOf(each).includes('Key rotation'));
    expect(publicMessages).toHaveLength(1);
    for (const each of publicMessages) {
      expect([each, ...ana().thread(each)].map(textOf).join()).not.toMatch(/approv/i);
    }
  });

  test('says so in the preview and after scheduling', async () => {
    const preview = await runCommand('jonas', 'ledger tomorrow 11am for 1h: Told work');
    expect(textOf(preview)).toContain('It starts only once a second person has approved it.');
    await jonas().press(preview, 'draft.schedule');
    await jonas().waitFor('the answer', () => /Scheduled as.*only once a second/.test(textOf(jonas().again(preview))));
    expect(textOf(await runCommand('jonas', 'list ledger'))).toContain(':hourglass: not approved yet');
  });

  test('cannot be approved by the admin who requested it', async () => {
    const preview = await runCommand('ana', 'ledger tomorrow 5am for 1h: Own work');
    await ana().press(preview, 'draft.schedule');
    const message = await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .find((each) => textOf(each).includes('Own work')),
    );
    expect(await waitForRefusal('ana', () => ana().press(message, 'Approve'))).toContain(
      'a second person has to approve it',
    );
    const id = Number(/Maintenance (\d+)/.exec(textOf(message))?.[1]);
    expect(await env.api('POST', `/api/v1/maintenances/${id}/approve`)).toMatchObject({ status: 404 });
    expect(await readMaintenance(id)).toMatchObject({ approval: 'pending' });
  });

  test('is declined with a reason, which its owner gets in a direct message', async () => {
    const { message, id } = await requestApproval('Risky work');
    await ana().press(message, 'Decline...');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ reason: 'Not on a Friday' });
    await ana().submit();
    await ana().waitFor('the thread', () =>
      ana()
        .thread(message)
        .some((each) => textOf(each).includes('Not on a Friday')),
    );
    await jonas().waitFor('the message', () =>
      jonas()
        .messages(jonas().openDm())
        .some((each) => textOf(each).includes('Not on a Friday')),
    );
    expect(textOf(await runCommand('ana', `approve ${id}`))).toContain('Approved: maintenance');
    expect(textOf(await runCommand('ana', `decline ${id} Too late`))).toContain('is approved already');
  });

  test('in progress, is declined its extension and not the rest', async () => {
    const preview = await runCommand('jonas', 'ledger in 30 minutes for 1h: Long work');
    await jonas().press(preview, 'draft.schedule');
    const message = await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .find((each) => textOf(each).includes('Long work')),
    );
    const id = Number(/Maintenance (\d+)/.exec(textOf(message))?.[1]);
    await runCommand('ana', `approve ${id}`);
    await runCommand('jonas', `start ${id}`);
    const { ends_at: approved } = await readMaintenance(id);
    await runCommand('jonas', `extend ${id} 30m`);
    expect(await readMaintenance(id)).toMatchObject({ approval: 'pending' });
    expect(textOf(await runCommand('ana', `decline ${id} Too long`))).toMatch(/Extension declined: .*Long work/);
    expect(await readMaintenance(id)).toMatchObject({ approval: 'approved', ends_at: approved });
    await runCommand('jonas', `finish ${id}`);
  });

  test('is sent in direct messages to people with the approver role, or to admins if there are none', async () => {
    const schedule = (who: Who, name: string) =>
      env.playground
        .as(who)
        .messages(env.playground.as(who).openDm())
        .find((each) => textOf(each).includes(name));
    const { id } = await requestApproval('Certificates');
    const dm = await ana().waitFor('the question', () => schedule('ana', 'Certificates'));
    expect(textOf(dm)).toContain('<@U0JONAS001> asks for approval');
    await Promise.all([ana().press(dm, 'Approve'), ana().press(dm, 'Approve')]);
    await ana().waitFor('what came of it', () => textOf(ana().again(dm)).includes('was approved by <@U0ANA00001>'));
    expect(textOf(ana().again(dm))).not.toContain('maintenance.approve');
    expect(await readMaintenance(id)).toMatchObject({ approval: 'approved' });

    // Yuki has the role herself; Ana and Jonas have it through their group, and Jonas is the requester.
    await runCommand('ana', 'settings role @yuki approver');
    await runCommand('ana', 'settings role @platform approver');
    await requestApproval('Firewall');
    const yuki = env.playground.as('yuki');
    const question = await yuki.waitFor('the question', () =>
      yuki.messages(yuki.openDm()).find((each) => textOf(each).includes('Firewall')),
    );
    await yuki.press(question, 'Decline...');
    await yuki.waitFor('the form', () => yuki.view());
    await yuki.fill({ reason: 'Not on a Friday' });
    await yuki.submit();
    const dm2 = await ana().waitFor('the other question', () => schedule('ana', 'Firewall'));
    await ana().waitFor('what came of it', () => textOf(ana().again(dm2)).includes('was declined by <@U0YUKI0001>'));
    await env.settle();
    expect(schedule('jonas', 'asks for approval')).toBeUndefined();
    await runCommand('ana', 'settings role @platform default');
    await runCommand('ana', 'settings role @yuki default');
  });

  test('does not start unapproved, and its channel and thread show why', async () => {
    const start = new Date(env.clock.now().getTime() + hours(1));
    const { body } = await env.api('POST', '/api/v1/maintenances', {
      name: 'Forgotten work',
      service,
      scheduled_start_date: start.toISOString(),
      scheduled_end_date: new Date(start.getTime() + hours(1)).toISOString(),
    });
    expect(body.approval).toBe('pending');
    await env.jump();
    expect(await readMaintenance(body.id)).toMatchObject({ status: 'canceled', start_date: null });
    await ana().waitFor('the note in the channel', () =>
      ana()
        .messages('#ops')
        .some((each) => each.threadTs !== undefined && textOf(each).includes('not approved until its start')),
    );
    await env.settle();
    const publicMessages = ana()
      .messages('#status')
      .filter((each) => textOf(each).includes('Forgotten work') || each.threadTs !== undefined);
    expect(publicMessages.length).toBeGreaterThan(0);
    expect(publicMessages.map(textOf).join()).not.toMatch(/approv/i);
  });
});
