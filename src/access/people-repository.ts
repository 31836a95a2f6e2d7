import { findPersonKind } from '../channels.ts';
import type { Queries } from '../platform/database.ts';
import { toStorable } from '../platform/rows.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';
import type { WorkspaceStanding } from './rules.ts';

/** A person as Slack describes them. */
export interface PersonDescription {
  /** Slack's. */
  readonly id: string;
  readonly name: string;
  readonly standing: WorkspaceStanding;
  readonly deactivated: boolean;
  /** Slack's count of seconds at the last change of the profile. */
  readonly revision: number;
}

/** Stores what Slack says about a person, unless something newer is stored. */
export async function putPerson(db: Queries, accountId: number, person: PersonDescription): Promise<void> {
  const { id, name, standing, deactivated, revision } = person;
  await execute(
    db,
    sql`insert into people as known (account_id, id, name, standing, deactivated, revision)
      values (${accountId}, ${id}, ${toStorable(name)}, ${standing}, ${deactivated}, ${revision})
      on conflict (account_id, id) do update set name = excluded.name, standing = excluded.standing,
        deactivated = excluded.deactivated, revision = excluded.revision, checked_at = now()
      where known.revision <= excluded.revision`,
  );
}

/** The same for somebody of whom nothing is stored yet: nothing. A workspace has many people who never use Lull. */
export async function changePerson(db: Queries, accountId: number, person: PersonDescription): Promise<void> {
  const { id, name, standing, deactivated, revision } = person;
  await execute(
    db,
    sql`update people set name = ${toStorable(name)}, standing = ${standing}, deactivated = ${deactivated},
        revision = ${revision}, checked_at = now()
      where account_id = ${accountId} and id = ${id} and revision <= ${revision}`,
  );
}

/** Stores that Slack knows no such person in the workspace. */
export async function forgetPerson(db: Queries, accountId: number, id: string): Promise<void> {
  await execute(
    db,
    sql`update people set standing = 'outside', deactivated = true, checked_at = now()
      where account_id = ${accountId} and id = ${id}`,
  );
}

/** Stores who is in a user group, if it has a role. */
export async function putGroupMembers(
  db: Queries,
  accountId: number,
  group: string,
  members: readonly string[],
): Promise<void> {
  await execute(
    db,
    sql`update role_grants set members = ${[...members]}, checked_at = now()
      where account_id = ${accountId} and subject = ${group}`,
  );
}

/** Stores that people left a user group. */
export async function removeGroupMembers(
  db: Queries,
  accountId: number,
  group: string,
  removed: readonly string[],
): Promise<void> {
  if (removed.length === 0) return;
  await execute(
    db,
    sql`update role_grants set members = array(select unnest(members) except select unnest(${[...removed]}::text[]))
      where account_id = ${accountId} and subject = ${group}`,
  );
}

/** Which of these people are deactivated in Slack, as far as Lull was told. @param ids Slack's, of any kind of actor */
export async function listDeactivated(
  db: Queries,
  accountId: number,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await queryRows<{ id: string }>(
    db,
    sql`select id from people where account_id = ${accountId} and id = any(${[...ids]}) and deactivated`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** The person behind the owner of something: themselves, or whose token it is; undefined for Lull and service tokens. */
export async function findOwningPerson(db: Queries, accountId: number, ownerId: string): Promise<string | undefined> {
  const token = /^token:(\d+)$/.exec(ownerId)?.[1];
  if (token === undefined) return findPersonKind(ownerId) === undefined ? undefined : ownerId;
  const row = await db.apiToken.findFirst({ where: { accountId, id: Number(token) }, select: { ownerId: true } });
  return row?.ownerId ?? undefined;
}

/** Joins what `OWNER_FACTS` reads to the table `owned`, which has `account_id` and `owner_id`. */
export const OWNER_TABLES = sql`
  join accounts its on its.id = owned.account_id
  join accounts top on top.id = coalesce(its.parent_id, its.id)
  left join installations i on i.account_id = top.id
  left join people p on p.account_id = top.id and p.id = owned.owner_id
  left join role_grants own on own.account_id = top.id and own.subject = owned.owner_id`;

/** Of a minute ago or less. */
const isFresh = (at: ReturnType<typeof sql>) => sql`coalesce(${at} > now() - interval '1 minute', false)`;

/** What decides whether something that belongs to a person works, as `OwnerFacts`. */
export const OWNER_FACTS = sql`json_build_object(
  'accountId', top.id,
  'isInstalled', i.account_id is null or i.token is not null,
  'defaultRole', top.default_role,
  'own', own.role,
  'groups', coalesce((select json_agg(g.role) from role_grants g
    where g.account_id = top.id and owned.owner_id = any(g.members)), '[]'),
  'owner', case when owned.owner_id is not null then json_build_object(
    'id', owned.owner_id,
    'known', case when p.id is not null then json_build_object(
      'name', p.name, 'standing', p.standing, 'deactivated', p.deactivated,
      'isFresh', ${isFresh(sql`p.checked_at`)} and (p.standing <> 'member' or own.role is not null or not exists (
        select from role_grants g where g.account_id = top.id and g.subject like 'S%'
          and not ${isFresh(sql`g.checked_at`)}))) end) end)`;
