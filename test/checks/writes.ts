import type { Database } from '../../src/platform/database.ts';

/** The tables an effect writes to. */
const TABLES = ['mutes', 'checks', 'audit_events', 'announcements', 'posts'];

/**
 * Makes a database that dies at a chosen write: that one and all that follow are refused, as for a process that was
 * killed, until `live` is called.
 */
export async function mortal(database: Database) {
  await database.$executeRaw`create sequence writes`;
  await database.$executeRaw`create table life (last_write int)`;
  await database.$executeRaw`insert into life values (null)`;
  await database.$executeRawUnsafe(`
    create function count_write() returns trigger language plpgsql as $$
    begin
      if nextval('writes') > (select last_write from life) then raise exception 'killed'; end if;
      return null;
    end $$`);
  for (const table of TABLES) {
    await database.$executeRawUnsafe(
      `create trigger count_write before insert or update or delete on ${table} for each statement execute function count_write()`,
    );
  }
  return {
    /** Lets so many writes through, and no more. */
    async dieAfter(writes: number): Promise<void> {
      await database.$queryRaw`select setval('writes', 1, false)`;
      await database.$executeRaw`update life set last_write = ${writes}`;
    },
    async live(): Promise<void> {
      await database.$executeRaw`update life set last_write = null`;
    },
  };
}
