import { type ChannelRef, findChannelRef } from '../../channels.ts';
import { isId } from '../../core/keys.ts';
import type { Interval } from '../../core/time.ts';
import { listPeriods, readTimes, type TimeColumns } from '../../freezes/rules/times.ts';
import { FREEZE_EFFECTS, type Freeze } from '../../freezes/rules.ts';
import type { Queries } from '../../platform/database.ts';
import { keepIds, type NewIds } from '../../platform/ids.ts';
import { queryRows, sql } from '../../platform/sql.ts';
import { type Change, Remembered } from '../../platform/transaction.ts';
import {
  type Coverage,
  channelKey,
  describePlace,
  type KnownCheck,
  type KnownScope,
  type KnownService,
  type Need,
  needOf,
  type Surroundings,
} from '../rules/coverage.ts';
import { readVisibility } from '../rules/visibility.ts';
import { readAudience } from './announcements.ts';
import { listSelectedChecks } from './coverage.ts';

/** What was read of an account in a transaction, and what was asked for. */
interface Loaded {
  readonly around: Surroundings & {
    readonly scopes: Map<number, KnownScope>;
    readonly services: Map<number, KnownService>;
    readonly checks: Map<string, KnownCheck>;
  };
  /** Such as `services 4`. */
  readonly asked: ReadonlySet<string>;
  readonly between: readonly Interval[];
}

/** By the ids of the accounts. */
const remembered = new Remembered<Loaded>(
  'accounts',
  'services',
  'service_checks',
  'checks',
  'scopes',
  'subscriptions',
  'freezes',
  'freeze_periods',
  'webhooks',
  'homes',
  'providers',
);

/** The part of an account that `need` names. A transaction reads each part once. */
export async function readSurroundings(
  db: Queries,
  accountId: number,
  need: Need = {},
  ids: NewIds = { audit_events: 2 },
): Promise<Surroundings> {
  return get(await readAllSurroundings(db, new Map([[accountId, need]]), ids), accountId);
}

/** The same of several accounts, in one statement. */
export async function readAllSurroundings(
  db: Queries,
  needs: ReadonlyMap<number, Need>,
  ids: NewIds,
): Promise<ReadonlyMap<number, Surroundings>> {
  let known = remembered.all(db);
  const missing = new Map<number, Missing>();
  for (const [accountId, need] of needs) {
    const absent = await findMissing(db, accountId, need, known.get(accountId));
    if (absent !== undefined) missing.set(accountId, absent);
  }
  if (missing.size > 0) {
    known = await load(db, known, missing, ids);
    for (const accountId of missing.keys()) remembered.set(db, accountId, get(known, accountId));
  }
  return new Map([...needs.keys()].map((accountId) => [accountId, get(known, accountId).around]));
}

/** How a scope that is written changes what was read, so that many changes are judged without reading it anew. */
export function scopeChange(accountId: number, scope: Omit<KnownScope, 'removed'>, isNew: boolean): Change {
  return remembered.changed(accountId, (loaded) => {
    const { around, asked } = loaded;
    const before = around.scopes.get(scope.id);
    if (before !== undefined) around.scopes.set(scope.id, { ...before, ...scope });
    else if (asked.has(`scopes ${scope.id}`)) return undefined;
    if (isNew || before?.name === scope.name) return loaded;
    const rename = (freeze: Freeze) =>
      freeze.scope?.id === scope.id ? { ...freeze, scope: { id: scope.id, name: scope.name } } : freeze;
    return { ...loaded, around: { ...around, freezes: around.freezes.map(rename), chosen: new Map() } };
  });
}

/** How a service that is written changes what was read. */
export function serviceChange(
  accountId: number,
  service: Omit<KnownService, 'checks' | 'removed'>,
  isNew: boolean,
): Change {
  return remembered.changed(accountId, (loaded) => {
    const { around, asked } = loaded;
    const { id, name, scopeId } = service;
    const before = around.services.get(id);
    // What was read of checks depends on all of their services.
    if (before === undefined) return isNew && !asked.has(`services ${id}`) ? loaded : undefined;
    if (scopeId !== null && !around.scopes.has(scopeId)) return undefined;
    around.services.set(id, { ...before, ...service });
    if (before.scopeId !== scopeId) for (const each of before.checks) moveCheck(around, each, before.scopeId, scopeId);
    else if (before.name === name) return loaded;
    // Selectors choose checks by the names of services and scopes.
    return { ...loaded, around: { ...around, chosen: new Map() } };
  });
}

/** A check has a scope once for each of its services in it. */
function moveCheck({ checks }: Loaded['around'], id: string, from: number | null, to: number | null): void {
  const check = checks.get(id);
  if (check === undefined) return;
  const left = from === null ? -1 : check.scopes.indexOf(from);
  const others = check.scopes.filter((_, place) => place !== left);
  checks.set(id, { ...check, scopes: to === null ? others : [...others, to] });
}

