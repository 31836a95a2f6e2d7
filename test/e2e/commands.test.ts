import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOT_USER } from '../../src/playground/workspace/seed.ts';
import { hours } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
});
afterAll(() => env.close());

type Who = 'ana' | 'jonas' | 'guest';
/** Sends a command and returns its ephemeral answer. */
async function runCommand(person: Who, line: string, channel = '#ops') {
  const who = env.playground.as(person);
  const before = who.ephemerals(channel).length;
  await who.command(channel, `/maintenance ${line}`);
  return who.waitFor(`an answer to ${line}`, () => who.ephemerals(channel).slice(before).at(-1));
}
const runForText = async (...args: Parameters<typeof runCommand>) => textOf(await runCommand(...args));
const currentText = (person: Who, message: Parameters<ReturnType<Installation['playground']['as']>['again']>[0]) =>
  textOf(env.playground.as(person).again(message));

async function findService(name: string): Promise<number> {
  const { items } = (await env.api('GET', '/api/v1/services')).body;
  return items.find((each: { name: string }) => each.name === name).id;
}
let hour = 24;
/** Schedules a two-hour window on a day of its own. */
async function scheduleWindow(name: string, values: Record<string, unknown> = {}) {
  hour += 24;
  const start = new Date(env.clock.now().getTime() + hours(hour));
  const { status, body } = await env.api('POST', '/api/v1/maintenances', {
    name,
    service: await findService('api'),
    service_status: 'down',
    scheduled_start_date: start.toISOString(),
    scheduled_end_date: new Date(start.getTime() + hours(2)).toISOString(),
    ...values,
  });
  expect(status).toBe(201);
  return body;
}
const readMaintenance = async (id: number) => (await env.api('GET', `/api/v1/maintenances/${id}`)).body;

describe('a window, with commands only', () => {
  test('is started, extended in words, commented on and finished, by number or key', async () => {
    const { id, key } = await scheduleWindow('Kernel update');
    expect(await runForText('ana', `start #${id}`)).toContain('Started: maintenance');
    const { ends_at: end, scheduled_end_date: planned } = await readMaintenance(id);
    expect(await runForText('ana', `show ${id}`)).toContain('planned');
    expect(await runForText('ana', `extend ${key.toLowerCase()} 30m`)).toContain('Extended');
    expect(Date.parse((await readMaintenance(id)).ends_at) - Date.parse(end)).toBe(30 * 60_000);
    expect((await readMaintenance(id)).scheduled_end_date).toBe(planned);
    expect(await runForText('ana', `internal ${id} Waiting for the vendor`)).toContain('for internal channels alone');
    expect(await runForText('jonas', `finish ${id} failed Rolled back`)).toContain('Ended as failed');
    expect(await readMaintenance(id)).toMatchObject({ status: 'failed' });
    const history = await runForText('jonas', `history ${id}`);
    for (const word of ['scheduled it', 'started it', 'extended it', 'commented', 'Rolled back', 'over HTTP']) {
      expect(history).toContain(word);
    }
  });

  test('is canceled with a reason, which its thread shows', async () => {
    const { id } = await scheduleWindow('Unwanted work');
    expect(await runForText('ana', `cancel ${id} Not needed any more`)).toContain('Canceled');
    const ana = env.playground.as('ana');
    await ana.waitFor('the reason in the thread', () =>
      ana.messages('#ops').some((message) => textOf(message).includes('Not needed any more')),
    );
  });

  test('keeps text as it was typed, whatever Slack makes of it', async () => {
    const { id } = await scheduleWindow('Marked work');
    await runCommand('ana', `comment ${id} R&D asks @jonas in #ops, see https://a.example/?a=1&b=2 <soon>`);
    const { body } = await env.api('GET', `/api/v1/maintenances/${id}/comments`);
    expect(body.items[0]).toMatchObject({
      comment: 'R&D asks @jonas in #ops, see https://a.example/?a=1&b=2 <soon>',
    });
    await runCommand('ana', `cancel ${id} R&D say @here no`);
    expect(await runForText('ana', `history ${id}`)).toContain('R&amp;D say @\u2060here no');
  });

  test('is extended until a time by three people: the others are told that it already ends then, and by whom', async () => {
    const { id } = await scheduleWindow('Failover drill');
    const { scheduled_end_date: planned, version } = await readMaintenance(id);
    const until = new Date(Math.ceil(Date.parse(planned) / 60_000) * 60_000 + hours(1)).toISOString();
    const line = `extend ${id} until ${until.slice(11, 16)} UTC`;
    expect(await runForText('ana', line)).toContain('Extended');
    for (const person of ['jonas', 'ana'] as const) {
      const answer = await runForText(person, line);
      expect(answer).toContain('already ends');
      expect(answer).toContain(`<@${env.playground.as('ana').id}>`);
    }
    expect(await readMaintenance(id)).toMatchObject({
      scheduled_end_date: until.replace('.000Z', 'Z'),
      version: version + 1,
    });
    expect(await runForText('jonas', `extend ${id} until ${planned.slice(11, 16)} UTC`)).toContain(
      'ends later already',
    );
  });

  test('an ambiguous duration is asked about, and the answer extends the window', async () => {
    const { id } = await scheduleWindow('Disk swap');
    const question = await runCommand('ana', `extend ${id} 45`);
    expect(textOf(question)).toContain('45');
    await env.playground.as('ana').press(question, 'sentence.choose.0');
    await env.playground.as('ana').waitFor('the extension', () => currentText('ana', question).includes('Extended'));
    const { scheduled_end_date: end } = await readMaintenance(id);
    const again = await runCommand('ana', `extend ${id} 45`);
    await Promise.all([1, 2].map(() => env.playground.as('ana').press(again, 'sentence.choose.0')));
    await env.playground.as('ana').waitFor('the answer', () => !currentText('ana', again).includes('sentence.choose'));
    const longer = Date.parse((await readMaintenance(id)).scheduled_end_date) - Date.parse(end);
    expect(longer).toBe(45 * 60_000);
    expect(await runForText('ana', `extend ${id} until yesterday`)).toContain('For example');
  });

  test('a command that cannot be carried out is refused in words', async () => {
    const { id } = await scheduleWindow('Cable work');
    expect(await runForText('ana', `finish ${id}`)).toContain('only one in progress can be ended');
    expect(await runForText('ana', 'start 99999')).toContain('There is no maintenance 99999');
    expect(await runForText('ana', 'start ZZZZZ')).toContain('There is no maintenance ZZZZZ');
    expect(await runForText('ana', 'start')).toContain('/maintenance start 12');
    for (const line of [`start ${id}`, `cancel ${id}`, `extend ${id} 30m`, `history ${id}`, 'subscribe', 'services']) {
      expect(await runForText('guest', line)).toContain('may not');
    }
  });
});

