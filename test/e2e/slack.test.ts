import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../src/playground/server.ts';
import { type Installation, install, SENTENCE, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');

/** Sends a command and returns its ephemeral answer. */
async function runCommand(person: 'ana' | 'jonas' | 'guest', line: string, channel = '#ops') {
  const who = env.playground.as(person);
  const before = who.ephemerals(channel).length;
  await who.command(channel, line);
  return who.waitFor(`an answer to ${line}`, () => who.ephemerals(channel).slice(before).at(-1));
}

/** Schedules with a sentence, and waits for the announcement in #ops. */
async function scheduleWindow(name: string) {
  const preview = await runCommand('ana', `/maintenance api tomorrow 2am for 2h: ${name}`);
  await ana().press(preview, 'draft.schedule');
  return ana().waitFor(`the announcement of ${name}`, () =>
    ana()
      .messages('#ops')
      .find((message) => textOf(message).includes(name) && message.thread === undefined && !message.broadcast),
  );
}
const currentText = (message: Parameters<ReturnType<typeof ana>['again']>[0]) => textOf(ana().again(message));
const idOf = (message: { blocks: unknown }) => Number(/Maintenance (\d+)/.exec(textOf({ text: '', ...message }))?.[1]);

describe('the buttons of an announcement', () => {
  test('Start now, Extend, Comment and End now take a window from start to end', async () => {
    const message = await scheduleWindow('Disk swap');
    await ana().press(message, 'maintenance.start', { confirm: false });
    expect(currentText(message)).toContain('Scheduled: Disk swap');

    await ana().press(message, 'maintenance.start');
    await ana().waitFor('the start', () => currentText(message).includes('In progress: Disk swap'));
    expect(currentText(message)).not.toContain('Start now');

    await ana().press(message, 'maintenance.extend');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ minutes: '60' });
    await ana().submit();
    await ana().waitFor('the longer window', () => currentText(message).includes('3 h'));

    await ana().press(message, 'maintenance.comment');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ comment: 'Half of the disks are done' });
    await ana().submit();

    await ana().press(message, 'maintenance.finish');
    await ana().waitFor('the form', () => ana().view());
    await Promise.allSettled([ana().submit(), ana().submit()]);
    await ana().waitFor('the end', () => currentText(message).includes('Done: Disk swap'));
    await ana().waitFor('the thread', () => ana().thread(message).length >= 6);
    const thread = ana().thread(message).map(textOf).join('\n');
    for (const text of [
      'Started by <@U0ANA00001>',
      'Extended by 1 h',
      'Half of the disks are done',
      'Ended by <@U0ANA00001>',
    ]) {
      expect(thread).toContain(text);
    }
    expect(currentText(message)).not.toContain('End now');
  });

  test('Cancel asks first, and the channel shows that the window is canceled', async () => {
    const message = await scheduleWindow('Kernel update');
    await ana().press(message, 'maintenance.cancel');
    await ana().waitFor('the form', () => ana().view());
    await ana().close();
    expect(currentText(message)).toContain('Scheduled: Kernel update');
    await ana().press(message, 'maintenance.cancel');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ reason: 'The vendor is not ready' });
    await ana().submit();
    await ana().waitFor('the cancellation', () => currentText(message).includes('Canceled: Kernel update'));
    await ana().waitFor('the note in the channel', () =>
      ana()
        .messages('#ops')
        .some((reply) => reply.threadTs === message.ts && textOf(reply).includes('The vendor is not ready')),
    );
  });

  test('are refused to a guest with an explanation, and change nothing', async () => {
    const message = await scheduleWindow('Guarded work');
    const guest = env.playground.as('guest');
    guest.join('#ops');
    const before = guest.ephemerals('#ops').length;
    await guest.press(message, 'maintenance.start');
    const answer = await guest.waitFor('the refusal', () => guest.ephemerals('#ops').slice(before).at(-1));
    expect(textOf(answer)).toContain('may not start maintenances');
    expect(currentText(message)).toContain('Scheduled: Guarded work');
  });
});