function get<T>(all: ReadonlyMap<number, T>, accountId: number): T {
  const found = all.get(accountId);
  if (found === undefined) throw new Error(`account ${accountId} was not found`);
  return found;
}

interface Missing {
  readonly services: readonly number[];
  readonly scopes: readonly number[];
  readonly checks: readonly string[];
  readonly channels: readonly string[];
  readonly between: Interval | undefined;
  readonly chosen: ReadonlyMap<string, readonly string[]>;
}

const KINDS = ['services', 'scopes', 'checks', 'channels'] as const;

/** What a transaction has not read yet; undefined: nothing. */
async function findMissing(
  db: Queries,
  accountId: number,
  { services = [], scopes = [], checks = [], channels = [], selectors = [], between }: Need,
  known: Loaded | undefined,
): Promise<Missing | undefined> {
  const chosen = new Map(known?.around.chosen);
  for (const selector of selectors) {
    if (!chosen.has(selector)) chosen.set(selector, await listSelectedChecks(db, accountId, selector));
  }
  const absent = <Id extends number | string>(kind: (typeof KINDS)[number], ids: readonly Id[]) =>
    [...new Set(ids)].filter((id) => !known?.asked.has(`${kind} ${id}`));
  const missing = {
    services: absent('services', services).filter(isId),
    scopes: absent('scopes', scopes).filter(isId),
    checks: absent('checks', [...checks, ...selectors.flatMap((text) => chosen.get(text) ?? [])]),
    channels: absent('channels', channels),
    between: between && known?.between.some((each) => contains(each, between)) ? undefined : between,
    chosen,
  };
  const isComplete = missing.between === undefined && KINDS.every((kind) => missing[kind].length === 0);
  return known !== undefined && isComplete ? undefined : missing;
}

const contains = (outer: Interval, inner: Interval) => outer.start <= inner.start && inner.end <= outer.end;

interface Row {
  readonly accounts: readonly {
    readonly id: number;
    readonly timezone: string;
    readonly channel: string | null;
    readonly postCheckAfter: number;
  }[];
  readonly services: readonly (Owned & Omit<KnownService, 'visibility'> & { readonly visibility: string })[];
  readonly scopes: readonly (Owned & Omit<KnownScope, 'visibility'> & { readonly visibility: string })[];
  readonly checks: readonly (Owned & KnownCheck)[];
  readonly subscriptions: readonly (Owned & Surroundings['subscriptions'][number])[];
  readonly publicChannels: readonly (Owned & ChannelRef)[];
  readonly freezes: readonly (Owned & StoredFreeze)[];
  readonly webhooks: readonly (Owned & { id: number; events: readonly string[]; audience: string; fails: boolean })[];
  readonly homes: readonly number[];
  readonly eventIds: readonly number[];
  readonly maintenanceIds: readonly number[];
  readonly commentIds: readonly number[];
}
interface Owned {
  readonly accountId: number;
}
type StoredFreeze = Omit<Freeze, 'start' | 'end' | 'effect'> &
  Pick<TimeColumns, 'cron' | 'timezone' | 'durationMinutes' | 'url'> & {
    periods: readonly { start: string; end: string }[] | null;
    start: string;
    end: string | null;
    effect: string;
  };

