import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let at: Installation;
beforeAll(async () => {
  at = await install();
});
afterAll(() => at.close());

const ana = () => at.playground.as('ana');

/** Schedules with a sentence, and waits for the announcement in #ops. */
async function announced(sentence: string, name: string) {
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
async function thread({ message }: Awaited<ReturnType<typeof announced>>, until: string): Promise<string[]> {
  const said = () =>
    ana()
      .thread(message)
      .map((each) => each.text.replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1'));
  await ana().waitFor(`the thread to say "${until}"`, () => said().some((text) => text.includes(until)));
  return said();
}

async function check(name: string) {
  const { body } = await at.api('GET', '/api/v1/checks');
  return body.items.find((each: { name: string }) => each.name === name);
}
const isOff = async (name: string) => (await check(name)).enabled === false;

/** Moves the clock to the next start or end, and waits until the check has the expected state. */
async function jump(off: boolean, name = 'postgres disk'): Promise<void> {
  await at.jump();
  const deadline = Date.now() + 20_000;
  while ((await isOff(name)) !== off && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await isOff(name)).toBe(off);
}

test('a check muted by two overlapping windows stays muted until the second ends, and the threads say why', async () => {
  const short = await announced('postgres tomorrow 2am for 1h', 'Index rebuild');
  const long = await announced('postgres tomorrow 2:30am for 1h30m', 'Disk swap');

  await jump(true);
  expect(await thread(short, 'Switched off')).toContain(':no_bell: Switched off: postgres disk, postgres replication');

  await jump(true);
  expect(await thread(long, 'kept off')).toContain(
    `:no_bell: Off already for maintenance #${short.id}, and kept off: postgres disk, postgres replication`,
  );

  // The short window ends.
  await jump(true);
  const told = await thread(short, 'Stays off');
  const why = told.find((text) => text.includes('Stays off')) ?? '';
  expect(why).toMatch(
    new RegExp(
      `^:no_bell: Stays off, still held by maintenance #${long.id} until [A-Z][a-z]{2} \\d+ [A-Z][a-z]{2} \\d{4} \\d\\d:00 UTC: postgres disk, postgres replication$`,
    ),
  );
  expect((await check('postgres disk')).muted_by).toEqual([long.id]);

  await jump(false);
  expect(await thread(long, 'Switched on again')).toContain(
    ':bell: Switched on again: postgres disk, postgres replication',
  );
  // The check that no window covers was neither mentioned nor changed.
  expect(await isOff('api canary')).toBe(true);

  const { body } = await at.api('GET', `/api/v1/maintenances/${short.id}`);
  expect(body.mutes).toMatchObject([
    { name: 'postgres disk', outcome: 'muted', released: true, error: null },
    { name: 'postgres replication', outcome: 'muted', released: true, error: null },
  ]);
  expect(body.mutes[0].release_date >= body.mutes[0].muted_date).toBe(true);

  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', `/maintenance show ${long.id}`);
  const shown = await ana().waitFor('the maintenance', () => ana().ephemerals('#ops').slice(before).at(-1));
  expect(textOf(shown)).toContain('Checks of this run');
});
