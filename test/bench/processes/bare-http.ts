import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

/**
 * What Lull is compared with: Node's own HTTP server and `pg`, without checks, rules or libraries. `POST` writes the rows
 * of one maintenance in one transaction of six prepared statements, `GET` reads a filtered page of 50.
 */
const [databaseUrl = '', account = '', service = ''] = process.argv.slice(2);
const accountId = Number(account);
const serviceId = Number(service);
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

async function list(): Promise<unknown> {
  const { rows } = await query(
    pool,
    'list',
    `select m.id, m.key, m.version, m.name, m.description, m.visibility, m.status, m.missed, m.scope_id as scope,
       m.service_status, m.risk, m.timezone, m.scheduled_start_date, m.scheduled_end_date, m.start_date, m.end_date,
       m.ends_at, m.reopens_id, m.approval, m.external_reference, m.external_link, m.owner_name as owner,
       m.creation_date, m.update_date, s.ids as services
     from maintenances m, lateral (
       select array_agg(service_id order by service_id) as ids from maintenance_services
       where maintenance_id = m.id and account_id = m.account_id) s
     where m.account_id = $1 and m.status = 'scheduled' and m.deleted_at is null and exists (
       select from maintenance_services where maintenance_id = m.id and account_id = $1 and service_id = $2)
     order by m.scheduled_start_date desc, m.id desc limit 50`,
    [accountId, serviceId],
  );
  return { items: rows };
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = JSON.stringify(request.method === 'POST' ? await create(request) : await list());
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
