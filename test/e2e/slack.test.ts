import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../src/playground/server.ts';
import { type Installation, install, SENTENCE, textOf } from './installation.ts';

let at: Installation;
beforeAll(async () => {
  at = await install();
});
afterAll(() => at.close());

const ana = () => at.playground.as('ana');

/** Sends a command and returns its ephemeral answer. */
async function answered(person: 'ana' | 'jonas' | 'guest', line: string, channel = '#ops') {
  const who = at.playground.as(person);
  const before = who.ephemerals(channel).length;
  await who.command(channel, line);
  return who.waitFor(`an answer to ${line}`, () => who.ephemerals(channel).slice(before).at(-1));
}

/** Schedules with a sentence, and waits for the announcement in #ops. */
async function announced(name: string) {
  const preview = await answered('ana', `/maintenance api tomorrow 2am for 2h: ${name}`);
  await ana().press(preview, 'draft.schedule');
  return ana().waitFor(`the announcement of ${name}`, () =>
    ana()
      .messages('#ops')
      .find((message) => textOf(message).includes(name) && message.thread === undefined && !message.broadcast),
  );
}
const now = (message: Parameters<ReturnType<typeof ana>['again']>[0]) => textOf(ana().again(message));
const idOf = (message: { blocks: unknown }) => Number(/Maintenance (\d+)/.exec(textOf({ text: '', ...message }))?.[1]);

describe('the buttons of an announcement', () => {
  test('Start now, Extend, Comment and End now take a window from start to end', async () => {
    const message = await announced('Disk swap');
    await ana().press(message, 'maintenance.start', { confirm: false });
    expect(now(message)).toContain('Scheduled: Disk swap');

    await ana().press(message, 'maintenance.start');
    await ana().waitFor('the start', () => now(message).includes('In progress: Disk swap'));
    expect(now(message)).not.toContain('Start now');

    await ana().press(message, 'maintenance.extend');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ minutes: '60' });
    await ana().submit();
    await ana().waitFor('the longer window', () => now(message).includes('3 h'));

    await ana().press(message, 'maintenance.comment');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ comment: 'Half of the disks are done' });
    await ana().submit();

    await ana().press(message, 'maintenance.finish');
    await ana().waitFor('the form', () => ana().view());
    await Promise.allSettled([ana().submit(), ana().submit()]);
    await ana().waitFor('the end', () => now(message).includes('Done: Disk swap'));
    await ana().waitFor('the thread', () => ana().thread(message).length >= 6);
    const thread = ana().thread(message).map(textOf).join('\n');
    for (const said of [
      'Started by <@U0ANA00001>',
      'Extended by 1 h',
      'Half of the disks are done',
      'Ended by <@U0ANA00001>',
    ]) {
      expect(thread).toContain(said);
    }
    expect(now(message)).not.toContain('End now');
  });

  test('Cancel asks first, and the channel shows that the window is canceled', async () => {
    const message = await announced('Kernel update');
    await ana().press(message, 'maintenance.cancel');
    await ana().waitFor('the form', () => ana().view());
    await ana().close();
    expect(now(message)).toContain('Scheduled: Kernel update');
    await ana().press(message, 'maintenance.cancel');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ reason: 'The vendor is not ready' });
    await ana().submit();
    await ana().waitFor('the cancellation', () => now(message).includes('Canceled: Kernel update'));
    await ana().waitFor('the note in the channel', () =>
      ana()
        .messages('#ops')
        .some((reply) => reply.threadTs === message.ts && textOf(reply).includes('The vendor is not ready')),
    );
  });

  test('are refused to a guest with an explanation, and change nothing', async () => {
    const message = await announced('Guarded work');
    const guest = at.playground.as('guest');
    guest.join('#ops');
    const before = guest.ephemerals('#ops').length;
    await guest.press(message, 'maintenance.start');
    const answer = await guest.waitFor('the refusal', () => guest.ephemerals('#ops').slice(before).at(-1));
    expect(textOf(answer)).toContain('may not start maintenances');
    expect(now(message)).toContain('Scheduled: Guarded work');
  });
});

