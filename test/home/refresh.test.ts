import type { HomeView } from '@slack/types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DeliveryError } from '../../src/core/errors.ts';
import { newKey } from '../../src/core/keys.ts';
import type { Role } from '../../src/core/permissions.ts';
import type { HomePage } from '../../src/home/content.ts';
import { refreshHome, refreshHomes } from '../../src/home/refresh.ts';
import { saveHomeViewed } from '../../src/home/repository.ts';
import { homeView } from '../../src/home/slack/view.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { checkHome } from '../../src/playground/block-kit/check.ts';
import { countingStatements } from '../statements.ts';
import { hours, silent, type World, world } from '../world.ts';

let w: World;
let service: number;
let published: HomeView[];
let refuse: (() => void) | undefined;
let pause: (() => void) | undefined;
let role: Role;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api')).id;
});
afterAll(() => w.close());
beforeEach(async () => {
  published = [];
  refuse = undefined;
  pause = undefined;
  role = 'operator';
  await saveHomeViewed(w.ctx.database, w.account.id, w.ana.id);
  await w.ctx.database.$executeRaw`select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs`;
});

const view = ({ actor, timezone, content }: HomePage) => homeView(actor, timezone, content);
const show = (person = w.ana.id) =>
  refreshHome(
    w.ctx,
    {
      assertAllowed: async () => pause?.(),
      findPerson: async () => ({ actor: w.person(role, person), timezone: 'Europe/Berlin' }),
      render: (page) => JSON.stringify(view(page)),
      publish: async (_, page) => {
        refuse?.();
        published.push(view(page));
      },
    },
    silent,
    { accountId: w.account.id, person },
  );
const said = () => JSON.stringify(published.at(-1)?.blocks ?? []);
const scheduled = (name: string) =>
  schedule(w.ctx, w.ana, w.input({ services: [service], name, ...w.soon(hours(1), hours(2)) }));
const jobs = () =>
  w.ctx.database.$queryRaw<{ task: string; key: string; later: boolean }[]>`
    select distinct task_identifier as task, split_part(key, '#', 1) as key, run_at > now() as later from graphile_worker.jobs
    where task_identifier in ('home', 'homes') order by 2`;

describe('the App Home of a person', () => {
  test('is published when it was opened and when it shows something else, and not otherwise', async () => {
    await show();
    await show();
    expect(published).toHaveLength(1);
    const { id } = await scheduled('Disk swap');
    await show();
    await start(w.ctx, w.ana, id);
    await show();
    expect(published).toHaveLength(3);
    expect(said()).toContain('Disk swap');
    await saveHomeViewed(w.ctx.database, w.account.id, w.ana.id);
    await show();
    expect(published).toHaveLength(4);
  });

  test('is not published to who never opened it', async () => {
    await show('U0NOBODY');
    expect(published).toEqual([]);
  });

  test('is tried again when Slack asks to wait, and left when it cannot be shown', async () => {
    refuse = () => {
      throw new DeliveryError({ kind: 'later', retryAfterSeconds: 30 });
    };
    await show();
    expect(await jobs()).toEqual([{ task: 'home', key: `home:${w.account.id}:${w.ana.id}`, later: true }]);
    refuse = () => {
      throw new DeliveryError({ kind: 'final', error: 'not_enabled', advice: 'Switch the Home tab on.' });
    };
    await show();
    refuse = () => {
      throw new Error('the connection was lost');
    };
    await expect(show()).rejects.toThrow('the connection was lost');
    refuse = undefined;
    await show();
    expect(published).toHaveLength(1);
  });

  test('is not read while Slack asks to wait', async () => {
    pause = () => {
      throw new DeliveryError({ kind: 'later', retryAfterSeconds: 30 });
    };
    const texts = await countingStatements(() => show());
    // Whether somebody opened it, and the job for later.
    expect(texts).toHaveLength(2);
    expect(await jobs()).toEqual([{ task: 'home', key: `home:${w.account.id}:${w.ana.id}`, later: true }]);
    pause = undefined;
    await show();
    expect(published).toHaveLength(1);
  });

  test('is left as it is while the workspace has removed Lull', async () => {
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    refuse = () => {
      throw new DeliveryError({ kind: 'disconnected' });
    };
    await show();
    expect(await jobs()).toEqual([]);
    refuse = undefined;
    await show();
    expect(published).toHaveLength(1);
  });

  test('holds a thousand windows of one week, to the limits of Slack', async () => {
    const now = w.clock.now();
    await w.ctx.database.maintenance.createMany({
      data: Array.from({ length: 1000 }, (_, index) => {
        const scheduledStart = new Date(now.getTime() + hours(2 + (index % 100)));
        return {
          accountId: w.account.id,
          key: newKey(9),
          name: `Window ${index} ${'&'.repeat(180)}`,
          timezone: 'UTC',
          scheduledStart,
          scheduledEnd: new Date(scheduledStart.getTime() + hours(5)),
          nextDueAt: scheduledStart,
          ownerId: w.ana.id,
          ownerName: 'Ana',
          createdAt: now,
          updatedAt: now,
          remindedUntil: now,
        };
      }),
    });
    role = 'admin';
    await show();
    const checked = checkHome(structuredClone(published[0]));
    expect(checked.ok ? [] : checked.errors).toEqual([]);
    expect(said()).toContain('Also yours');
    expect(said()).toMatch(/and 99\d more/);
    expect(said()).toContain('shows the first 1000 windows');
  });
});

describe('a change', () => {
  test('has the App Homes brought up to date that were opened lately, once for many changes', async () => {
    await scheduled('One');
    await scheduled('Two');
    expect(await jobs()).toEqual([{ task: 'homes', key: `homes:${w.account.id}`, later: true }]);
    await saveHomeViewed(w.ctx.database, w.account.id, 'U0JONAS');
    await saveHomeViewed(w.ctx.database, w.account.id, 'U0LONGAGO');
    await w.ctx.database.$executeRaw`
      update homes set opened_at = now() - interval '2 days' where person_id = 'U0LONGAGO'`;
    await refreshHomes(w.ctx, { accountId: w.account.id });
    expect((await jobs()).filter(({ task }) => task === 'home').map(({ key }) => key)).toEqual([
      `home:${w.account.id}:${w.ana.id}`,
      `home:${w.account.id}:U0JONAS`,
    ]);
  });

  test('is read once for all people, but for what is their own', async () => {
    const people = Array.from({ length: 10 }, (_, at) => `U0VIEWER${at}`);
    for (const person of people) await saveHomeViewed(w.ctx.database, w.account.id, person);
    await scheduled('Seen by all');
    const first = await countingStatements(() => show(people[0]));
    const others = await countingStatements(async () => {
      for (const person of people.slice(1)) await show(person);
    });
    expect(published).toHaveLength(10);
    expect(published.every((home) => JSON.stringify(home).includes('Seen by all'))).toBe(true);
    expect(others.length / 9).toBeLessThanOrEqual(5);
    expect(first.length).toBeLessThanOrEqual(16);
    const { id } = await scheduled('Changed since');
    await start(w.ctx, w.ana, id);
    await show(people[3]);
    expect(said()).toContain('Changed since');
  });

  test('asks for nothing where nobody looks', async () => {
    await w.ctx.database.home.deleteMany();
    await scheduled('Unseen');
    expect(await jobs()).toEqual([]);
  });
});
