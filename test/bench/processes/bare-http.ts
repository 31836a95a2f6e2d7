import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

/**
 * What Lull is compared with: Node's own HTTP server and `pg`, without checks, rules or libraries. `POST` writes the rows
 * of one maintenance in one transaction of six prepared statements, `GET` runs the prepared statement of the arguments.
 */
const [databaseUrl = '', account = '', select = '{}'] = process.argv.slice(2);
const accountId = Number(account);
const statement: { text: string; values: unknown[] } = JSON.parse(select);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 });

const KEY_CHARACTERS = '23456789BCDFGHJKLMNPQRSTVWXZ';
const newKey = () => Array.from({ length: 8 }, () => KEY_CHARACTERS[randomInt(KEY_CHARACTERS.length)]).join('');

const query = (client: pg.Pool | pg.PoolClient, name: string, text: string, values: unknown[]) =>
  client.query<Record<string, unknown>>({ name, text, values });

async function create(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const input = JSON.parse(body);
  const client = await pool.connect();
  try {
    await client.query('begin');
    const services = await query(
      client,
      'services',
      'select id, scope_id, name, visibility from services where account_id = $1 and id = any($2) and removal_date is null',
      [accountId, input.services],
    );
    const scopeId = services.rows[0]?.scope_id ?? null;
    await query(
      client,
      'scope',
      'select id, name, reminders, requires_approval from scopes where account_id = $1 and id = $2',
      [accountId, scopeId],
    );
    const now = new Date();
    const inserted = await query(
      client,
      'maintenance',
      `insert into maintenances (account_id, key, name, scope_id, timezone, scheduled_start_date, scheduled_end_date,
         next_due_at, reminded_until, owner_id, owner_name, creation_date, update_date)
       values ($1, $2, $3, $4, 'UTC', $5, $6, $5::timestamptz - interval '1 day', $7, 'bare', 'bare', $7, $7) returning *`,
      [accountId, newKey(), input.name, scopeId, input.scheduled_start_date, input.scheduled_end_date, now],
    );
    const [maintenance] = inserted.rows;
    await query(
      client,
      'maintenance_services',
      'insert into maintenance_services (account_id, maintenance_id, service_id) select $1, $2, unnest($3::int[])',
      [accountId, maintenance?.id, input.services],
    );
    await query(
      client,
      'audit_event',
      `insert into audit_events (account_id, at, actor_id, actor_name, source, type, maintenance_id, after)
       values ($1, $2, 'bare', 'bare', 'http', 'maintenance.scheduled', $3, $4)`,
      [accountId, now, maintenance?.id, JSON.stringify(input)],
    );
    await query(client, 'wake', "select pg_notify('bare_due', '')", []);
    await client.query('commit');
    return { ...maintenance, services: input.services };
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** The statement that is sent to Lull's database for the same page; it returns the items as JSON, or their columns. */
async function list(): Promise<string> {
  const { rows } = await query(pool, 'list', statement.text, statement.values);
  const items = rows.map((row) => {
    const [first, ...others] = Object.values(row);
    return typeof first === 'string' && others.length === 0 ? first : JSON.stringify(row);
  });
  return `{"items":[${items.join()}]}`;
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = request.method === 'POST' ? JSON.stringify(await create(request)) : await list();
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
await once(server, 'listening');
process.once('disconnect', () => process.exit());
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