describe('/maintenance', () => {
  test('alone opens the form, which reports errors at their fields and schedules valid input', async () => {
    await ana().command('#deploys', '/maintenance');
    const form = await ana().waitFor('the form', () => ana().view());
    const suggested = await ana().suggest(form, 'options.services', 'pi');
    const [option] = 'options' in suggested ? suggested.options : [];
    const start = Math.floor(at.clock.now().getTime() / 1000) + 3600;
    await ana().fill({
      name: 'Router firmware',
      services: [option?.value ?? ''],
      scheduled_start_date: start,
      scheduled_end_date: start - 60,
      external_link: 'https://example.com/change/1',
      description: 'One router at a time',
    });
    const refused = await ana().submit();
    expect(refused).toMatchObject({ errors: { scheduled_end_date: expect.stringContaining('not after the start') } });
    await ana().fill({ scheduled_end_date: start + 7200 });
    await ana().submit();
    await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .find((message) => textOf(message).includes('Router firmware')),
    );
    await ana().waitFor('the confirmation', () => textOf(ana().ephemerals('#deploys').at(-1)).includes('Scheduled as'));
    expect(ana().view()).toBeUndefined();
  });

  test('Edit... opens the form filled in, and Schedule there replaces the preview', async () => {
    const preview = await answered('ana', '/maintenance api tomorrow 2am for 2h: Cable work');
    await ana().press(preview, 'draft.edit');
    const form = await ana().waitFor('the form', () => ana().view());
    expect(JSON.stringify(form)).toContain('Cable work');
    await ana().fill({ name: 'Cable work in room 4' });
    await ana().submit();
    await ana().waitFor('the replaced preview', () => now(preview).includes('Scheduled as'));
    expect(now(preview)).toContain('Cable work in room 4');
  });

  test('Discard leaves nothing behind', async () => {
    const preview = await answered('ana', '/maintenance api tomorrow 2am for 2h: Never mind');
    await ana().press(preview, 'draft.discard');
    await ana().waitFor('the answer', () => now(preview).includes('Discarded'));
    expect(textOf(await answered('ana', '/maintenance list'))).not.toContain('Never mind');
  });

  test('list, show, comment and help answer the person who typed them', async () => {
    const message = await announced('Listed work');
    const id = idOf(message);
    expect(textOf(await answered('jonas', '/maintenance list'))).toContain('Listed work');
    expect(textOf(await answered('jonas', `/maintenance comment ${id} All quiet <!channel>`))).toContain('Added');
    await ana().waitFor('the comment in the thread', () =>
      ana()
        .thread(message)
        .some((reply) => textOf(reply).includes('All quiet')),
    );
    const shown = textOf(await answered('jonas', `/maintenance show ${id}`));
    expect(shown).toContain('Europe/Berlin');
    expect(shown).toContain('All quiet');
    expect(shown).not.toContain('<!channel>');
    expect(textOf(await answered('jonas', '/maintenance help'))).toContain('list [upcoming');
    expect(textOf(await answered('jonas', '/maintenance show 99999'))).toContain('There is no maintenance 99999');
    expect(textOf(await answered('jonas', '/maintenance show'))).toContain('/maintenance show 12');
  });

  test('is not available to guests', async () => {
    expect(textOf(await answered('guest', '/maintenance list'))).toContain('may not');
  });

  test('with an unknown name offers the nearest ones, and to add it', async () => {
    const answer = await answered('ana', '/maintenance postgrs tomorrow 2am for 2h: Vacuum');
    expect(textOf(answer)).toContain('Did you mean `postgres`');
    await ana().press(answer, 'sentence.choose.0');
    await ana().waitFor('the preview', () => now(answer).includes('Vacuum') && now(answer).includes('draft.schedule'));
    expect(now(answer)).toContain('postgres');

    const other = await answered('ana', '/maintenance billing tomorrow 2am for 2h: Ledger move');
    await ana().press(other, 'sentence.choose.0');
    await ana().waitFor(
      'the preview',
      () => now(other).includes('Ledger move') && now(other).includes('draft.schedule'),
    );
    const services = (await at.api('GET', '/api/v1/services')).body.items;
    expect(services.map((service: { name: string }) => service.name)).toContain('billing');
  });

  test('with the name of the work in place of a service offers to use it as the name', async () => {
    const answer = await answered('ana', '/maintenance restart api tomorrow 2am for 1h');
    await ana().press(answer, 'Call it "restart"');
    await ana().waitFor('the preview', () => now(answer).includes('draft.schedule'));
    expect(now(answer)).toContain('*restart*');
  });

  test('shows overlaps of a window', async () => {
    await announced('First of two');
    expect(textOf(await answered('ana', SENTENCE))).toContain('First of two');
  });
});

describe('a workspace without services', () => {
  test('is welcomed, and adds its first service with one button', async () => {
    const empty = await install({ catalogue: false });
    try {
      const jonas = empty.playground.as('jonas');
      await jonas.command('#ops', '/maintenance');
      const welcome = await jonas.waitFor('the welcome', () => jonas.ephemerals('#ops').at(-1));
      expect(textOf(welcome)).toContain('Welcome to Lull');
      await jonas.command('#ops', SENTENCE);
      const offer = await jonas.waitFor('the offer', () =>
        jonas.ephemerals('#ops').find((message) => textOf(message).includes('Add api as a service')),
      );
      await jonas.press(offer, 'sentence.choose.0');
      await jonas.waitFor('the preview', () => textOf(jonas.again(offer)).includes('draft.schedule'));
      expect(textOf(jonas.again(offer))).toContain('(Europe/Berlin)');
      expect(textOf(jonas.again(offer))).toContain('no channel');
    } finally {
      await empty.close();
    }
  });
});

test('a channel named in the command is joined by Lull', async () => {
  const preview = await answered('ana', `/maintenance api tomorrow 2am for 2h #deploys: Joined work`);
  expect(textOf(preview)).toContain(CHANNELS.deploys);
  await ana().press(preview, 'draft.schedule');
  await ana().waitFor('the announcement', () =>
    ana()
      .messages('#deploys')
      .some((message) => textOf(message).includes('Joined work')),
  );
});
