import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOT_USER } from '../../src/playground/workspace/seed.ts';
import { hours } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let at: Installation;
beforeAll(async () => {
  at = await install({ playground: { messageRate: false } });
});
afterAll(() => at.close());

type Who = 'ana' | 'jonas' | 'guest';
/** Sends a command and returns its ephemeral answer. */
async function answered(person: Who, line: string, channel = '#ops') {
  const who = at.playground.as(person);
  const before = who.ephemerals(channel).length;
  await who.command(channel, `/maintenance ${line}`);
  return who.waitFor(`an answer to ${line}`, () => who.ephemerals(channel).slice(before).at(-1));
}
const said = async (...asked: Parameters<typeof answered>) => textOf(await answered(...asked));
const again = (person: Who, message: Parameters<ReturnType<Installation['playground']['as']>['again']>[0]) =>
  textOf(at.playground.as(person).again(message));

async function service(name: string): Promise<number> {
  const { items } = (await at.api('GET', '/api/v1/services')).body;
  return items.find((each: { name: string }) => each.name === name).id;
}
let hour = 24;
/** Schedules a two-hour window on a day of its own. */
async function scheduled(name: string, values: Record<string, unknown> = {}) {
  hour += 24;
  const start = new Date(at.clock.now().getTime() + hours(hour));
  const { status, body } = await at.api('POST', '/api/v1/maintenances', {
    name,
    service: await service('api'),
    service_status: 'down',
    scheduled_start_date: start.toISOString(),
    scheduled_end_date: new Date(start.getTime() + hours(2)).toISOString(),
    ...values,
  });
  expect(status).toBe(201);
  return body;
}
const stored = async (id: number) => (await at.api('GET', `/api/v1/maintenances/${id}`)).body;

describe('a window, with commands only', () => {
  test('is started, extended in words, commented on and finished, by number or key', async () => {
    const { id, key } = await scheduled('Kernel update');
    expect(await said('ana', `start #${id}`)).toContain('Started: maintenance');
    const { ends_at: end, scheduled_end_date: planned } = await stored(id);
    expect(await said('ana', `show ${id}`)).toContain('planned');
    expect(await said('ana', `extend ${key.toLowerCase()} 30m`)).toContain('Extended');
    expect(Date.parse((await stored(id)).ends_at) - Date.parse(end)).toBe(30 * 60_000);
    expect((await stored(id)).scheduled_end_date).toBe(planned);
    expect(await said('ana', `internal ${id} Waiting for the vendor`)).toContain('for internal channels alone');
    expect(await said('jonas', `finish ${id} failed Rolled back`)).toContain('Ended as failed');
    expect(await stored(id)).toMatchObject({ status: 'failed' });
    const history = await said('jonas', `history ${id}`);
    for (const word of ['scheduled it', 'started it', 'extended it', 'commented', 'Rolled back', 'over HTTP']) {
      expect(history).toContain(word);
    }
  });

  test('is canceled with a reason, which its thread shows', async () => {
    const { id } = await scheduled('Unwanted work');
    expect(await said('ana', `cancel ${id} Not needed any more`)).toContain('Canceled');
    const ana = at.playground.as('ana');
    await ana.waitFor('the reason in the thread', () =>
      ana.messages('#ops').some((message) => textOf(message).includes('Not needed any more')),
    );
  });

  test('keeps text as it was typed, whatever Slack makes of it', async () => {
    const { id } = await scheduled('Marked work');
    await answered('ana', `comment ${id} R&D asks @jonas in #ops, see https://a.example/?a=1&b=2 <soon>`);
    const { body } = await at.api('GET', `/api/v1/maintenances/${id}/comments`);
    expect(body.items[0]).toMatchObject({
      comment: 'R&D asks @jonas in #ops, see https://a.example/?a=1&b=2 <soon>',
    });
    await answered('ana', `cancel ${id} R&D say @here no`);
    expect(await said('ana', `history ${id}`)).toContain('R&amp;D say @\u2060here no');
  });

  test('an ambiguous duration is asked about, and the answer extends the window', async () => {
    const { id } = await scheduled('Disk swap');
    const question = await answered('ana', `extend ${id} 45`);
    expect(textOf(question)).toContain('45');
    await at.playground.as('ana').press(question, 'sentence.choose.0');
    await at.playground.as('ana').waitFor('the extension', () => again('ana', question).includes('Extended'));
    expect(await said('ana', `extend ${id} until yesterday`)).toContain('For example');
  });

  test('a command that cannot be carried out is refused in words', async () => {
    const { id } = await scheduled('Cable work');
    expect(await said('ana', `finish ${id}`)).toContain('only one in progress can be ended');
    expect(await said('ana', 'start 99999')).toContain('There is no maintenance 99999');
    expect(await said('ana', 'start ZZZZZ')).toContain('There is no maintenance ZZZZZ');
    expect(await said('ana', 'start')).toContain('/maintenance start 12');
    for (const line of [`start ${id}`, `cancel ${id}`, `extend ${id} 30m`, `history ${id}`, 'subscribe', 'services']) {
      expect(await said('guest', line)).toContain('may not');
    }
  });
});

