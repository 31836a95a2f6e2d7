import { setTimeout as sleep } from 'node:timers/promises';
import { Icinga2Server } from '../checks/providers/icinga2-server.ts';
import type { Lab } from './lab.ts';
import { quantile, type Row, spread } from './report.ts';
import { insertWindows } from './windows.ts';

const EVERY_MS = 250;
const REQUIRED_MS = 50;
const PATIENCE_MS = 120_000;

interface Lateness {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** How late single windows start and end, at COMMIT, compared with the downtimes of Icinga 2. */
export async function* lateness(lab: Lab): AsyncIterable<Row> {
  const lull = await measureLull(lab, lab.scale.size(120, 5));
  const icinga = await measureIcinga(lab, lab.scale.size(40, 3));
  for (const what of ['start', 'end'] as const) {
    yield {
      what: `lateness of the ${what} of one window`,
      lull: spread(lull[what]),
      baseline: `Icinga 2's downtimes: ${spread(icinga[what])}`,
      ratio: quantile(lull[what], 0.99) / quantile(icinga[what], 0.99),
      required: `p99 ≤ ${REQUIRED_MS} ms`,
      met: quantile(lull[what], 0.99) <= REQUIRED_MS,
    };
  }
}

async function measureLull(lab: Lab, count: number): Promise<Lateness> {
  const lull = await lab.lull();
  const services = await lull.catalogue(['api']);
  // A deferred trigger runs in COMMIT.
  await lull.sql(`
    create table transitions (maintenance_id int, status text, due timestamptz, at timestamptz);
    create function note_transition() returns trigger language plpgsql as $$ begin
      insert into transitions values (new.id, new.status,
        case new.status when 'in-progress' then new.scheduled_start_date else new.scheduled_end_date end, clock_timestamp());
      return null;
    end $$;
    create constraint trigger note_transition after update of status on maintenances deferrable initially deferred
      for each row when (old.status <> new.status) execute function note_transition()`);
  await lull.drained();
  const first = new Date(Date.now() + 2_000);
  const start = `timestamptz '${first.toISOString()}' + i * interval '${EVERY_MS} milliseconds'`;
  // Ends fall between starts.
  await insertWindows(lull, { count, start, length: `interval '${EVERY_MS * 8.5} milliseconds'`, services });
  await lull.sql("select pg_notify('lull_due', '')");
  const rows = await untilAll(count * 2, () =>
    lull.sql('select status, extract(epoch from at - due) * 1000 as late from transitions'),
  );
  await lull.stop();
  const late = (ended: boolean) =>
    rows.filter(({ status }) => (status !== 'in-progress') === ended).map((row) => Number(row.late));
  return { start: late(false), end: late(true) };
}

/** What Icinga answers is asked every 10 ms. It has no sooner sign: its events follow its timer, up to five seconds later. */
async function measureIcinga(lab: Lab, count: number): Promise<Lateness> {
  const services = Array.from({ length: count }, (_, index) => `s${index}`);
  const objects = `
    object Host "db1" { check_command = "dummy" }
    ${services.map((name) => `object Service "${name}" {\n host_name = "db1"\n check_command = "dummy"\n}`).join('\n')}`;
  const icinga = await Icinga2Server.start({ objects, folder: await lab.temporary('icinga2') });
  const lengthMs = EVERY_MS * 8.5;
  const begun = Date.now() + 2_000;
  const startOf = (service: string) => begun + Number(service.slice(1)) * EVERY_MS;
  const late = { start: new Map<string, number>(), end: new Map<string, number>() };
  try {
    for (const service of services) {
      const times = { start_time: startOf(service) / 1000, end_time: (startOf(service) + lengthMs) / 1000 };
      const downtime = { type: 'Service', service: `db1!${service}`, author: 'bench', comment: 'bench', fixed: true };
      await icinga.act('schedule-downtime', { ...downtime, ...times });
    }
    const patience = Date.now() + PATIENCE_MS;
    while (late.end.size < count && Date.now() < patience) {
      const depths = await icinga.downtimeDepths();
      const now = Date.now();
      for (const [service, depth] of depths) {
        if (depth > 0 && !late.start.has(service)) late.start.set(service, now - startOf(service));
        if (depth === 0 && late.start.has(service) && !late.end.has(service)) {
          late.end.set(service, now - startOf(service) - lengthMs);
        }
      }
      await sleep(10);
    }
  } finally {
    await icinga.kill();
  }
  if (late.end.size < count) throw new Error(`only ${late.end.size} of ${count} downtimes of Icinga ended`);
  return { start: [...late.start.values()], end: [...late.end.values()] };
}

async function untilAll<T>(count: number, read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await read();
    if (found.length >= count) return found;
    if (Date.now() > end) throw new Error(`only ${found.length} of ${count} transitions came`);
    await sleep(200);
  }
}