describe('list', () => {
  test('pages through maintenances with buttons that keep the filter', async () => {
    for (let i = 1; i <= 12; i++) await scheduleWindow(`Page work ${i}`, { service: await findService('postgres') });
    const list = await runCommand('jonas', 'list upcoming postgres');
    expect(textOf(list)).toContain('Page work 1');
    expect(textOf(list)).not.toContain('Page work 11');
    expect(textOf(list)).toContain('12 maintenances planned for postgres · page 1 of 2');
    const jonas = env.playground.as('jonas');
    await jonas.press(list, 'page.next');
    await jonas.waitFor('the next page', () => currentText('jonas', list).includes('Page work 12'));
    expect(currentText('jonas', list)).not.toContain('Page work 2*');
    await jonas.press(list, 'page.previous');
    await jonas.waitFor('the page before', () => currentText('jonas', list).includes('page 1 of 2'));
    expect(await runForText('jonas', 'list upcoming postgres 2')).toContain('Page work 12');
    expect(await runForText('jonas', 'list upcoming postgres 99')).toContain('page 2 of 2');
  });

  test('filters by past, active, mine, and scope', async () => {
    const { id } = await scheduleWindow('Past work');
    await runCommand('ana', `cancel ${id}`);
    expect(await runForText('ana', 'list past')).toContain('Past work');
    expect(await runForText('ana', 'list')).not.toContain('Past work');
    expect(await runForText('ana', 'list past production')).toContain('Past work');
    expect(await runForText('guest', 'list')).toContain('may not');
    expect(await runForText('ana', 'list mine')).toContain('You have nothing on and nothing planned');
    expect(await runForText('ana', 'list past postgrs')).toContain('Did you mean postgres');
  });
});

test('services and checks are listed with their current state', async () => {
  const { id } = await scheduleWindow('Seen work');
  await runCommand('ana', `start ${id}`);
  expect(await runForText('ana', 'services')).toContain(':red_circle: down  *api* (Production)');
  expect(await runForText('ana', 'checks api')).toContain(`held by maintenance ${id}`);
  expect(await runForText('ana', 'checks')).toContain('web home page');
  await runCommand('ana', `finish ${id}`);
});

