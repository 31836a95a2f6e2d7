import type pg from 'pg';

const SCHEDULED = 1_000_000;
const UNAPPROVED = 2_000_000;
const RUNNING = 3_000_000;
const OVER = 4_000_000;

/** Ids of what `fillAccount` adds, by place from 1; those of everything else are the place. */
export const STOCK = {
  scheduled: (place: number) => SCHEDULED + place,
  unapproved: (place: number) => UNAPPROVED + place,
  running: (place: number) => RUNNING + place,
  over: (place: number) => OVER + place,
  check: (place: number) => `CHECK${place}`,
  provider: (place: number) => `provider-${place}`,
  /** Keys have no vowels, and no digits that look like one. */
  seriesKey: (place: number) => String(place).replaceAll('0', 'B').replaceAll('1', 'C').padStart(6, 'S'),
  delivery: (place: number) => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`,
};

/**
 * Fills an account with so many of everything, without a command. All services are in scope 1, and all checks on service 1.
 * Each series, and the first three maintenances of each status, is on all services, names all checks, and is announced
 * in as many channels, with as many comments and events. The clock is the system's.
 */
export async function fillAccount(session: pg.Client, accountId: number, count: number): Promise<void> {
  const each = (...values: readonly (string | number)[]) =>
    `select ${[accountId, ...values].join()} from generate_series(1, ${count}) i`;
  const maintenances = (first: number, start: string, values: string) => `
    insert into maintenances (account_id, owner_id, owner_name, creation_date, update_date, id, key, name, description,
      scope_id, timezone, scheduled_start_date, scheduled_end_date, names_checks, status, start_date, ends_at, end_date,
      next_due_at, approval, requested_by)
    ${each(`'U0ZOE', 'Zoe', now(), now(), ${first} + i, 'K' || (${first} + i), 'Postgres upgrade ' || i, 'Long', 1, 'UTC',
      ${start}, ${start} + interval '2 hours', true, ${values}`)}`;
  const future = `now() + interval '5 days' + interval '3 hours' * i`;
  const past = `now() - interval '60 days' + interval '3 hours' * i`;
  const begun = `now() - interval '1 hour'`;
  // At an hour that no freeze covers, at whatever time of day this runs.
  const daily = `'0 ' || extract(hour from now() at time zone 'UTC' + interval '6 hours') || ' * * *'`;
  const linked = (table: string, windows: string) => `
    insert into ${table}_services select ${accountId}, w.id, s.id from ${windows} w, services s;
    insert into ${table}_checks select ${accountId}, w.id, c.id, 0 from ${windows} w, checks c where c.provider = 'builtin'`;
  const wide = '(select id from maintenances where id % 1000000 <= 3)';
  const ofWide = `from ${wide} w, generate_series(1, ${count}) i`;
  const statements = [
    `insert into scopes (account_id, name) ${each(`'scope-' || i`)}`,
    `insert into services (account_id, scope_id, name, owners) ${each(1, `'service-' || i`, `'{U0ZOE}'`)}`,
    `insert into providers (account_id, name, kind, settings, creation_date)
       ${each(`'provider-' || i`, `'webhook'`, `'{"url":"https://checks.example/"}'`, 'now()')}`,
    `insert into checks (account_id, id, name, external_id, tags)
       ${each(`'CHECK' || i`, `'check-' || i`, `'CHECK' || i`, `'{db}'`)}`,
    `insert into checks (account_id, id, name, provider, external_id)
       ${each(`'THEIRS' || i`, `'theirs-' || i`, `'provider-1'`, `'x' || i`)}`,
    `insert into service_checks select ${accountId}, 1, id from checks`,
    `insert into service_checks ${each('i', `'CHECK' || i`)} where i > 1`,
    maintenances(SCHEDULED, future, `'scheduled', null, null, null, ${future}, null, '{}'`),
    maintenances(UNAPPROVED, future, `'scheduled', null, null, null, ${future}, 'pending', '{U0ZOE}'`),
    maintenances(RUNNING, begun, `'in-progress', ${begun}, now() + interval '1 hour', null, now(), null, '{}'`),
    maintenances(OVER, past, `'succeed', ${past}, null, ${past} + interval '2 hours', null, null, '{}'`),
    `insert into series (account_id, key, name, cron, timezone, duration_minutes, scope_id, names_checks, planned_until,
         next_due_at, owner_id, owner_name, creation_date, update_date)
       ${each(`lpad(translate(i::text, '01', 'BC'), 6, 'S'), 'Backups', ${daily}, 'UTC', 30, 1, true, now(), now() + interval '1 day', 'U0ZOE', 'Zoe', now(), now()`)}`,
    linked('maintenance', wide),
    linked('series', 'series'),
    `insert into mutes (account_id, check_id, maintenance_id, outcome, muted_at, intended_at, decided_at)
       select account_id, check_id, maintenance_id, 'muted', ${begun}, ${begun}, ${begun} from maintenance_checks
       where maintenance_id between ${RUNNING} and ${OVER}`,
    `insert into comments (account_id, maintenance_id, text, author_id, author_name, source, creation_date)
       select ${accountId}, w.id, 'Comment ' || i, 'U0ZOE', 'Zoe', 'slack', now() ${ofWide}`,
    `insert into audit_events (account_id, at, actor_id, actor_name, source, type, maintenance_id, before, after)
       select ${accountId}, now(), 'U0ZOE', 'Zoe', 'slack', 'maintenance.changed', w.id, '{"name":"x"}', '{"name":"y"}' ${ofWide}`,
    `insert into announcements (id, account_id, maintenance_id, channel_kind, channel, message_ref, shown_version)
       select gen_random_uuid(), ${accountId}, w.id, 'slack', 'C' || i, 'x', 1 ${ofWide}`,
    `insert into subscriptions (account_id, channel_kind, channel, scope_id) ${each(`'slack'`, `'C' || i`, 1)}`,
    `insert into role_grants (account_id, subject, role, created_at) ${each(`'U' || i`, `'approver'`, 'now()')}`,
    `insert into freezes (account_id, scope_id, start_date, end_date, reason, effect, created_by_id, created_by_name, creation_date)
       ${each(1, `now() + interval '1 day' * i`, `now() + interval '1 day' * (i + 0.1)`, `'Holidays', 'warn', 'U0ZOE', 'Zoe', now()`)}`,
    `insert into webhooks (account_id, url, sealed_url, secret, created_by_id, created_by_name, creation_date)
       ${each(`'https://hooks.example/' || i, 'x', 'x', 'U0ZOE', 'Zoe', now()`)}`,
    `insert into webhook_deliveries (account_id, webhook_id, id, type, state, body, creation_date)
       ${each(1, `('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid`, `'ping', 'failed', '{}', now()`)}`,
    `insert into api_tokens (account_id, name, hash, purpose) ${each(`'token ' || i`, `'hash ' || i`, `'Deploys'`)}`,
    `insert into calendars (account_id, name, hash, created_by_id, created_by_name, creation_date)
       ${each(`'calendar ' || i`, `lpad(to_hex(i), 64, '0')`, `'U0ZOE', 'Zoe', now()`)}`,
    `insert into homes (account_id, person_id) ${each(`'U0HOME' || i`)}`,
    'analyze',
  ];
  for (const statement of statements) await session.query(statement);
}