describe('list', () => {
  test('pages through maintenances with buttons that keep the filter', async () => {
    for (let i = 1; i <= 12; i++) await scheduled(`Page work ${i}`, { service: await service('postgres') });
    const list = await answered('jonas', 'list upcoming postgres');
    expect(textOf(list)).toContain('Page work 1');
    expect(textOf(list)).not.toContain('Page work 11');
    expect(textOf(list)).toContain('12 maintenances planned for postgres · page 1 of 2');
    const jonas = at.playground.as('jonas');
    await jonas.press(list, 'page.next');
    await jonas.waitFor('the next page', () => again('jonas', list).includes('Page work 12'));
    expect(again('jonas', list)).not.toContain('Page work 2*');
    await jonas.press(list, 'page.previous');
    await jonas.waitFor('the page before', () => again('jonas', list).includes('page 1 of 2'));
    expect(await said('jonas', 'list upcoming postgres 2')).toContain('Page work 12');
    expect(await said('jonas', 'list upcoming postgres 99')).toContain('page 2 of 2');
  });

  test('filters by past, active, mine, and scope', async () => {
    const { id } = await scheduled('Past work');
    await answered('ana', `cancel ${id}`);
    expect(await said('ana', 'list past')).toContain('Past work');
    expect(await said('ana', 'list')).not.toContain('Past work');
    expect(await said('ana', 'list past production')).toContain('Past work');
    expect(await said('guest', 'list')).toContain('may not');
    expect(await said('ana', 'list mine')).toContain('You have nothing on and nothing planned');
    expect(await said('ana', 'list past postgrs')).toContain('Did you mean postgres');
  });
});

test('services and checks are listed with their current state', async () => {
  const { id } = await scheduled('Seen work');
  await answered('ana', `start ${id}`);
  expect(await said('ana', 'services')).toContain(':red_circle: down  *api* (Production)');
  expect(await said('ana', 'checks api')).toContain(`held by maintenance ${id}`);
  expect(await said('ana', 'checks')).toContain('web home page');
  await answered('ana', `finish ${id}`);
});