describe('a channel', () => {
  test('subscribes and unsubscribes, and lists its subscriptions; Lull joins a public channel', async () => {
    const answer = await runForText('ana', 'subscribe api public', '#deploys');
    expect(answer).toContain('hears of the maintenances of api, as a public channel');
    expect(env.playground.as('ana').channel('#deploys').members).toContain(BOT_USER);
    expect(await runForText('ana', 'subscribe', '#deploys')).toContain(
      'hears of every maintenance, as a public channel, because',
    );
    expect(await runForText('ana', 'unsubscribe api', '#deploys')).toContain(
      'every maintenance, as an internal channel',
    );
    expect(await runForText('ana', 'unsubscribe web', '#deploys')).toContain('There was nothing to end');
    expect(await runForText('ana', 'unsubscribe', '#deploys')).toContain('subscribed to nothing');
    expect(await runForText('ana', 'subscribe Production', '#deploys')).toContain('everything in Production');
    await runCommand('ana', 'unsubscribe all', '#deploys');
  });

  test('that is private and without Lull gets instructions, and is not subscribed', async () => {
    expect(await runForText('ana', 'subscribe', '#security')).toContain('/invite @Lull');
    const ana = env.playground.as('ana');
    ana.invite('#security', BOT_USER);
    expect(await runForText('ana', 'subscribe', '#security')).toContain('hears of every maintenance');
    await runCommand('ana', 'unsubscribe', '#security');
  });

  test('explains that it is public if it is subscribed both ways', async () => {
    await runCommand('ana', 'subscribe', '#deploys');
    const answer = textOf(await runCommand('ana', 'subscribe api public', '#deploys'));
    expect(answer).toContain('as a public channel, because it is one for api: no internal maintenances');
    await runCommand('ana', 'unsubscribe all', '#deploys');
  });

  test('that is a direct message cannot be subscribed', async () => {
    const ana = env.playground.as('ana');
    const channel = ana.openDm(BOT_USER);
    expect(await runForText('ana', 'subscribe', channel)).toContain('A direct message cannot be subscribed');
  });

  test('cannot subscribe to an unknown service', async () => {
    expect(await runForText('ana', 'subscribe biling', '#ops')).toContain('There is no service or scope named biling');
  });
});

test('a sentence keeps the case of its name, link and reference', async () => {
  const { body } = await env.api('POST', '/api/v1/services', { name: 'R&D tools' });
  expect(body).toMatchObject({ name: 'R&D tools' });
  const line = 'R&D tools tomorrow 2am for 1h #ops ref:Q&A-1 link:https://a.example/?a=1&b=2: Ask @jonas & #ops <now>';
  const ana = env.playground.as('ana');
  const preview = await runCommand('ana', line);
  await ana.press(preview, 'draft.schedule');
  await ana.waitFor('it scheduled', () => currentText('ana', preview).includes('Scheduled as maintenance'));
  const { items } = (await env.api('GET', '/api/v1/maintenances?q=jonas')).body;
  expect(items[0]).toMatchObject({
    name: 'Ask @jonas & #ops <now>',
    external_reference: 'Q&A-1',
    external_link: 'https://a.example/?a=1&b=2',
  });
});

test('a sentence too long to schedule is refused before its preview', async () => {
  const name = 'n'.repeat(201);
  for (const when of ['tomorrow 2am for 2h', 'every sunday at 3am for 2h']) {
    const answer = await runCommand('ana', `api ${when}: ${name}`);
    expect(textOf(answer)).toContain('Name has 201 characters; at most 200 are possible');
    expect(textOf(answer)).not.toContain('draft.');
  }
});

test('a character that cannot be stored is refused without a failure', async () => {
  expect(await runForText('ana', 'api tomorrow 2am for 2h: Swap\0disks')).toContain('Swap disks');
});

test('a help example pasted whole after the command works as the example', async () => {
  expect(await runForText('ana', '/maintenance services')).toContain('*api* (Production)');
});

describe('help', () => {
  test('describes every command, and one command with an example', async () => {
    expect(await runForText('ana', 'help')).toContain('list [upcoming|active|past|mine]');
    expect(await runForText('ana', 'help extend')).toContain('/maintenance extend 12 until 5am');
  });

  test.each([
    ['lst', 'list [upcoming'],
    ['fnish 12 failed', 'finish 12 [failed]'],
    ['exted 12', 'extend 12 30m'],
    ['histroy 12', 'history 12'],
    ['sevices', '`/maintenance services`'],
    ['stop 12', 'finish 12 [failed]'],
    ['delay 12 30m', 'move 12 tomorrow 3am'],
    ['freezes', '/maintenance settings'],
  ])('for "%s" suggests the nearest command', async (line, command) => {
    expect(await runForText('ana', line)).toContain(command);
  });

  test.each([
    ['show abc', 'show 12'],
    ['start 12 now', 'start 12'],
    ['history PB5LFH', 'history 12'],
    ['settings help', 'settings freeze 24 dec'],
    ['services 3', '/maintenance services'],
  ])('reports that "%s" was not understood, and shows the form that works', async (line, form) => {
    const answer = await runForText('ana', line);
    expect(answer).toContain(`Not understood: \`${line}\``);
    expect(answer).toContain(form);
    expect(answer).not.toContain('as a service');
  });

  test('about an unknown command says so, and lists the commands', async () => {
    expect(await runForText('ana', 'help me')).toContain('There is no command `me`');
    expect(await runForText('ana', 'help stop')).toContain('finish 12');
  });

  test.each(['api tomorrow 2am for 2h: Upgrade', 'cancel api tomorrow 2am for 2h: x', 'finsh tomorrow 2am for 2h: x'])(
    'does not take over the sentence "%s"',
    async (line) => {
      expect(await runForText('ana', line)).not.toContain('There is no command');
    },
  );
});
