import { addCheck } from '../../../src/checks/commands.ts';
import type { Actor } from '../../../src/core/permissions.ts';
import type { RequestOptions, TestServer } from '../../http/served.ts';

/** A JSON object of an answer. */
export type Answer = Record<string, unknown>;

/** Calls `/api/1` and reads the answer, which is JSON always. */
export async function call(at: TestServer, method: string, path: string, sent: RequestOptions = {}) {
  const { status, headers, text } = await at.send(method, path, sent);
  if (!headers['content-type']?.startsWith('application/json')) throw new Error(`${path} is not JSON: ${text}`);
  return { status, body: JSON.parse(text) as Answer };
}

/** The same with a JSON body, as the clients send it. */
export function callWith(at: TestServer, method: string, path: string, body: unknown) {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return call(at, method, path, { headers, body: JSON.stringify(body) });
}

/** Checks that are known by these ids in the monitoring system that their tools come from. */
export async function checksCalled(at: TestServer, actor: Actor, ...externalIds: string[]) {
  for (const externalId of externalIds) {
    const values = { name: `check ${externalId}`, services: [], provider: 'builtin', enabled: true, tags: [] };
    await addCheck(at.ctx, actor, { ...values, externalId });
  }
}

/** The one entry of an answer, with its id. */
export function entryIn({ body }: { body: Answer }): [id: string, entry: Answer] {
  const found = Object.entries(body).find(([, value]) => typeof value === 'object' && value !== null);
  if (found === undefined) throw new Error(`there is no entry in ${JSON.stringify(body)}`);
  return [found[0], found[1] as Answer];
}
