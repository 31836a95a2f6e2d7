import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCheck } from '../../src/checks/commands.ts';
import { addProvider, editProvider } from '../../src/checks/provider-commands.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { edit, extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { cases } from '../draws.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';
import { connected } from './providers/connected.ts';
import { type Fault, System } from './system.ts';
import { mortal } from './writes.ts';

const CASES = cases(30);

const PROVIDERS = ['switches', 'downtimes'] as const;
type ProviderName = (typeof PROVIDERS)[number];
const SERVICES = 3;

type Deed =
  | { readonly do: 'begin'; readonly services: readonly number[]; readonly hours: number }
  | { readonly do: 'finish' | 'cancel'; readonly window: number }
  | { readonly do: 'extend'; readonly window: number; readonly minutes: number }
  | { readonly do: 'end sooner'; readonly window: number; readonly minutes: number }
  | { readonly do: 'move to'; readonly window: number; readonly services: readonly number[] }
  | { readonly do: 'enable' | 'disable'; readonly provider: ProviderName }
  /** A person switches a check on, once all is at rest. */
  | { readonly do: 'hand'; readonly check: number }
  /** The enforcement runs, with a fault for each call, and is killed after so many writes. */
  | {
      readonly do: 'run';
      readonly provider: ProviderName;
      readonly faults: readonly Fault[];
      readonly killedAfter: number | undefined;
    }
  /** All is brought to rest, and compared. */
  | { readonly do: 'rest' };

/** A window as the oracle knows it: what was asked for, and nothing of what Lull made of it. */
interface Known {
  services: readonly number[];
  end: number;
  /** The checks that a person took out of its hands. */
  readonly yielded: Set<string>;
}

interface Check {
  readonly id: string;
  readonly provider: ProviderName;
  readonly services: readonly number[];
}

let w: World;
let life: Awaited<ReturnType<typeof mortal>>;
let means: ReturnType<typeof connected>;
let services: number[];
let checks: Check[];

beforeAll(async () => {
  w = await world();
  life = await mortal(w.ctx.database);
  means = connected(w.ctx.database);
  const settings = { url: 'https://alertmanager.example' };
  const input = { enabled: true, credentials: {} };
  await addProvider(w.ctx, w.lull, { ...input, name: 'downtimes', kind: 'alertmanager', settings }, means);
  const nodeping = { ...input, name: 'switches', kind: 'nodeping', settings: {}, credentials: { token: 'x' } };
  await addProvider(w.ctx, w.lull, nodeping, means);
  services = [];
  for (let index = 0; index < SERVICES; index++) services.push((await w.service(`service ${index}`)).id);
  checks = [];
  // Each of the checks is of one service, and one of each provider is of two.
  for (const provider of PROVIDERS) {
    for (const of of [[0], [1], [2], [0, 1]]) {
      const added = await addCheck(w.ctx, w.lull, {
        name: `${provider} ${of.join()}`,
        services: of.map((index) => services[index] ?? 0),
        provider,
        externalId: of.join(),
        enabled: true,
        tags: [],
      });
      checks.push({ id: added.id, provider, services: of });
    }
  }
});
afterAll(() => w.close());

/** Lives through a history on the real database, beside the oracle. */
class Life {
  readonly systems = { switches: new System('switch'), downtimes: new System('downtime') };
  readonly windows = new Map<number, Known>();
  readonly disabled = new Set<ProviderName>();
  readonly before: ReadonlySet<string>;

  /** @param before the checks that are off before anything begins */
  constructor(before: readonly number[]) {
    this.before = new Set(before.map((index) => checks[index]?.id ?? ''));
    for (const id of this.before) this.systems.switches.off.add(id);
  }

  async live(deed: Deed): Promise<void> {
    const { ctx, ana } = w;
    switch (deed.do) {
      case 'begin': {
        if (this.windows.size >= 4) return;
        const of = deed.services.map((index) => services[index] ?? 0);
        const times = w.soon(hours(1), hours(deed.hours));
        const { id } = await schedule(ctx, ana, w.input({ services: of, ...times }));
        const begun = await start(ctx, ana, id);
        const end = begun?.endsAt?.getTime() ?? 0;
        this.windows.set(id, { services: deed.services, end, yielded: new Set() });
        return;
      }
      case 'hand':
        return this.#hand(deed.check);
      case 'run':
        return this.#run(deed.provider, deed.faults, deed.killedAfter);
      case 'rest':
        return this.rest();
      case 'enable':
      case 'disable': {
        await editProvider(ctx, w.lull, deed.provider, { enabled: deed.do === 'enable' }, means);
        if (deed.do === 'disable') this.disabled.add(deed.provider);
        else if (this.disabled.delete(deed.provider)) {
          // What they want is wanted anew.
          for (const window of this.windows.values()) {
            for (const check of checks) if (check.provider === deed.provider) window.yielded.delete(check.id);
          }
        }
        return;
      }
    }
    const [id, known] = [...this.windows][deed.window % Math.max(1, this.windows.size)] ?? [];
    if (id === undefined || known === undefined) return;
    switch (deed.do) {
      case 'finish':
        await finish(ctx, ana, id, 'succeed');
        this.windows.delete(id);
        return;
      case 'cancel':
        await cancel(ctx, ana, id, undefined);
        this.windows.delete(id);
        return;
      case 'extend':
        known.end = (await extend(ctx, ana, id, deed.minutes))?.maintenance.endsAt?.getTime() ?? 0;
        return;
      case 'end sooner': {
        const end = new Date(Math.max(known.end - minutes(deed.minutes), ctx.clock.now().getTime() + minutes(5)));
        known.end = (await edit(ctx, ana, id, { end }))?.endsAt?.getTime() ?? 0;
        return;
      }
      case 'move to': {
        await edit(ctx, ana, id, { services: deed.services.map((index) => services[index] ?? 0) });
        const covered = this.#covered(known);
        known.services = deed.services;
        const now = this.#covered(known);
        for (const check of checks) {
          if (!covered.has(check.id) || !now.has(check.id)) known.yielded.delete(check.id);
        }
        return;
      }
    }
  }

