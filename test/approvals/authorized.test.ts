import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editScope } from '../../src/catalogue/scopes/commands.ts';
import { editService } from '../../src/catalogue/services/commands.ts';
import { editCheck } from '../../src/checks/commands.ts';
import { UserError } from '../../src/core/errors.ts';
import { toDate } from '../compat/prodmanager/served.ts';
import { cases } from '../draws.ts';
import { minutes } from '../world.ts';
import { Model } from './model.ts';
import { NAMES, type Workplace, workplace } from './workplace.ts';

// Random people and tools do random things through every interface while the clock moves. After each step that did something,
// the model looks for work that nobody authorized.

/** How often each is drawn, compared with the others. */
const STEPS = {
  ...{ 'slack plan': 3, 'slack start': 2, 'slack extend': 3, 'slack edit': 5, 'slack move': 1, 'slack finish': 1 },
  ...{ 'slack reopen': 1, 'slack approve': 8, 'slack decline': 1, 'slack plan series': 1 },
  ...{ 'http schedule': 6, 'http edit': 5, 'http extend': 2, 'http move': 1, 'http start': 2, 'http reopen': 1 },
  ...{ 'http series': 1, 'http edit series': 1 },
  ...{ 'nodeping ad hoc': 2, 'nodeping edit': 2, 'nodeping series': 1 },
  ...{ 'prodmanager create': 2, 'prodmanager update': 4 },
  ...{ 'move service': 1, 'guard scope': 1, 'tag check': 4, freeze: 1, unfreeze: 1, wait: 6 },
  // What can grow, as random steps alone rarely get there.
  ...{ 'approved work': 7, 'following work': 4 },
} as const;
type Kind = keyof typeof STEPS;
const kinds = (Object.keys(STEPS) as Kind[]).flatMap((kind) => Array<Kind>(STEPS[kind]).fill(kind));
const step = fc.record({
  kind: fc.constantFrom(...kinds),
  who: fc.nat(20),
  on: fc.nat(40),
  what: fc.nat(30),
  length: fc.constantFrom(5, 20, 45, 45, 90, 600),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const SERVICES = ['web', 'db', 'box', 'bench'];

/** @throws UserError when a change of the catalogue is refused */
async function act(at: Workplace, { kind, who, on, what, length }: Step): Promise<unknown> {
  const { ctx, clock, boss, scopes, services, checks } = at;
  const db = ctx.database;
  const pick = <T>(all: readonly T[], index: number): T => all[index % all.length] ?? expect.unreachable();
  const some = <T>(all: readonly T[]) => all.filter((_, index) => (what >> index) & 1);
  const name = pick(NAMES, who);
  // A limited one often, as only it can exceed its limits.
  const tool = pick([...at.tools, ...at.tools.filter((each) => each.scopes !== undefined)], who);
  const wait = 1 + (on % 3) * 10;
  const later = (count: number) => new Date(clock.now().getTime() + minutes(count));
  const window = { start: later(wait), end: later(wait + length) };
  const times = { scheduled_start_date: window.start.toISOString(), scheduled_end_date: window.end.toISOString() };
  const recent = async (where: object = {}) =>
    (await db.maintenance.findMany({ where, select: { id: true }, orderBy: { id: 'desc' }, take: 5 })).map(
      ({ id }) => id,
    );
  const any = async () => pick([...(await recent()), 0], on);
  // Work in progress is what can grow, most of all what was approved.
  const running = async () => {
    const approved = await recent({ status: 'in-progress', approval: { not: null } });
    return pick([...approved, ...approved, ...(await recent({ status: 'in-progress' })), await any()], on + who);
  };
  const pending = async () => pick([...(await recent({ approval: 'pending', status: 'scheduled' })), 0], on);
  const series = async () => pick([...(await db.series.findMany()).map(({ key }) => key), 'NONE'], on);
  const selector = { selector: `tag:${pick([...SERVICES, 'picked'], on)}`, selector_follows: what % 2 === 0 };
  const v1 = (method: string, path: string, body: object = {}) => at.send(tool, method, `/api/v1${path}`, body);
  const nodeping = (method: string, path: string, body: object) => at.send(tool, method, `/api/1${path}`, body);
  const checklist = some(['ID0', 'ID1', 'ID2', 'ID3']);
  switch (kind) {
    case 'slack plan':
      return at.plan(name, `${some(SERVICES).join(', ')} in ${wait} minutes for ${length}m: By Slack`);
    case 'slack start':
      return at.type(name, `start ${await any()}`);
    case 'slack extend':
      return at.type(name, `extend ${await running()} ${length}m`);
    case 'slack edit':
      return at.editInForm(
        name,
        await running(),
        on % 3 ? { 'options.services': some(services.map(String)) } : { 'options.checks': some(checks) },
      );
    case 'slack move':
      return at.type(name, `move ${await any()} in ${wait} minutes for ${length}m`);
    case 'slack finish':
      return at.type(name, `finish ${await running()}`);
    case 'slack reopen':
      return at.type(name, `reopen ${await any()}`);
    case 'slack approve':
      return at.type(name, `approve ${on % 2 ? await any() : await pending()}`);
    case 'slack decline':
      return at.type(name, `decline ${await any()}`);
    case 'slack plan series':
      return at.plan(name, `${some(SERVICES).join(', ')} every 30 minutes for 20m: Often`);
    case 'http schedule':
      return v1('POST', '/maintenances', {
        ...{ name: 'Over HTTP', ...times },
        ...(tool.scopes ? { services: [services[2]], ...selector } : { services: some(services) }),
      });
    case 'http edit': {
      const edits = [
        { services: [...services] },
        { services: [...services] },
        { services: some(services) },
        { checks: some(checks) },
        { scheduled_end_date: later(length).toISOString() },
        selector,
        { scope: pick(scopes, what) },
      ];
      return v1('PATCH', `/maintenances/${await running()}`, pick(edits, on));
    }
    case 'http extend':
      return v1('POST', `/maintenances/${await running()}/extend`, { minutes: length });
    case 'http move':
      return v1('PATCH', `/maintenances/${await any()}`, times);
    case 'http start':
      return v1('POST', `/maintenances/${await any()}/start`);
    case 'http reopen':
      return v1('POST', `/maintenances/${await any()}/reopen`);
    case 'http series':
      return v1('POST', '/series', {
        ...{ name: 'Often', cron: '*/30 * * * *', duration_minutes: 20, services: some(services) },
      });
    case 'http edit series':
      return v1('PATCH', `/series/${await series()}`, on % 2 ? { services: some(services) } : { duration_minutes: 29 });
    case 'nodeping ad hoc':
      return nodeping('POST', '/maintenance', {
        id: 'ad-hoc',
        name: 'Ad hoc',
        duration: length,
        checklist,
        enabled: true,
      });
    case 'nodeping edit': {
      const adHoc = await db.maintenance.findFirst({ where: { adHoc: true }, orderBy: { id: 'desc' } });
      return nodeping('PUT', `/maintenance/${adHoc?.key ?? 'NONE'}`, on % 2 ? { checklist } : { duration: length });
    }
    case 'nodeping series':
      return nodeping('POST', '/maintenance', { cron: '*/30 * * * *', duration: 20, checklist, enabled: true });
    case 'prodmanager create':
      return at.send(tool, 'POST', '/api/maintenance/create', {
        form: {
          ...{ name: 'By form', scope: pick(scopes, on), service: pick(services, what), service_status: 'down' },
          ...{ scheduled_start_date: toDate(window.start), scheduled_end_date: toDate(window.end) },
        },
      });
    case 'prodmanager update': {
      const path = `/api/maintenance/${await running()}`;
      const read = await at.send(tool, 'GET', path);
      if (read === undefined) return undefined;
      const status = pick(['scheduled', 'in-progress', 'in-progress', 'succeed', 'failed'], what);
      const more = on % 2 ? { status } : { service: pick(services, what), scheduled_end_date: toDate(window.end) };
      return at.send(tool, 'POST', `${path}/update`, { form: { ...JSON.parse(read), ...more } });
    }
    case 'approved work': {
      const planned = { ...times, scheduled_start_date: later(0.1).toISOString() };
      const made = await v1('POST', '/maintenances', { name: 'Approved', services: [services[what % 2]], ...planned });
      if (made === undefined) return undefined;
      const { id } = JSON.parse(made);
      await at.type('jonas', `approve ${id}`);
      await at.type('ana', `approve ${id}`);
      return at.type('yuki', `start ${id}`);
    }
    case 'following work': {
      for (const [index, id] of checks.entries()) await editCheck(ctx, boss, id, { tags: [pick(SERVICES, index)] });
      const following = { selector: 'tag:picked', selector_follows: true };
      const made = await v1('POST', '/maintenances', {
        name: 'Follows',
        services: [services[2]],
        ...times,
        ...following,
      });
      return made === undefined ? undefined : v1('POST', `/maintenances/${JSON.parse(made).id}/start`);
    }
    case 'move service':
      return editService(ctx, boss, pick(services, on), { scopeId: pick(scopes, what) });
    case 'guard scope':
      // Rarely, as what is open when a scope begins to require approval is accepted.
      return on % 3 === 0 && editScope(ctx, boss, pick(scopes, who), { requiresApproval: what % 3 > 0 });
    case 'tag check':
      return editCheck(ctx, boss, pick(checks, on), { tags: ['picked'] });
    case 'freeze':
      return at.type('ana', `settings freeze in ${wait} minutes for 1h: Sale`);
    case 'unfreeze':
      return at.type('ana', `settings unfreeze ${1 + (on % 3)}`);
    case 'wait':
      clock.moveTo(later(length % 100));
      return at.settle();
  }
}

test('whatever people and tools do through any interface, no work goes on that nobody authorized', {
  timeout: cases(1) * 120_000,
}, async () => {
  let muted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 240, maxLength: 240 }), async (steps) => {
      const at = await workplace();
      try {
        const model = new Model(at);
        for (const [index, each] of steps.entries()) {
          await act(at, each).catch((error: unknown) => {
            if (!(error instanceof UserError)) throw error;
          });
          const found = await model.look();
          muted += found?.muted ?? 0;
          // The steps are the trace: fast-check prints them with the seed.
          const unauthorized = found?.unauthorized ?? [];
          expect({ index, each, unauthorized }).toEqual({ index, each, unauthorized: [] });
        }
      } finally {
        await at.close();
      }
    }),
    { numRuns: cases(1), endOnFailure: true },
  );
  // It looked at something.
  expect(muted).toBeGreaterThan(0);
});
