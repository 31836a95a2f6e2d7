import type { RunningLull } from './lab.ts';

export interface Windows {
  readonly count: number;
  /** The number of the first window. */
  readonly first?: number;
  /** SQL of the start of window `i`. */
  readonly start: string;
  /** SQL of its length, an interval. */
  readonly length: string;
  /** Window `i` is on service `i` modulo their number. */
  readonly services: readonly number[];
  /** SQL of its name. */
  readonly name?: string;
  /** SQL of its status: scheduled (the default), or one of the final ones. */
  readonly status?: string;
  /** Checks the foreign keys and keeps the indexes. False for very many rows. */
  readonly careful?: boolean;
}

/** Inserts windows with every column that Lull sets, as if they had been scheduled over HTTP; their reminders are past. */
export async function insertWindows(
  lull: RunningLull,
  {
    count,
    first = 0,
    start,
    length,
    services,
    name = "'Index rebuild ' || i",
    status = "'scheduled'",
    careful = true,
  }: Windows,
): Promise<void> {
  const accountId = await lull.accountId();
  const insert = `
    with windows as (
      select i, ${name} as name, ${status} as status, ${start} as start, ${start} + ${length} as finish
      from generate_series(${first}, ${first + count - 1}) as i
    ), inserted as (
      insert into maintenances (account_id, key, name, description, status, scope_id, timezone, scheduled_start_date,
        scheduled_end_date, start_date, end_date, next_due_at, reminded_until, owner_id, owner_name, creation_date, update_date)
      select ${accountId}, 'B' || i, name, 'Rebuilds the indexes of a table', status,
        (select scope_id from services where id = ${services[0]}), 'UTC', start, finish,
        case when status <> 'scheduled' then start end, case when status <> 'scheduled' then finish end,
        case when status = 'scheduled' then start end, least(now(), start), 'U0ANA00001', 'Ana', now(), now()
      from windows order by i
      returning id, key
    )
    insert into maintenance_services (account_id, maintenance_id, service_id)
    select ${accountId}, id, ('{${services.join(',')}}'::int[])[substr(key, 2)::int % ${services.length} + 1] from inserted`;
  if (careful) {
    await lull.sql(insert);
    return;
  }
  // Foreign-key checks and indexes would take most of the time.
  const indexes = await lull.sql(`
    select indexname, indexdef from pg_indexes where tablename = 'maintenances' and not exists (
      select from pg_constraint where conname = indexname) and indexdef not like '%UNIQUE%'`);
  await lull.sql(`
    ${indexes.map(({ indexname }) => `drop index ${indexname};`).join('')}
    set session_replication_role = replica; set maintenance_work_mem = '512MB';
    ${insert};
    ${indexes.map(({ indexdef }) => `${indexdef};`).join('')}`);
  await lull.sql('vacuum analyze maintenances');
  await lull.sql('vacuum analyze maintenance_services');
}
