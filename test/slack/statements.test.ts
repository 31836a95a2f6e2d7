import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../src/playground/protocol.ts';
import { COMMANDS_HELP } from '../../src/texts/slack-help.ts';
import { countingStatements } from '../statements.ts';
import { STOCK } from '../stock.ts';
import { stocked, type Workspace } from './stocked.ts';

let few: Workspace;
let many: Workspace;
beforeAll(async () => {
  [few, many] = await Promise.all([stocked(3), stocked(60)]);
});
afterAll(async () => {
  await few.close();
  await many.close();
});

const { scheduled, unapproved, running, over } = STOCK;

/** What each command of the help needs at most, and an example of it that is carried out. They are sent in this order. */
const COMMANDS: Readonly<Record<string, readonly (readonly [most: number, line: string])[]>> = {
  '': [
    [2, ''],
    [9, 'service-2 tomorrow 2am for 2h: Reindex'],
    [9, 'service-2, service-3 every sunday at 3am for 2h: Backups'],
    [3, 'servce-2 tomorrow 2am for 2h: Reindex'],
  ],
  list: [
    [3, 'list'],
    [5, 'list past service-2 2'],
    [3, 'list mine'],
  ],
  show: [[6, `show ${running(1)}`]],
  edit: [
    [13, `edit ${scheduled(1)}`],
    [6, `edit ${STOCK.seriesKey(1)}`],
  ],
  start: [[9, `start ${scheduled(1)}`]],
  finish: [[9, `finish ${running(1)} failed Rolled back`]],
  extend: [
    [9, `extend ${running(2)} 30m`],
    [2, `extend ${running(2)}`],
  ],
  move: [[9, `move ${scheduled(2)} tomorrow 3am`]],
  cancel: [[9, `cancel ${scheduled(2)} Not needed any more`]],
  reopen: [[21, `reopen ${over(1)}`]],
  approve: [[9, `approve ${unapproved(1)}`]],
  decline: [[9, `decline ${unapproved(2)} Not on a Friday`]],
  comment: [[9, `comment ${running(2)} Replicas are in sync`]],
  internal: [[9, `internal ${running(2)} Waiting for the vendor`]],
  history: [[6, `history ${running(2)}`]],
  services: [[3, 'services']],
  checks: [
    [4, 'checks'],
    [4, 'checks service-1'],
  ],
  sync: [[4, 'checks sync provider-1']],
  subscribe: [[11, 'subscribe service-2 public']],
  unsubscribe: [
    [10, 'unsubscribe service-2'],
    [5, 'unsubscribe'],
  ],
  series: [
    [3, 'series'],
    [1, 'every'],
  ],
  pause: [[12, `pause ${STOCK.seriesKey(1)} cancel`]],
  resume: [[11, `resume ${STOCK.seriesKey(1)}`]],
  // Its runs are planned when it goes on.
  skip: [[11, `skip ${STOCK.seriesKey(1)}`]],
  settings: [
    [8, 'settings'],
    [6, 'settings show'],
    [9, 'settings owners service-2 @jonas'],
    [8, 'settings default-role approver'],
    [8, 'settings role @jonas approver'],
    [6, 'settings scope add Staging'],
    [10, 'settings scope scope-1 approval on'],
    [10, 'settings scope scope-1 approval off'],
    [9, 'settings freeze scope-1 tomorrow 08:00 for 9 days: Holidays'],
    [7, 'settings unfreeze 1'],
    [8, 'settings channel #ops'],
    [8, 'settings zone Europe/Berlin'],
    [8, 'settings look 10m'],
    [6, 'settings zone'],
  ],
  tokens: [
    [3, 'tokens'],
    [9, 'tokens add deploys write in scope-1 for 90 days'],
    [6, 'tokens revoke 3'],
  ],
  calendar: [
    [4, 'calendar'],
    [11, 'calendar add Databases of service-2'],
    [6, 'calendar revoke 3'],
  ],
  help: [[1, 'help extend']],
};

/** The statements between a command and its answer, which is a message or a form. */
async function count({ playground }: Workspace, line: string) {
  const ana = playground.as('ana');
  const before = ana.ephemerals('#ops').length;
  let message: Message | undefined;
  let answer = '';
  const statements = await countingStatements(async () => {
    await ana.command('#ops', `/maintenance ${line}`);
    answer = await ana.waitFor(`an answer to ${line}`, () => {
      message = ana.ephemerals('#ops').slice(before).at(-1);
      const shown = message ?? ana.view();
      return shown && JSON.stringify(shown);
    });
  });
  if (ana.view() !== undefined) await ana.close({ all: true });
  return { statements, answer, message };
}

/** How an answer begins when nothing was done. */
const REFUSED = /Not understood: `(?!settings zone)|may not|There is no (?!service `servce)/;

/** How a statement begins: Prisma's texts have a place for each parameter. */
const beginnings = (statements: readonly string[]) => statements.map((text) => text.trim().slice(0, 40)).sort();

test.each(['owners', 'scope', 'role', 'channel'])(
  'a command with thousands of spaces is bounded work: settings %s',
  async (word) => {
    const gap = ' '.repeat(3000);
    const { answer } = await count(few, `settings ${word}${gap}service-2${gap}!`);
    expect(answer).toContain('Not understood');
  },
);

test('every command of the help is here', () => {
  // An override needs a run that a freeze skips: `overrideFreezes` of the HTTP API counts the same command.
  const names = COMMANDS_HELP.map(({ name }) => name).filter((name) => name !== 'override');
  expect(Object.keys(COMMANDS).sort()).toEqual(['', ...names].sort());
});

describe('the number of statements does not grow with the data', () => {
  test.each(Object.values(COMMANDS).flat())('%i for /maintenance %s', async (most, line) => {
    const [small, large] = [await count(few, line), await count(many, line)];
    expect(beginnings(large.statements)).toEqual(beginnings(small.statements));
    expect(large.statements.length).toBeLessThanOrEqual(most);
    expect(large.answer).not.toMatch(REFUSED);
  });

  test.each([
    [9, 'draft.schedule', 'service-2 tomorrow 2am for 2h: Reindex'],
    [6, 'page.next', 'list'],
    [6, 'page.next', 'services'],
    [6, 'page.next', 'checks'],
    [6, 'page.next', 'series'],
    [6, 'page.next', `history ${running(2)}`],
  ])('%i for the button %s of /maintenance %s', async (most, action, line) => {
    const ana = many.playground.as('ana');
    const { message } = await count(many, line);
    if (message === undefined) throw new Error(`${line} is not answered with a message`);
    const statements = await countingStatements(async () => {
      await ana.press(message, action);
      await ana.waitFor('another message', () => JSON.stringify(ana.again(message)) !== JSON.stringify(message));
    });
    expect(statements.length).toBeLessThanOrEqual(most);
  });
});
