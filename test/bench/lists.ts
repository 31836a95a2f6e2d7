import { AUTHORIZED, type Lab, type RunningLull } from './lab.ts';
import { type Load, load } from './load.ts';
import { median, perSecond, type Row, spread } from './report.ts';
import { insertWindows } from './windows.ts';

const CONCURRENCY = 16;
const FEW = 50;
const SERVICES = 100;
/** How many windows have the word that is searched for, at either size. */
const FOUND = 20;
/** More than this between the sizes is not flat. */
const FLAT = 1.2;
const SEARCH_SLOWDOWN = 1.5;

/** A filtered page of 50 over HTTP, and the same with a text search, in a small database and in a large one. */
export async function* lists(lab: Lab): AsyncIterable<Row> {
  const many = lab.scale.size(1_000_000, 5_000);
  const [few, lots] = [await prepare(lab, FEW), await prepare(lab, many)];
  const [small, large] = [newMeasured(), newMeasured()];
  // In turn, so that a machine that is faster for a while is so for both.
  for (let round = -1; round < lab.scale.rounds; round++) {
    for (const [rates, measured] of [
      [await few(), small],
      [await lots(), large],
    ] as const) {
      if (round < 0) continue; // warms up
      for (const name of KINDS) measured[name].push(rates[name]);
    }
  }
  yield listRow(FEW, small);
  yield listRow(many, large);
  const slowdown = (name: 'list' | 'search') =>
    median(small[name].map((each, round) => each.perSecond / (large[name][round]?.perSecond ?? Number.NaN)));
  yield {
    what: `list, ${many} maintenances compared with ${FEW}`,
    lull: perSecond(rateOf(large.list)),
    baseline: `at ${FEW}: ${perSecond(rateOf(small.list))}`,
    ratio: slowdown('list'),
    required: `flat: ≤ ${FLAT} times slower`,
    met: slowdown('list') <= FLAT,
  };
  yield {
    what: `search (q), ${many} maintenances compared with ${FEW}`,
    lull: `${perSecond(rateOf(large.search))}, ${spread(timesOf(large.search))}`,
    baseline: `at ${FEW}: ${perSecond(rateOf(small.search))}, ${spread(timesOf(small.search))}`,
    ratio: slowdown('search'),
    required: `≤ ${SEARCH_SLOWDOWN} times slower`,
    met: slowdown('search') <= SEARCH_SLOWDOWN,
  };
}

const KINDS = ['list', 'bare', 'search'] as const;
type Measured = Record<(typeof KINDS)[number], Load[]>;
const newMeasured = (): Measured => ({ list: [], bare: [], search: [] });

const rateOf = (loads: readonly Load[]) => median(loads.map((each) => each.perSecond));
const timesOf = (loads: readonly Load[]) => loads.flatMap(({ times }) => times);

function listRow(count: number, { list, bare }: Measured): Row {
  const ratio = median(list.map((each, round) => each.perSecond / (bare[round]?.perSecond ?? Number.NaN)));
  return {
    what: `list: a filtered page of 50 of ${count}, ${CONCURRENCY} concurrent`,
    lull: `${perSecond(rateOf(list))}, ${spread(timesOf(list))}`,
    baseline: `node:http and pg, same SQL: ${perSecond(rateOf(bare))}, ${spread(timesOf(bare))}`,
    ratio,
    required: '≥ 0.5',
    met: ratio >= 0.5,
  };
}

/** Starts a Lull with so many windows. @returns one round */
async function prepare(lab: Lab, count: number): Promise<() => Promise<Record<keyof Measured, Load>>> {
  const lull = await lab.lull();
  const services = await lull.catalogue(Array.from({ length: SERVICES }, (_, index) => `service-${index}`));
  await fill(lull, services, count);
  await lull.drained();
  const [service] = services;
  const list = `/maintenances?status=scheduled&service=${service}&limit=50`;
  const search = '/maintenances?q=quokka&limit=50';
  // The first time, as what was read may be kept.
  const statements = await lull.recordStatements(() => lull.api('GET', list));
  const [statement] = statements.toSorted((a, b) => b.text.length - a.text.length);
  const { message: bare } = await lab.fork<{ url: string }>('bare-http', [
    lull.databaseUrl,
    String(await lull.accountId()),
    JSON.stringify(statement),
  ]);
  const run = (url: string, path: string) =>
    load(url, { concurrency: CONCURRENCY, seconds: lab.scale.seconds, request: () => ({ path, headers: AUTHORIZED }) });
  const found = await lull.api<{ items: unknown[] }>('GET', search);
  if (found.items.length !== FOUND) throw new Error(`the search found ${found.items.length} of ${FOUND}`);
  return async () => ({
    list: await run(lull.url, `/api/v1${list}`),
    bare: await run(bare.url, '/'),
    search: await run(lull.url, `/api/v1${search}`),
  });
}

/** The first 50 are scheduled on the first service, and of the others every tenth; the rest are over. */
async function fill(lull: RunningLull, services: readonly number[], count: number): Promise<void> {
  const word = (i: string) => `case when ${i} < ${FOUND} then 'Move the quokka ' else 'Index rebuild ' end || ${i}`;
  const start = `date_trunc('second', now()) + interval '30 days' + i * interval '7 seconds'`;
  const length = "interval '2 hours'";
  await insertWindows(lull, { count: FEW, start, length, services: services.slice(0, 1), name: word('i') });
  if (count === FEW) return;
  await insertWindows(lull, {
    count: count - FEW,
    first: FEW,
    start: `date_trunc('second', now()) + interval '20 days' * case when i % 10 = 0 then 1 else -1 end - i * interval '7 seconds' * sign(i % 10)`,
    length,
    services,
    name: word('i'),
    status: "case when i % 10 = 0 then 'scheduled' else 'succeed' end",
    careful: false,
  });
}
