import pg from 'pg';
import { pino } from 'pino';
import { findAccountByTeam } from '../src/access/accounts.ts';
import { type PersonDescription, putGroupMembers, putPerson } from '../src/access/people-repository.ts';
import { addService } from '../src/catalogue/services/commands.ts';
import { addCheck } from '../src/checks/commands.ts';
import { MovableClock } from '../src/core/clock.ts';
import { type Actor, type Role, systemActor } from '../src/core/permissions.ts';
import type { ScheduleInput } from '../src/maintenance/commands/schedule.ts';
import { openDatabase } from '../src/platform/database.ts';
import type { ActionContext } from '../src/platform/transactions.ts';
import { testDatabase } from './database.ts';

export const silent = pino({ level: 'silent' });

export const minutes = (count: number) => count * 60_000;
export const hours = (count: number) => minutes(count * 60);

/** Creates an account in a new database, with a movable clock and helpers to fill it. */
export async function world() {
  const { url, close } = await testDatabase();
  const database = openDatabase(url);
  const clock = new MovableClock();
  const ctx: ActionContext = { database, clock };
  const account = await findAccountByTeam(
    database,
    { id: 'T0TEST', name: 'Test' },
    { timezone: 'UTC', defaultChannel: 'C0DEFAULT' },
  );
  const lull = systemActor(account.id);
  const person = (role: Role, id = 'U0ANA'): Actor => ({
    accountId: account.id,
    id,
    name: 'Ana',
    source: 'slack',
    role,
  });
  const ana = person('operator');
  /** Has Slack describe somebody, as it does when they first use Lull: a full member with the default role (operator). */
  const describe = (id: string, changes: Partial<PersonDescription> = {}) =>
    putPerson(database, account.id, {
      ...{ id, name: 'Ana', standing: 'member', deactivated: false, revision: 0 },
      ...changes,
    });
  const describeGroup = (group: string, members: readonly string[]) =>
    putGroupMembers(database, account.id, group, members);
  await describe(ana.id);
  const soon = (from: number, length: number) => {
    const start = new Date(clock.now().getTime() + from);
    return { start, end: new Date(start.getTime() + length) };
  };
  const sessions: pg.Client[] = [];
  return {
    url,
    ctx,
    clock,
    account,
    lull,
    ana,
    person,
    describe,
    /** Has Slack list the members of a user group that has a role. */
    describeGroup,
    /** A window `from` milliseconds from now, `length` milliseconds long. */
    soon,
    /** Adds a service with built-in checks by name; a check whose name ends in `(off)` starts disabled. */
    async service(name: string, checks: readonly string[] = []) {
      const service = await addService(ctx, lull, { name, scopeId: null });
      const made = [];
      for (const check of checks) {
        made.push(
          await addCheck(ctx, lull, {
            name: check,
            services: [service.id],
            provider: 'builtin',
            externalId: null,
            enabled: !check.endsWith('(off)'),
            tags: [],
          }),
        );
      }
      return { ...service, checks: made };
    },
    input({
      timezone = 'UTC',
      ...values
    }: Partial<ScheduleInput> & Pick<ScheduleInput, 'services'>): ScheduleInput &
      Required<Pick<ScheduleInput, 'visibility'>> & { readonly timezone: string } {
      return {
        ...soon(hours(1), hours(2)),
        name: 'Postgres upgrade',
        timezone,
        checks: null,
        scopeId: null,
        visibility: 'public',
        channels: [],
        ...values,
      };
    },
    /** Opens a connection to the database, which `close` ends. */
    async session(): Promise<pg.Client> {
      const session = new pg.Client({ connectionString: url });
      session.on('error', () => {}); // a test may end it from the server's side
      await session.connect();
      sessions.push(session);
      return session;
    },
    async close() {
      await Promise.all(sessions.map((session) => session.end()));
      await database.$disconnect();
      await close();
    },
  };
}
export type World = Awaited<ReturnType<typeof world>>;