async function load(
  db: Queries,
  known: ReadonlyMap<number, Loaded>,
  missing: ReadonlyMap<number, Missing>,
  ids: NewIds,
): Promise<ReadonlyMap<number, Loaded>> {
  const needs = [...missing.values()];
  const accounts = [...missing.keys()];
  const services = needs.flatMap((need) => need.services);
  const scopes = needs.flatMap((need) => need.scopes);
  const checks = needs.flatMap((need) => need.checks);
  const channels = needs.flatMap((need) => need.channels);
  const between = needs.flatMap((need) => need.between ?? []);
  const [row] = await queryRows<Row>(
    db,
    // The offset has each check looked up by its key: other plans compare each one with all others.
    sql`
      with asked_accounts as materialized (
        select id, timezone, default_channel, post_check_after from accounts where id = any(${accounts}::int[])
      ), asked_services as materialized (
        select s.* from services s where s.account_id = any(${accounts}::int[]) and s.id = any(${services}::int[])
      ), asked_checks as materialized (
        select c.account_id, c.id from checks c where c.account_id = any(${accounts}::int[]) and c.id = any(${checks}::text[])
        union
        select sc.account_id, sc.check_id from service_checks sc join asked_services s on s.id = sc.service_id
      ), watched as materialized (
        select c.*, array(
            select s.scope_id from service_checks sc join services s on s.id = sc.service_id
            where sc.account_id = c.account_id and sc.check_id = c.id and s.scope_id is not null) as scopes
        from asked_checks asked cross join lateral (
          select account_id, id, provider, removal_date from checks where checks.id = asked.id and checks.account_id = asked.account_id
          offset 0) c
      ), asked_scopes as materialized (
        select * from scopes where account_id = any(${accounts}::int[]) and id = any(array(
          select unnest(${scopes}::int[]) union select scope_id from asked_services union select unnest(scopes) from watched))
      ), subscribed as materialized (
        select * from subscriptions
        where account_id = any(${accounts}::int[])
          and (coalesce(service_id, scope_id) is null or service_id = any(${services}::int[])
            or scope_id in (select id from asked_scopes))
      )
      select
        (select json_agg(json_build_object('id', id, 'timezone', timezone, 'channel', default_channel, 'postCheckAfter', post_check_after))
          from asked_accounts) as accounts,
        (select coalesce(json_agg(json_build_object('accountId', account_id, 'id', id, 'name', name, 'scopeId', scope_id,
            'visibility', visibility, 'removed', removal_date is not null,
            'checks', array(select check_id from service_checks where service_id = asked_services.id))
            order by name, id), '[]')
          from asked_services) as services,
        (select coalesce(json_agg(json_build_object('accountId', account_id, 'id', id, 'name', name,
            'visibility', visibility, 'reminders', reminders, 'requiresApproval', requires_approval,
            'removed', removal_date is not null)), '[]')
          from asked_scopes) as scopes,
        (select coalesce(json_agg(json_build_object('accountId', c.account_id, 'id', c.id, 'provider', c.provider,
            'removed', c.removal_date is not null,
            'mutable', c.removal_date is null and p.enabled is distinct from false,
            'scopes', c.scopes)), '[]')
          from watched c left join providers p on p.account_id = c.account_id and p.name = c.provider) as checks,
        (select coalesce(json_agg(json_build_object('accountId', account_id, 'id', id, 'channelKind', channel_kind,
            'channel', channel, 'serviceId', service_id, 'scopeId', scope_id) order by id), '[]')
          from subscribed) as subscriptions,
        (select coalesce(json_agg(json_build_object('accountId', account_id, 'channelKind', channel_kind, 'channel', channel)), '[]')
          from (
            select distinct account_id, channel_kind, channel from subscriptions
            where audience = 'public' and account_id = any(${accounts}::int[]) and channel = any(array(
              select channel from subscribed union select default_channel from asked_accounts
              union select unnest(${channels}::text[])))
          ) as open) as "publicChannels",
        (select coalesce(json_agg(json_build_object('accountId', f.account_id, 'id', f.id, 'reason', f.reason,
            'effect', f.effect, 'start', f.start_date, 'end', f.end_date, 'cron', f.cron, 'timezone', f.timezone,
            'durationMinutes', f.duration_minutes, 'url', f.url,
            'periods', case when f.url is not null then (
              select json_agg(json_build_object('start', p.start_date, 'end', p.end_date)) from freeze_periods p
              where p.account_id = f.account_id and p.freeze_id = f.id and exists (
                select 1 from unnest(${between.map(({ start }) => start)}::timestamptz[], ${between.map(({ end }) => end)}::timestamptz[])
                  as asked (start_date, end_date)
                where p.start_date < asked.end_date and p.end_date > asked.start_date))
            end,
            'scope', case when s.id is not null then json_build_object('id', s.id, 'name', s.name) end)
            ), '[]')
          from freezes f left join scopes s on s.id = f.scope_id
          where f.account_id = any(${accounts}::int[]) and exists (
            select 1 from unnest(${between.map(({ start }) => start)}::timestamptz[], ${between.map(({ end }) => end)}::timestamptz[])
              as asked (start_date, end_date)
            where f.start_date < asked.end_date and (f.end_date is null or f.end_date > asked.start_date))) as freezes,
        (select coalesce(json_agg(json_build_object('accountId', account_id, 'id', id, 'events', events,
            'audience', audience, 'fails', failing_since is not null) order by id), '[]')
          from webhooks where account_id = any(${accounts}::int[]) and enabled) as webhooks,
        array(select id from asked_accounts a where exists (
          select 1 from homes h where h.account_id = a.id and h.opened_at > now() - interval '1 day')) as homes,
        array(select nextval('audit_events_id_seq')::int from generate_series(1, ${ids.audit_events ?? 0}::int)) as "eventIds",
        array(select nextval('maintenances_id_seq')::int from generate_series(1, ${ids.maintenances ?? 0}::int)) as "maintenanceIds",
        array(select nextval('comments_id_seq')::int from generate_series(1, ${ids.comments ?? 0}::int)) as "commentIds"`,
  );
  if (row === undefined) throw new Error('a statement without conditions found nothing');
  keepIds(db, 'audit_events', row.eventIds);
  keepIds(db, 'maintenances', row.maintenanceIds);
  keepIds(db, 'comments', row.commentIds);
  const added = (row.accounts ?? []).map((account): [number, Loaded] => [
    account.id,
    merge(known.get(account.id), toLoaded(row, account, get(missing, account.id))),
  ]);
  return new Map([...known, ...added]);
}

