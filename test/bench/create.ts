import { AlertmanagerServer } from '../checks/providers/alertmanager-server.ts';
import type { Lab } from './lab.ts';
import { AUTHORIZED } from './lab.ts';
import { type Load, load, type Request } from './load.ts';
import { median, perSecond, type Row, spread } from './report.ts';

const CONCURRENCY = 16;
const DAY_MS = 86_400_000;

/** Creating maintenances over HTTP: each response follows the COMMIT. The jobs run, and are drained after each round. */
export async function* create(lab: Lab): AsyncIterable<Row> {
  const { scale } = lab;
  const lull = await lab.lull();
  const [service] = await lull.catalogue(['api']);
  const accountId = await lull.accountId();
  const { message: bare } = await lab.fork<{ url: string }>('bare-http', [lull.databaseUrl, String(accountId)]);
  const alertmanager = await AlertmanagerServer.start(await lab.temporary('alertmanager'));
  try {
    const post = (path: string, body: object): Request => {
      return { method: 'POST', path, headers: AUTHORIZED, body: JSON.stringify(body) };
    };
    const maintenance = (index: number) => {
      const start = Date.now() + DAY_MS * (2 + (index % 300));
      const times = { scheduled_start_date: new Date(start), scheduled_end_date: new Date(start + 3_600_000) };
      return post('/api/v1/maintenances', { name: `Index rebuild ${index}`, services: [service], ...times });
    };
    const silence = (index: number) => {
      const matchers = [{ name: 'service', value: `api-${index}`, isRegex: false }];
      const times = { startsAt: new Date(Date.now() + DAY_MS), endsAt: new Date(Date.now() + 2 * DAY_MS) };
      return post('/api/v2/silences', { matchers, ...times, createdBy: 'bench', comment: 'Index rebuild' });
    };
    const measure = (url: string, request: (index: number) => Request, seconds = scale.seconds) =>
      load(url, { concurrency: CONCURRENCY, seconds, request });
    const round = async () => ({
      lull: await measure(lull.url, maintenance),
      drainedMs: await lull.drained(),
      bare: await measure(bare.url, maintenance),
      alertmanager: await measure(alertmanager.url, silence, scale.seconds / 3),
    });

    await round(); // warms up
    const rounds: Awaited<ReturnType<typeof round>>[] = [];
    for (let count = 0; count < scale.rounds; count++) rounds.push(await round());
    const all = (part: 'lull' | 'bare' | 'alertmanager') => {
      const loads: Load[] = rounds.map((each) => each[part]);
      return { rate: median(loads.map((each) => each.perSecond)), times: loads.flatMap(({ times }) => times) };
    };
    const show = ({ rate, times }: ReturnType<typeof all>) => `${perSecond(rate)}, ${spread(times)}`;
    const ratio = (of: 'lull' | 'bare', to: 'bare' | 'alertmanager') =>
      median(rounds.map((each) => each[of].perSecond / each[to].perSecond));
    const alertmanagerShown = `Alertmanager's silences, in memory: ${show(all('alertmanager'))}`;
    yield {
      what: `create, ${CONCURRENCY} concurrent`,
      lull: show(all('lull')),
      baseline: `node:http and pg: ${show(all('bare'))}`,
      ratio: ratio('lull', 'bare'),
      required: '≥ 0.3, aim 0.5',
      met: ratio('lull', 'bare') >= 0.3,
    };
    yield {
      what: `create, ${CONCURRENCY} concurrent`,
      lull: show(all('lull')),
      baseline: alertmanagerShown,
      ratio: ratio('lull', 'alertmanager'),
      required: '≥ 0.05',
      met: ratio('lull', 'alertmanager') >= 0.05,
    };
    yield {
      what: 'create, what six statements and a COMMIT allow',
      lull: `not Lull, but node:http and pg: ${show(all('bare'))}`,
      baseline: alertmanagerShown,
      ratio: ratio('bare', 'alertmanager'),
    };
  } finally {
    await alertmanager.kill();
  }
}
