import { createRoute, z } from '@hono/zod-openapi';
import { listScopes } from '../../catalogue/scopes/repository.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { type Reader, toReader } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import { HttpError } from '../../http/errors.ts';
import { type Api, failures, jsonResponse, publicQuery, type RequestContext, readableByAll } from '../../http/route.ts';
import { utcText } from '../../http/schemas.ts';
import { type MaintenanceSearch, searchMaintenances } from '../repository/search.ts';
import { currentWindow } from '../rules/times.ts';
import { maintenanceOutput, toMaintenance } from './schemas.ts';

/** How many windows at one time are told. */
const TOLD = 50;

const nowQuery = z.strictObject({
  service: z
    .string({ error: 'Expected one service, by its id or its name.' })
    .optional()
    .openapi({ description: 'Its id, or its name whatever the case.', example: 'api' }),
  scope: z.string({ error: 'Expected one scope, by its id or its name.' }).optional().openapi({
    description: 'Its id or its name: where the service lives, or all of the scope.',
    example: 'Production',
  }),
  exit: z
    .enum(['true', 'false'], { error: 'Expected true or false.' })
    .optional()
    .openapi({ description: 'true: the answer is 423 while it is in maintenance, so that `curl --fail` fails.' }),
  ...publicQuery,
});

const nowOut = z
  .object({
    in_maintenance: z.boolean(),
    until: utcText.nullable().openapi({ description: 'When the last of those in progress ends; null: there is none.' }),
    maintenances: z.array(maintenanceOutput).openapi({ description: 'Those in progress, the first to end first.' }),
    // A union, as the document would not say of what has a name of its own that it may be null.
    next: z.union([maintenanceOutput, z.null()]).openapi({ description: 'The next one that is scheduled.' }),
  })
  .openapi('Now');

/** For deploy scripts: is this in maintenance, and until when? */
export function now(api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/now',
      operationId: 'getNow',
      summary: 'Whether a service, a scope or anything is in maintenance now, in which, and until when',
      tags: ['maintenances'],
      security: readableByAll,
      request: { query: nowQuery },
      responses: {
        200: jsonResponse('What is on now, and what is next.', nowOut),
        423: jsonResponse('The same, asked for with `exit=true`, while it is in maintenance.', nowOut),
        ...failures,
      },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const { accountId } = c.get('actor');
      const reader = toReader(c.get('actor'));
      const about = await aboutOf(c, reader, query);
      const { database } = c.get('ctx');
      const of = (statuses: MaintenanceSearch['statuses'], limit: number) =>
        searchMaintenances(
          database,
          accountId,
          reader,
          { ...about, statuses },
          { field: 'scheduledStart', direction: 'asc', limit },
        );
      const running = await of(['in-progress'], TOLD);
      const [next] = await of(['scheduled'], 1);
      const ending = running.toSorted((a, b) => currentWindow(a).end.getTime() - currentWindow(b).end.getTime());
      const last = ending.at(-1);
      return c.json(
        {
          in_maintenance: last !== undefined,
          until: last === undefined ? null : utc(currentWindow(last).end),
          maintenances: ending.map((each) => toMaintenance(each, reader)),
          next: next === undefined ? null : toMaintenance(next, reader),
        },
        query.exit === 'true' && last !== undefined ? 423 : 200,
      );
    },
  );
}

/** What is asked about, as somebody may know of it. */
async function aboutOf(
  c: RequestContext,
  reader: Reader,
  asked: { service?: string | undefined; scope?: string | undefined },
): Promise<MaintenanceSearch> {
  const { database } = c.get('ctx');
  const { accountId } = c.get('actor');
  const scopes =
    asked.scope === undefined ? undefined : (await listScopes(database, accountId, reader)).filter(called(asked.scope));
  if (scopes?.length === 0) throw new HttpError('not-found', `There is no scope ${asked.scope}.`);
  if (asked.service === undefined) return { scopes: scopes?.map(({ id }) => id) };
  const services = (await listServices(database, accountId, { reader }))
    .filter(called(asked.service))
    .filter(({ scope }) => scopes === undefined || scopes.some(({ id }) => id === scope?.id));
  if (services.length > 0) return { services: services.map(({ id }) => id) };
  throw new HttpError(
    'not-found',
    `There is no service ${asked.service}${asked.scope === undefined ? '' : ` in ${asked.scope}`}.`,
  );
}

/** Whether something has this id or, whatever the case, this name. */
function called(text: string): (thing: { readonly id: number; readonly name: string }) => boolean {
  const name = text.trim().toLowerCase();
  return (thing) => String(thing.id) === name || thing.name.toLowerCase() === name;
}