describe('/maintenance', () => {
  test('alone opens the form, which reports errors at their fields and schedules valid input', async () => {
    await ana().command('#deploys', '/maintenance');
    const form = await ana().waitFor('the form', () => ana().view());
    const suggested = await ana().suggest(form, 'options.services', 'pi');
    const [option] = 'options' in suggested ? suggested.options : [];
    const start = Math.floor(env.clock.now().getTime() / 1000) + 3600;
    await ana().fill({
      name: 'Router firmware',
      services: [option?.value ?? ''],
      scheduled_start_date: start,
      scheduled_end_date: start - 60,
      external_link: 'https://example.com/change/1',
      description: 'One router at a time',
    });
    const result = await ana().submit();
    expect(result).toMatchObject({ errors: { scheduled_end_date: expect.stringContaining('not after the start') } });
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
    const preview = await runCommand('ana', '/maintenance api tomorrow 2am for 2h: Cable work');
    await ana().press(preview, 'draft.edit');
    const form = await ana().waitFor('the form', () => ana().view());
    expect(JSON.stringify(form)).toContain('Cable work');
    await ana().fill({ name: 'Cable work in room 4' });
    await ana().submit();
    await ana().waitFor('the replaced preview', () => currentText(preview).includes('Scheduled as'));
    expect(currentText(preview)).toContain('Cable work in room 4');
  });

  test('Discard leaves nothing behind', async () => {
    const preview = await runCommand('ana', '/maintenance api tomorrow 2am for 2h: Never mind');
    await ana().press(preview, 'draft.discard');
    await ana().waitFor('the answer', () => currentText(preview).includes('Discarded'));
    expect(textOf(await runCommand('ana', '/maintenance list'))).not.toContain('Never mind');
  });

  test('list, show, comment and help answer the person who typed them', async () => {
    const message = await scheduleWindow('Listed work');
    const id = idOf(message);
    expect(textOf(await runCommand('jonas', '/maintenance list'))).toContain('Listed work');
    expect(textOf(await runCommand('jonas', `/maintenance comment ${id} All quiet <!channel>`))).toContain('Added');
    await ana().waitFor('the comment in the thread', () =>
      ana()
        .thread(message)
        .some((reply) => textOf(reply).includes('All quiet')),
    );
    const details = textOf(await runCommand('jonas', `/maintenance show ${id}`));
    expect(details).toContain('Europe/Berlin');
    expect(details).toContain('All quiet');
    expect(details).not.toContain('<!channel>');
    expect(textOf(await runCommand('jonas', '/maintenance help'))).toContain('list [upcoming');
    expect(textOf(await runCommand('jonas', '/maintenance show 99999'))).toContain('There is no maintenance 99999');
    expect(textOf(await runCommand('jonas', '/maintenance show'))).toContain('/maintenance show 12');
  });

  test('is not available to guests', async () => {
    expect(textOf(await runCommand('guest', '/maintenance list'))).toContain('may not');
  });

  test('with an unknown name offers the nearest ones, and to add it', async () => {
    const answer = await runCommand('ana', '/maintenance postgrs tomorrow 2am for 2h: Vacuum');
    expect(textOf(answer)).toContain('Did you mean `postgres`');
    await ana().press(answer, 'sentence.choose.0');
    await ana().waitFor(
      'the preview',
      () => currentText(answer).includes('Vacuum') && currentText(answer).includes('draft.schedule'),
    );
    expect(currentText(answer)).toContain('postgres');

    const other = await runCommand('ana', '/maintenance billing tomorrow 2am for 2h: Ledger move');
    await ana().press(other, 'sentence.choose.0');
    await ana().waitFor(
      'the preview',
      () => currentText(other).includes('Ledger move') && currentText(other).includes('draft.schedule'),
    );
    const services = (await env.api('GET', '/api/v1/services')).body.items;
    expect(services.map((service: { name: string }) => service.name)).toContain('billing');
  });

  test('with the name of the work in place of a service offers to use it as the name', async () => {
    const answer = await runCommand('ana', '/maintenance restart api tomorrow 2am for 1h');
    await ana().press(answer, 'Call it "restart"');
    await ana().waitFor('the preview', () => currentText(answer).includes('draft.schedule'));
    expect(currentText(answer)).toContain('*restart*');
  });

  test('shows overlaps of a window', async () => {
    await scheduleWindow('First of two');
    expect(textOf(await runCommand('ana', SENTENCE))).toContain('First of two');
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
  const preview = await runCommand('ana', `/maintenance api tomorrow 2am for 2h #deploys: Joined work`);
  expect(textOf(preview)).toContain(CHANNELS.deploys);
  await ana().press(preview, 'draft.schedule');
  await ana().waitFor('the announcement', () =>
    ana()
      .messages('#deploys')
      .some((message) => textOf(message).includes('Joined work')),
  );
});