describe('a channel', () => {
  test('subscribes and unsubscribes, and lists its subscriptions; Lull joins a public channel', async () => {
    const answer = await said('ana', 'subscribe api public', '#deploys');
    expect(answer).toContain('hears of the maintenances of api, as a public channel');
    expect(at.playground.as('ana').channel('#deploys').members).toContain(BOT_USER);
    expect(await said('ana', 'subscribe', '#deploys')).toContain(
      'hears of every maintenance, as a public channel, because',
    );
    expect(await said('ana', 'unsubscribe api', '#deploys')).toContain('every maintenance, as an internal channel');
    expect(await said('ana', 'unsubscribe web', '#deploys')).toContain('There was nothing to end');
    expect(await said('ana', 'unsubscribe', '#deploys')).toContain('subscribed to nothing');
    expect(await said('ana', 'subscribe Production', '#deploys')).toContain('everything in Production');
    await answered('ana', 'unsubscribe all', '#deploys');
  });

  test('that is private and without Lull gets instructions, and is not subscribed', async () => {
    expect(await said('ana', 'subscribe', '#security')).toContain('/invite @Lull');
    const ana = at.playground.as('ana');
    ana.invite('#security', BOT_USER);
    expect(await said('ana', 'subscribe', '#security')).toContain('hears of every maintenance');
    await answered('ana', 'unsubscribe', '#security');
  });

  test('explains that it is public if it is subscribed both ways', async () => {
    await answered('ana', 'subscribe', '#deploys');
    const said = textOf(await answered('ana', 'subscribe api public', '#deploys'));
    expect(said).toContain('as a public channel, because it is one for api: no internal maintenances');
    await answered('ana', 'unsubscribe all', '#deploys');
  });

  test('that is a direct message cannot be subscribed', async () => {
    const ana = at.playground.as('ana');
    const channel = ana.openDm(BOT_USER);
    expect(await said('ana', 'subscribe', channel)).toContain('A direct message cannot be subscribed');
  });

  test('cannot subscribe to an unknown service', async () => {
    expect(await said('ana', 'subscribe biling', '#ops')).toContain('There is no service or scope named biling');
  });
});

test('a sentence keeps the case of its name, link and reference', async () => {
  const { body } = await at.api('POST', '/api/v1/services', { name: 'R&D tools' });
  expect(body).toMatchObject({ name: 'R&D tools' });
  const line = 'R&D tools tomorrow 2am for 1h #ops ref:Q&A-1 link:https://a.example/?a=1&b=2: Ask @jonas & #ops <now>';
  const ana = at.playground.as('ana');
  const preview = await answered('ana', line);
  await ana.press(preview, 'draft.schedule');
  await ana.waitFor('it scheduled', () => again('ana', preview).includes('Scheduled as maintenance'));
  const { items } = (await at.api('GET', '/api/v1/maintenances?q=jonas')).body;
  expect(items[0]).toMatchObject({
    name: 'Ask @jonas & #ops <now>',
    external_reference: 'Q&A-1',
    external_link: 'https://a.example/?a=1&b=2',
  });
});

test('a sentence too long to schedule is refused before its preview', async () => {
  const name = 'n'.repeat(201);
  for (const when of ['tomorrow 2am for 2h', 'every sunday at 3am for 2h']) {
    const answer = await answered('ana', `api ${when}: ${name}`);
    expect(textOf(answer)).toContain('Name has 201 characters; at most 200 are possible');
    expect(textOf(answer)).not.toContain('draft.');
  }
});

test('a character that cannot be stored is refused without a failure', async () => {
  expect(await said('ana', 'api tomorrow 2am for 2h: Swap\0disks')).toContain('Swap disks');
});

test('a help example pasted whole after the command works as the example', async () => {
  expect(await said('ana', '/maintenance services')).toContain('*api* (Production)');
});

describe('help', () => {
  test('describes every command, and one command with an example', async () => {
    expect(await said('ana', 'help')).toContain('list [upcoming|active|past|mine]');
    expect(await said('ana', 'help extend')).toContain('/maintenance extend 12 until 5am');
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
    expect(await said('ana', line)).toContain(command);
  });

  test.each([
    ['show abc', 'show 12'],
    ['start 12 now', 'start 12'],
    ['history PB5LFH', 'history 12'],
    ['settings help', 'settings freeze 24 dec'],
    ['services 3', '/maintenance services'],
  ])('reports that "%s" was not understood, and shows the form that works', async (line, form) => {
    const answer = await said('ana', line);
    expect(answer).toContain(`Not understood: \`${line}\``);
    expect(answer).toContain(form);
    expect(answer).not.toContain('as a service');
  });

  test('about an unknown command says so, and lists the commands', async () => {
    expect(await said('ana', 'help me')).toContain('There is no command `me`');
    expect(await said('ana', 'help stop')).toContain('finish 12');
  });

  test.each(['api tomorrow 2am for 2h: Upgrade', 'cancel api tomorrow 2am for 2h: x', 'finsh tomorrow 2am for 2h: x'])(
    'does not take over the sentence "%s"',
    async (line) => {
      expect(await said('ana', line)).not.toContain('There is no command');
    },
  );
});