  /** Lets everything come to rest, with nothing failing any more, and compares it with the oracle. */
  async rest(): Promise<void> {
    await this.#settle();
    expect(this.#states()).toEqual(this.#expected());
  }

  /** Ends what is left, and sees that all is as it was before, and that nothing is left to do. */
  async end(): Promise<void> {
    for (const id of this.windows.keys()) await finish(w.ctx, w.ana, id, 'succeed');
    this.windows.clear();
    await this.rest();
    const { database } = w.ctx;
    expect(await database.mute.count({ where: { releasedAt: null } })).toBe(0);
    expect(await database.check.count({ where: { downtimeEndsAt: { not: null } } })).toBe(0);
    const asked = PROVIDERS.map((name) => this.systems[name].switches);
    await this.#settle();
    expect(PROVIDERS.map((name) => this.systems[name].switches)).toEqual(asked);
  }

  async #settle(): Promise<void> {
    await w.ctx.database.provider.updateMany({ data: { circuitOpenUntil: null } });
    for (const name of PROVIDERS) {
      this.systems[name].faults = [];
      await this.#enforce(name);
    }
  }

  async #enforce(provider: ProviderName): Promise<void> {
    const lookup = { provider: async () => this.systems[provider] };
    await reconcile(w.ctx, lookup, silent, { accountId: w.account.id, provider });
  }

  async #run(provider: ProviderName, faults: readonly Fault[], killedAfter: number | undefined): Promise<void> {
    this.systems[provider].faults = [...faults];
    if (killedAfter !== undefined) await life.dieAfter(killedAfter);
    // What fails, or is killed, is tried again: by the next run.
    await this.#enforce(provider).catch(() => {});
    if (killedAfter !== undefined) await life.live();
  }

  async #hand(index: number): Promise<void> {
    await this.#settle();
    const check = checks[index];
    if (check === undefined || this.before.has(check.id)) return;
    const system = this.systems[check.provider];
    if (system.state(check.id) === 'on') return;
    system.handOn(check.id);
    for (const window of this.windows.values()) {
      if (this.#covered(window).has(check.id)) window.yielded.add(check.id);
    }
    await this.#settle();
  }

  #covered({ services }: Known): Set<string> {
    return new Set(
      checks.filter((check) => check.services.some((each) => services.includes(each))).map(({ id }) => id),
    );
  }

  #states() {
    return checks.map(({ id, provider }) => [id, this.systems[provider].state(id)]);
  }

  /** The oracle: of each check whether a window in progress wants it off, and until when. */
  #expected() {
    return checks.map(({ id, provider }) => {
      const wanting = [...this.windows.values()].filter(
        (window) => !this.disabled.has(provider) && this.#covered(window).has(id) && !window.yielded.has(id),
      );
      if (wanting.length === 0) return [id, this.before.has(id) ? 'off' : 'on'];
      return [id, provider === 'switches' ? 'off' : Math.max(...wanting.map(({ end }) => end))];
    });
  }
}

const windowArbitrary = fc.nat({ max: 5 });
const servicesArbitrary = fc.uniqueArray(fc.nat({ max: SERVICES - 1 }), { minLength: 1, maxLength: SERVICES });
const provider = fc.constantFrom(...PROVIDERS);
const fault = fc.constantFrom<Fault>(
  'none',
  'fails',
  'done, but fails',
  'refuses some',
  'silent on some',
  'done, but refuses',
);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('begin' as const),
      services: servicesArbitrary,
      hours: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('finish' as const, 'cancel' as const), window: windowArbitrary }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('extend' as const, 'end sooner' as const),
      window: windowArbitrary,
      minutes: fc.integer({ min: 1, max: 90 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('move to' as const), window: windowArbitrary, services: servicesArbitrary }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('enable' as const, 'disable' as const), provider }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hand' as const), check: fc.nat({ max: 7 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      provider,
      faults: fc.array(fault, { maxLength: 4 }),
      killedAfter: fc.option(fc.nat({ max: 6 }), { nil: undefined, freq: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'rest' as const }) },
);
/** Of those of the system with switches. */
const offBefore = fc.subarray([0, 1, 2, 3], { maxLength: 2 });

test('after any history of windows, people, failures and kills exactly the right checks are muted, and nothing is stuck', {
  timeout: 60_000 + CASES * 10_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(offBefore, fc.array(deed, { minLength: 4, maxLength: 14, size: 'max' }), async (before, story) => {
      const { database } = w.ctx;
      await life.live();
      await database.maintenance.deleteMany();
      await database.check.updateMany({ data: { downtimeEndsAt: null, enabled: true } });
      await database.provider.updateMany({ data: { enabled: true, failures: 0, circuitOpenUntil: null } });
      const history = new Life(before);
      for (const each of story) await history.live(each);
      await history.rest();
      await history.end();
    }),
    { numRuns: CASES },
  );
});
