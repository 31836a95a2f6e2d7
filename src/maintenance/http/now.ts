import { z } from '@hono/zod-openapi';
import { listScopes } from '../../catalogue/scopes/repository.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { utc } from '../../core/time.ts';
import { send } from '../../http/conditional.ts';
import { HttpError } from '../../http/errors.ts';
import type { RenderedTexts } from '../../http/rendered.ts';
import { type Api, type Call, type NamedOptions, operation, publicQuery } from '../../http/route.ts';
import { flag, utcText } from '../../http/schemas.ts';
import { maintenanceFieldTexts, WHILE_IN_MAINTENANCE } from '../../texts/openapi.ts';
import { searchMaintenances } from '../repository/list.ts';
import type { MaintenanceSearch } from '../repository/search.ts';
import { currentWindow } from '../rules/times.ts';
import { maintenanceOutput, toMaintenance } from './schemas.ts';

/** Max windows in one response. */
const MAX_SHOWN = 50;

const nowQuery = z.strictObject({
  service: z
    .string({ error: 'Expected one service, by its id or its name.' })
    .optional()
    .openapi({ description: maintenanceFieldTexts.serviceNow, example: 'api' }),
  scope: z
    .string({ error: 'Expected one scope, by its id or its name.' })
    .optional()
    .openapi({ description: maintenanceFieldTexts.scopeNow, example: 'Production' }),
  exit: flag.optional().describe(maintenanceFieldTexts.exit),
  ...publicQuery,
});

const nowOut = z
  .object({
    in_maintenance: z.boolean(),
    until: utcText.nullable().describe(maintenanceFieldTexts.until),
    maintenances: z.array(maintenanceOutput).describe(maintenanceFieldTexts.maintenances),
    // A union, because .nullable() on a named schema is lost in the document.
    next: z.union([maintenanceOutput, z.null()]).describe(maintenanceFieldTexts.next),
  })
  .openapi('Now');

/** For deploy scripts: is this in maintenance, and until when? */
export function now(api: Api, rendered: RenderedTexts): void {
  const otherwise = { status: 423, answer: WHILE_IN_MAINTENANCE };
  const options = { permission: 'public', query: nowQuery, output: nowOut, otherwise } as const satisfies NamedOptions;
  operation(api, 'getNow', 'get /now', options, async (call) => {
    const { c, db, accountId, reader, query } = call;
    const { service, scope } = query;
    const key = JSON.stringify(['now', reader, service, scope]);
    const { text, tag } = await rendered.get(db, accountId, key, undefined, () => readNow(call, { service, scope }));
    const isBusy = query.exit === 'true' && !text.startsWith(FREE);
    return send(c, text, isBusy ? { status: 423 } : { bodyVersion: tag.slice(1, -1) });
  });
}

/** How a response begins when nothing is in maintenance. */
const FREE = '{"in_maintenance":false';

async function readNow(call: Call, asked: { service: string | undefined; scope: string | undefined }): Promise<string> {
  const { db, accountId, reader } = call;
  const target = await toTarget(call, asked);
  const search = (statuses: MaintenanceSearch['statuses'], limit: number) => {
    const page = { field: 'scheduledStart', direction: 'asc', limit } as const;
    return searchMaintenances(db, accountId, reader, { ...target, statuses }, page);
  };
  const running = await search(['in-progress'], MAX_SHOWN);
  const [next] = await search(['scheduled'], 1);
  const ending = running.toSorted((a, b) => currentWindow(a).end.getTime() - currentWindow(b).end.getTime());
  const last = ending.at(-1);
  const response: z.infer<typeof nowOut> = {
    in_maintenance: last !== undefined,
    until: last === undefined ? null : utc(currentWindow(last).end),
    maintenances: ending.map((each) => toMaintenance(each, reader)),
    next: next === undefined ? null : toMaintenance(next, reader),
  };
  return JSON.stringify(response);
}

/** The scopes and services that the request names, of those the reader may know of. */
async function toTarget(
  { db, accountId, reader }: Call,
  asked: { service?: string | undefined; scope?: string | undefined },
): Promise<MaintenanceSearch> {
  const scopes =
    asked.scope === undefined ? undefined : (await listScopes(db, accountId, { reader })).filter(matches(asked.scope));
  if (scopes?.length === 0) throw new HttpError('not-found', `There is no scope ${asked.scope}.`);
  if (asked.service === undefined) return { scopes: scopes?.map(({ id }) => id) };
  const services = (await listServices(db, accountId, { reader }))
    .filter(matches(asked.service))
    .filter(({ scope }) => scopes === undefined || scopes.some(({ id }) => id === scope?.id));
  if (services.length > 0) return { services: services.map(({ id }) => id) };
  const place = asked.scope === undefined ? '' : ` in ${asked.scope}`;
  throw new HttpError('not-found', `There is no service ${asked.service}${place}.`);
}

/** Matches an id or, whatever the case, a name. */
function matches(text: string): (thing: { readonly id: number; readonly name: string }) => boolean {
  const name = text.trim().toLowerCase();
  return (thing) => String(thing.id) === name || thing.name.toLowerCase() === name;
}
