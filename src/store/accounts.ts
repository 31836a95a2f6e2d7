import type { Queries } from './database.ts';

export interface Account {
  id: number;
  name: string;
  slackTeamId: string | null;
  timezone: string;
  defaultChannel: string | null;
}

const fields = { id: true, name: true, slackTeamId: true, timezone: true, defaultChannel: true } as const;

/** The account of a Slack workspace, made when it is seen for the first time. */
export async function accountOfTeam(
  db: Queries,
  team: { id: string; name: string },
  defaults: { timezone: string; defaultChannel: string | null },
): Promise<Account> {
  return db.account.upsert({
    where: { slackTeamId: team.id },
    create: { name: team.name, slackTeamId: team.id, ...defaults },
    update: { name: team.name, ...defaults },
    select: fields,
  });
}

export async function findAccount(db: Queries, id: number): Promise<Account | null> {
  return db.account.findUnique({ where: { id }, select: fields });
}

/** The account of an earlier start, for while Slack has not answered yet; null before the first connection. */
export async function onlyAccount(db: Queries): Promise<Account | null> {
  const rows = await db.account.findMany({ where: { parentId: null }, select: fields, take: 2 });
  return rows.length === 1 ? (rows[0] ?? null) : null;
}
