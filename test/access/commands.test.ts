import { afterAll, beforeAll, expect, test } from 'vitest';
import { slackCommands } from '../../src/app/slack/commands.ts';
import { UserError } from '../../src/core/errors.ts';
import { ROLES, type Role } from '../../src/core/permissions.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import type { SlackContext } from '../../src/slack/context.ts';
import type { Person } from '../../src/slack/people.ts';
import { connected } from '../checks/providers/connected.ts';
import { seriesInput } from '../series/a-series.ts';
import { silent, type World, world } from '../world.ts';

// Every slash command by a person of every role.

/** Examples of every form, by the least role that they need. A new form without an example fails. */
const COMMANDS: Readonly<Record<string, string>> = {
  viewer: `help | help start | list | list upcoming | list postgres | services | checks | checks api | show 1 | history 1
    | series | tokens | tokens add x read | tokens revoke 99 | calendars | calendars add x
    | calendars revoke 99`,
  operator: `start 1 | finish 1 | extend 1 30m | reopen 1 | cancel 1 | move 1 tomorrow 2am | edit 1 | comment 1 hello
    | internal 1 hello | edit SERIES | every | pause SERIES | resume SERIES | skip SERIES | subscribe | unsubscribe`,
  approver: 'approve 1 | decline 1',
  admin: `override SERIES next: Agreed | settings | settings show | settings look soon | checks sync x | settings owners api <@U0BEN> | settings default-role viewer | settings role <@U0BEN> viewer | settings scope add x
    | settings scope x approval on | settings freeze tomorrow 2am for 2h: Sale | settings unfreeze 1 | settings channel none
    | settings zone UTC | settings look 5`,
};

let w: World;
let run: ReturnType<typeof slackCommands>;
let context: SlackContext;
/** Of a series. */
let key: string;

beforeAll(async () => {
  w = await world();
  const providers = connected(w.ctx.database);
  run = slackCommands({ list: providers.list, providers });
  // biome-ignore lint/suspicious/noExplicitAny: answers whatever is called.
  const anything: any = new Proxy(() => {}, {
    get: (_, name) => (name === 'then' ? undefined : anything),
    apply: () => Promise.resolve({ ok: true }),
  });
  context = {
    ctx: w.ctx,
    client: anything,
    people: anything,
    workspace: anything,
    publicUrl: 'https://lull.example',
    log: silent,
  };
  const service = await w.service('api', ['health']);
  await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
  key = (await scheduleSeries(w.ctx, w.ana, seriesInput({ services: [service.id] }))).key;
});
afterAll(() => w.close());

const request = { channel: 'C0OPS', triggerId: 'T1', responseUrl: 'https://slack.example/' };
const lines = (text = '') => text.split('|').map((line) => line.trim().replace('SERIES', key));

async function isForbidden(line: string, role: Role): Promise<boolean> {
  const person: Person = { actor: w.person(role), timezone: 'UTC', locale: 'en-US' };
  return run.runText(context, person, line, { ...request, triggerId: `${line} ${role}` }).then(
    () => false,
    (error: unknown) => error instanceof UserError && error.kind === 'forbidden',
  );
}

test('every form has an example', () => {
  const examples = Object.values(COMMANDS).flatMap(lines);
  const used = examples.map((line) => run.commands.find(({ form }) => form.test(line)));
  expect(examples.filter((_, index) => used[index] === undefined)).toEqual([]);
  expect(run.commands.filter((entry) => !used.includes(entry)).map(({ form }) => form.source)).toEqual([]);
});

test.each(ROLES)('somebody with the role %s runs those of the role and below', async (role) => {
  const wrong: string[] = [];
  for (const [least, text] of Object.entries(COMMANDS)) {
    for (const line of lines(text)) {
      const wanted = ROLES.map(String).indexOf(least) > ROLES.indexOf(role);
      if ((await isForbidden(line, role)) !== wanted) wrong.push(`${line}: ${wanted ? 'allowed' : 'forbidden'}`);
    }
  }
  expect(wrong).toEqual([]);
});