function toLoaded(row: Row, account: Row['accounts'][number], missing: Missing): Loaded {
  const own = <T extends Owned>(rows: readonly T[]) => rows.filter(({ accountId }) => accountId === account.id);
  const byId = <T extends { readonly id: number | string }>(rows: readonly T[]) =>
    new Map<T['id'], T>(rows.map((each) => [each.id, each]));
  const visible = <T extends { readonly visibility: string }>(each: T) => ({
    ...each,
    visibility: readVisibility(each.visibility),
  });
  return {
    around: {
      defaultChannel: account.channel === null ? undefined : findChannelRef(account.channel),
      timezone: account.timezone,
      postCheckAfter: account.postCheckAfter,
      services: byId(own(row.services).map(visible)),
      scopes: byId(own(row.scopes).map(visible)),
      checks: byId(own(row.checks)),
      chosen: missing.chosen,
      freezes: missing.between === undefined ? [] : toPeriods(own(row.freezes), missing.between),
      subscriptions: own(row.subscriptions),
      publicChannels: new Set(own(row.publicChannels).map(channelKey)),
      webhooks: own(row.webhooks).map((webhook) => ({ ...webhook, audience: readAudience(webhook.audience) })),
      hasHomes: row.homes.includes(account.id),
    },
    // The scopes and checks of services are read with them.
    asked: new Set([
      ...KINDS.flatMap((kind) => missing[kind].map((id) => `${kind} ${id}`)),
      ...own(row.scopes).map(({ id }) => `scopes ${id}`),
      ...own(row.checks).map(({ id }) => `checks ${id}`),
    ]),
    between: missing.between === undefined ? [] : [missing.between],
  };
}

/** A freeze for each of its periods within an interval, the first to begin first. */
function toPeriods(stored: readonly StoredFreeze[], between: Interval): Freeze[] {
  const periods = stored.flatMap(({ id, reason, scope, effect, start, end, periods, ...times }) => {
    const freeze = {
      ...{ id, reason, scope },
      // An unknown one is treated as the stricter one.
      effect: FREEZE_EFFECTS.find((known) => known === effect) ?? 'block',
    };
    const read = readTimes(
      { ...times, start: new Date(start), end: end === null ? null : new Date(end) },
      (periods ?? []).map((each) => ({ start: new Date(each.start), end: new Date(each.end) })),
    );
    return listPeriods(read, between).map((period) => ({ ...freeze, ...period }));
  });
  return periods.sort(byStart);
}

const byStart = (one: Freeze, other: Freeze) => one.start.getTime() - other.start.getTime() || one.id - other.id;

function merge(known: Loaded | undefined, added: Loaded): Loaded {
  if (known === undefined) return added;
  const { around } = added;
  const distinct = <T extends { readonly id: number }>(rows: readonly T[], key = ({ id }: T) => String(id)) => [
    ...new Map(rows.map((each) => [key(each), each])).values(),
  ];
  return {
    around: {
      ...around,
      services: new Map([...known.around.services, ...around.services]),
      scopes: new Map([...known.around.scopes, ...around.scopes]),
      checks: new Map([...known.around.checks, ...around.checks]),
      freezes: distinct(
        [...known.around.freezes, ...around.freezes],
        (each) => `${each.id} ${each.start.getTime()}`,
      ).sort(byStart),
      subscriptions: distinct([...known.around.subscriptions, ...around.subscriptions]).sort((a, b) => a.id - b.id),
      publicChannels: new Set([...known.around.publicChannels, ...around.publicChannels]),
    },
    asked: new Set([...known.asked, ...added.asked]),
    between: [...known.between, ...added.between],
  };
}

type Place = Pick<Coverage, 'visibility' | 'scopeId' | 'services'>;

/** How a window shows its scope and services after a change, its reminders and its audience; nothing when they stay. */
export async function describeMove(
  tx: Queries,
  before: Pick<Place, 'visibility'> & {
    readonly accountId: number;
    readonly scope: { readonly id: number } | null;
    readonly services: readonly { readonly id: number }[];
  },
  changes: { readonly [Property in keyof Place]?: Place[Property] | undefined },
) {
  const { visibility, scopeId, services } = changes;
  if (visibility === undefined && scopeId === undefined && services === undefined) return {};
  const place = {
    visibility: visibility ?? before.visibility,
    scopeId: scopeId === undefined ? (before.scope?.id ?? null) : scopeId,
    services: services ?? before.services.map(({ id }) => id),
  };
  return describePlace(await readSurroundings(tx, before.accountId, needOf({ ...place, checks: [] })), place);
}
