import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');

/** Schedules with a sentence, and waits for the announcement in #ops. */
async function scheduleWindow(sentence: string, name: string) {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', `/maintenance ${sentence}: ${name}`);
  const preview = await ana().waitFor('the preview', () => ana().ephemerals('#ops').slice(before).at(-1));
  await ana().press(preview, 'draft.schedule');
  const message = await ana().waitFor(`the announcement of ${name}`, () =>
    ana()
      .messages('#ops')
      .find((each) => textOf(each).includes(`Scheduled: ${name}`) && each.thread === undefined && !each.broadcast),
  );
  return { message, id: Number(/Maintenance (\d+)/.exec(textOf(message))?.[1]) };
}

/** The texts of a thread, with dates as a reader in UTC sees them. */
async function readThread({ message }: Awaited<ReturnType<typeof scheduleWindow>>, until: string): Promise<string[]> {
  const texts = () =>
    ana()
      .thread(message)
      .map((each) => each.text.replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1'));
  await ana().waitFor(`the thread to say "${until}"`, () => texts().some((text) => text.includes(until)));
  return texts();
}

async function findCheck(name: string) {
  const { body } = await env.api('GET', '/api/v1/checks');
  return body.items.find((each: { name: string }) => each.name === name);
}
const isMuted = async (name: string) => (await findCheck(name)).enabled === false;

/** Moves the clock to the next start or end, and waits until the check has the expected state. */
async function jumpAndWait(off: boolean, name = 'postgres disk'): Promise<void> {
  await env.jump();
  const deadline = Date.now() + 20_000;
  while ((await isMuted(name)) !== off && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await isMuted(name)).toBe(off);
}

test('a check muted by two overlapping windows stays muted until the second ends, and the threads say why', async () => {
  const short = await scheduleWindow('postgres tomorrow 2am for 1h', 'Index rebuild');
  const long = await scheduleWindow('postgres tomorrow 2:30am for 1h30m', 'Disk swap');

  await jumpAndWait(true);
  expect(await readThread(short, 'Switched off')).toContain(
    ':no_bell: Switched off: postgres disk, postgres replication',
  );

  await jumpAndWait(true);
  expect(await readThread(long, 'kept off')).toContain(
    `:no_bell: Off already for maintenance #${short.id}, and kept off: postgres disk, postgres replication`,
  );

  // The short window ends.
  await jumpAndWait(true);
  const texts = await readThread(short, 'Stays off');
  const stillMuted = texts.find((text) => text.includes('Stays off')) ?? '';
  expect(stillMuted).toMatch(
    new RegExp(
      `^:no_bell: Stays off, still held by maintenance #${long.id} until [A-Z][a-z]{2} \\d+ [A-Z][a-z]{2} \\d{4} \\d\\d:00 UTC: postgres disk, postgres replication$`,
    ),
  );
  expect((await findCheck('postgres disk')).muted_by).toEqual([long.id]);

  await jumpAndWait(false);
  expect(await readThread(long, 'Switched on again')).toContain(
    ':bell: Switched on again: postgres disk, postgres replication',
  );
  // The check that no window covers was neither mentioned nor changed.
  expect(await isMuted('api canary')).toBe(true);

  const { body } = await env.api('GET', `/api/v1/maintenances/${short.id}`);
  expect(body.mutes).toMatchObject([
    { name: 'postgres disk', outcome: 'muted', released: true, error: null },
    { name: 'postgres replication', outcome: 'muted', released: true, error: null },
  ]);
  expect(body.mutes[0].release_date >= body.mutes[0].muted_date).toBe(true);

  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', `/maintenance show ${long.id}`);
  const details = await ana().waitFor('the maintenance', () => ana().ephemerals('#ops').slice(before).at(-1));
  expect(textOf(details)).toContain('Checks of this run');
});
