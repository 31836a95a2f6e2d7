import { isDeepStrictEqual } from 'node:util';
import { Prisma } from '../../../prisma/client/client.ts';
import { columns, readColumns } from '../../core/fields.ts';
import type { Reader } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { sql } from '../../platform/sql.ts';
import { deletion, insertion, write } from '../../platform/transaction.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import { type Limitable, readLimit } from '../rules/limits.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../rules/reminders.ts';
import type { Selector } from '../rules/selector.ts';
import { readVisibility, serviceAudience, windowAudience } from '../rules/visibility.ts';
import { shownParts, WINDOWS, type WindowAlias } from './visibility.ts';

const { join, raw } = Prisma;

const service = {
  select: { id: true, name: true, visibility: true, scope: { select: { visibility: true } } },
} as const satisfies Prisma.ServiceDefaultArgs;

export const audienceFields = {
  visibility: true,
  scope: { select: { visibility: true } },
  services: { select: { service } },
} as const satisfies Prisma.SeriesSelect;

/** The columns and relations that a maintenance and a series both have, for a query. */
export const windowFields = {
  id: true,
  accountId: true,
  key: true,
  version: true,
  ...columns(CONTENT_FIELDS),
  timezone: true,
  scope: { select: { id: true, name: true, reminders: true, visibility: true } },
  services: { select: { service }, orderBy: { service: { name: 'asc' } } },
  namesChecks: true,
  selector: true,
  selectorFollows: true,
  limitedTo: true,
  checks: { select: { checkId: true }, orderBy: [{ position: 'asc' }, { checkId: 'asc' }] },
  ownerId: true,
  ownerName: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.SeriesSelect;

/** A service with the alias `s` and its scope with the alias `its`, as `windowFields` has them. */
export const SERVICE_AS_JSON = sql`json_build_object('service', json_build_object(
  'id', s.id, 'name', s.name, 'visibility', s.visibility,
  'scope', case when its.id is not null then json_build_object('visibility', its.visibility) end))`;

/** The services of a row with this alias. @param isShown which of them, as `s` */
export function servicesAsJson(alias: WindowAlias, isShown = sql`true`): Prisma.Sql {
  const window = raw(WINDOWS[alias]);
  return sql`(
    select coalesce(json_agg(${SERVICE_AS_JSON} order by s.name, s.id), '[]')
    from ${window}_services on_it join services s on s.id = on_it.service_id left join scopes its on its.id = s.scope_id
    where on_it.${window}_id = ${raw(alias)}.id and ${isShown})`;
}

/** What `windowFields` selects, of a row with this alias that the reader can see. */
export function windowColumns(alias: WindowAlias, reader: Reader = 'internal'): Prisma.Sql {
  const shown = shownParts(reader);
  const [row, window] = [raw(alias), raw(WINDOWS[alias])];
  const content = Object.entries(CONTENT_FIELDS).map(([property, { name }]) =>
    raw(`${alias}.${name} as "${property}"`),
  );
  return sql`
    ${row}.id, ${row}.account_id as "accountId", ${row}.key, ${row}.version, ${join(content)}, ${row}.timezone,
    ${row}.names_checks as "namesChecks", ${row}.selector, ${row}.selector_follows as "selectorFollows",
    ${row}.limited_to as "limitedTo",
    ${row}.owner_id as "ownerId", ${row}.owner_name as "ownerName", ${row}.creation_date as "createdAt",
    ${row}.update_date as "updatedAt",
    (select json_build_object('id', s.id, 'name', s.name, 'reminders', s.reminders, 'visibility', s.visibility)
      from scopes s where s.id = ${row}.scope_id and ${shown?.isScope(sql`s.id`) ?? sql`true`}) as scope,
    ${servicesAsJson(alias, shown?.isService)} as services,
    case when not ${row}.names_checks then '[]' else (
      select coalesce(json_agg(json_build_object('checkId', check_id) order by position, check_id), '[]')
      from ${window}_checks where ${window}_id = ${row}.id and ${shown?.isCheck(sql`${window}_checks.check_id`) ?? sql`true`}) end as checks`;
}

type WindowRow = Prisma.SeriesGetPayload<{ select: typeof windowFields }>;
type ServiceRow = Prisma.ServiceGetPayload<typeof service>;

type ContentRow = Pick<WindowRow, keyof typeof CONTENT_FIELDS | 'services'> & {
  readonly scope: Pick<NonNullable<WindowRow['scope']>, 'id' | 'name' | 'visibility'> | null;
};

/** What a window is about. */
export type WindowContent = ReturnType<typeof readContent>;

export function readContent(stored: ContentRow) {
  const { scope, services } = stored;
  return {
    ...readColumns(CONTENT_FIELDS, stored),
    /** Who can see it, its scope and its services considered. */
    audience: readAudience(stored),
    scope: scope && { id: scope.id, name: scope.name },
    services: services.map((each) => toService(each.service)),
  };
}

/** Properties from the columns of `windowFields`; those of other columns stay as they are. */
export function readWindow<R extends WindowRow>(stored: R) {
  const {
    scope,
    services: _,
    namesChecks,
    checks,
    selector,
    selectorFollows: follows,
    limitedTo,
    ownerId,
    ownerName,
    ...row
  } = stored;
  return {
    ...row,
    ...readContent(stored),
    /** How long before its start it is announced again (minutes), as its scope says. */
    reminders: scope?.reminders ?? DEFAULT_REMINDERS_MINUTES,
    /** The checks that it names; null: those of its services. */
    checks: namesChecks ? checks.map(({ checkId }) => checkId) : null,
    /** Chooses more checks. */
    selector: selector === null ? null : { text: selector, follows },
    /** The scopes whose checks alone it mutes; null: it is not limited. */
    limitedTo: readLimit(limitedTo),
    owner: { id: ownerId, name: ownerName },
  };
}

function toService({ id, name, visibility, scope }: ServiceRow) {
  return { id, name, audience: serviceAudience({ visibility: readVisibility(visibility), scope: readMarked(scope) }) };
}

export function readAudience({
  visibility,
  scope,
  services,
}: Prisma.SeriesGetPayload<{ select: typeof audienceFields }>) {
  const named = services.map((each) => toService(each.service));
  return windowAudience({ visibility: readVisibility(visibility), scope: readMarked(scope), services: named });
}

const readMarked = (scope: { visibility: string } | null) => scope && { visibility: readVisibility(scope.visibility) };

/** What of its named checks, its selector and its limit a row stores itself; undefined: stays. */
export function coverageColumns({
  checks,
  selector,
  limitedTo,
}: Pick<Covered, 'checks'> & { readonly limitedTo?: Limitable['limitedTo'] | undefined } & {
  readonly selector?: Selector | null | undefined;
}) {
  return {
    ...(checks !== undefined && { namesChecks: checks !== null }),
    ...(selector !== undefined && { selector: selector?.text ?? null, selectorFollows: selector?.follows ?? false }),
    ...(limitedTo !== undefined && { limitedTo: [...(limitedTo ?? [])] }),
  };
}

interface Covered {
  /** Undefined after a change: they stay. */
  readonly services?: readonly number[] | undefined;
  readonly checks?: readonly string[] | null | undefined;
}

/** How the services and the named checks of maintenances or series are written, from what they were to what they are. */
export function coverageWriter(window: 'maintenance' | 'series') {
  const owner = `${window}_id`;
  const services = { table: `${window}_services`, key: [owner, 'service_id'] };
  const checks = { table: `${window}_checks`, key: [owner, 'check_id'] };
  const addService = insertion(services.table, ['account_id', ...services.key], 'on conflict do nothing');
  const removeService = deletion(services.table, services.key);
  const addCheck = insertion(
    checks.table,
    ['account_id', ...checks.key, 'position'],
    `on conflict (${checks.key}) do update set position = excluded.position`,
  );
  const removeCheck = deletion(checks.table, checks.key);

  return async (
    tx: Queries,
    { accountId, id }: { readonly accountId: number; readonly id: number },
    before: Covered,
    after: Covered,
  ): Promise<void> => {
    const link = { account_id: accountId, [owner]: id };
    const place = (part: number | string) => `${id} ${part}`;
    const had = before.services ?? [];
    for (const service of new Set(after.services)) {
      if (!had.includes(service)) await write(tx, addService, place(service), { ...link, service_id: service });
    }
    for (const service of after.services === undefined ? [] : had) {
      if (!after.services?.includes(service))
        await write(tx, removeService, place(service), { ...link, service_id: service });
    }
    const named = before.checks ?? [];
    const checks = after.checks === undefined ? named : (after.checks ?? []);
    if (isDeepStrictEqual(checks, named)) return;
    // All of them: the stored positions have gaps where checks were removed.
    for (const [position, check] of checks.entries()) {
      await write(tx, addCheck, place(check), { ...link, check_id: check, position });
    }
    for (const check of named) {
      if (!checks.includes(check)) await write(tx, removeCheck, place(check), { ...link, check_id: check });
    }
  };
}
