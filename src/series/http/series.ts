import { createRoute, z } from '@hono/zod-openapi';
import { fromNamed, withInitial } from '../../core/fields.ts';
import { type Reader, toReader } from '../../core/permissions.ts';
import { withPreconditions } from '../../http/conditional.ts';
import { filterShape, toFilters } from '../../http/fields.ts';
import { byText, listing, pageSchema } from '../../http/paging.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  publicQuery,
  publicQueryOnly,
  type RequestContext,
  readableByAll,
  resolveZone,
  security,
} from '../../http/route.ts';
import { idInPath, idInQuery, many, selecting } from '../../http/schemas.ts';
import { CONTENT_FIELDS } from '../../maintenance/fields.ts';
import { deleteSeries, editSeries, type SeriesEdit, scheduleSeries } from '../commands.ts';
import { seriesNotFound } from '../errors.ts';
import { findVisibleSeries, lockSeries, type Series, searchSeries } from '../repository.ts';
import { seriesEditInput, seriesInput, seriesOutput, seriesReplacement, toSeries } from './schemas.ts';

const list = listing<Series, 'name' | 'id', string, number>({
  orders: { name: 'name', id: 'id' },
  value: byText,
  id: z.int(),
  valueOf: ({ name }) => name,
  idOf: ({ id }) => id,
});

const query = z.strictObject({
  enabled: z
    .enum(['true', 'false'], { error: 'Expected true or false.' })
    .optional()
    .openapi({ description: 'false: those that are paused.' }),
  scope: many(idInQuery).openapi({
    description: 'Ids of scopes: those of the scope, or of a service that lives in it.',
  }),
  service: many(idInQuery).openapi({ description: 'Ids of services.' }),
  ...filterShape(CONTENT_FIELDS),
  ...list.query,
  ...publicQuery,
});

const common = { tags: ['series'], security };

export function series(api: Api): void {
  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/series',
      operationId: 'listSeries',
      summary: 'List series',
      security: readableByAll,
      request: { query },
      responses: { 200: jsonResponse('A page of them.', pageSchema(seriesOutput)), ...failures },
    }),
    async (c) => {
      const asked = c.req.valid('query');
      const reader = toReader(c.get('actor'));
      const search = {
        enabled: asked.enabled === undefined ? undefined : asked.enabled === 'true',
        scopes: asked.scope,
        services: asked.service,
        content: toFilters(CONTENT_FIELDS, asked),
      };
      const page = list.page(c, asked);
      const { accountId } = c.get('actor');
      const found = await searchSeries(c.get('ctx').database, accountId, reader, search, list.oneMore(page));
      return c.json(
        list.answer(c, found, page, (each) => toSeries(each, reader)),
        200,
      );
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/series',
      operationId: 'createSeries',
      summary: 'Schedule a recurring window',
      request: body(seriesInput),
      responses: { 201: jsonResponse('The series; its first runs are made.', seriesOutput), ...failures },
    }),
    async (c) => {
      const values = await valuesOf(c, c.req.valid('json'));
      const made = await scheduleSeries(c.get('ctx'), c.get('actor'), { ...values, channels: [] });
      c.header('Location', `/api/v1/series/${made.id}`);
      return c.json(toSeriesResponse(c, made), 201);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/series/{id}',
      operationId: 'getSeries',
      summary: 'One series',
      security: readableByAll,
      request: { params: idInPath, query: publicQueryOnly },
      responses: { 200: jsonResponse('The series.', seriesOutput), ...failures },
    }),
    async (c) => c.json(toSeriesResponse(c, (await visibleSeriesOrThrow(c, c.req.valid('param').id)).series), 200),
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'put',
      path: '/series/{id}',
      operationId: 'replaceSeries',
      summary: 'Change a series as a whole: what is left out is as in a new one',
      description: 'What a `GET` answers may be changed and sent back. Its runs follow as with PATCH.',
      request: { params: idInPath, ...body(seriesReplacement) },
      responses: { 200: jsonResponse('The series.', seriesOutput), ...failures },
    }),
    async (c) => {
      const { version, ...asked } = c.req.valid('json');
      return c.json(await changed(c, c.req.valid('param').id, await valuesOf(c, asked), version), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'patch',
      path: '/series/{id}',
      operationId: 'updateSeries',
      summary: 'Change a series, and with it the runs that were not changed by hand and have not begun',
      request: { params: idInPath, ...body(seriesEditInput) },
      responses: { 200: jsonResponse('The series.', seriesOutput), ...failures },
    }),
    async (c) => {
      const { version, ...asked } = c.req.valid('json');
      const { id } = c.req.valid('param');
      return c.json(await changed(c, id, await editOf(c, id, asked), version), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'delete',
      path: '/series/{id}',
      operationId: 'deleteSeries',
      summary: 'Delete a series: its runs to come are canceled, those that were keep their record',
      request: { params: idInPath },
      responses: { 200: jsonResponse('The series, as it was.', seriesOutput), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toSeries(await deleteSeries(guardSeries(c, id), c.get('actor'), id)), 200);
    },
  );
}

/** A series that whoever asks may know of. */
export async function visibleSeriesOrThrow(c: RequestContext, id: number): Promise<{ series: Series; reader: Reader }> {
  const actor = c.get('actor');
  const reader = toReader(actor);
  const series = await findVisibleSeries(c.get('ctx').database, actor.accountId, reader, id);
  if (series === undefined) throw seriesNotFound({ ref: id });
  return { series, reader };
}

/** The ctx of a change of a series, that `If-Match` may forbid. */
export function guardSeries(c: RequestContext, id: number) {
  return withPreconditions(c, `series:${id}`, (tx) => lockSeries(tx, c.get('actor').accountId, id));
}

/** How it is answered, its version told for the `ETag`. */
export function toSeriesResponse(c: RequestContext, series: Series): z.infer<typeof seriesOutput> {
  c.set('version', series.version);
  return toSeries(series, toReader(c.get('actor')));
}

async function changed(c: RequestContext, id: number, edit: SeriesEdit, version: number | undefined) {
  const edited = await editSeries(guardSeries(c, id), c.get('actor'), id, edit, undefined, version);
  return toSeriesResponse(c, edited ?? (await visibleSeriesOrThrow(c, id)).series);
}

/** A whole series, under the names of the actions. */
async function valuesOf(c: RequestContext, asked: z.infer<typeof seriesInput>) {
  return {
    ...withInitial(CONTENT_FIELDS, { name: asked.name, ...fromNamed(CONTENT_FIELDS, asked) }),
    cron: asked.cron,
    timezone: await resolveZone(c, asked.timezone),
    durationMinutes: asked.duration_minutes,
    scopeId: asked.scope ?? null,
    services: asked.services,
    checks: asked.checks ?? null,
    selector: selecting(asked) ?? null,
  };
}

/** What the body names, as the action calls it. */
async function editOf(
  c: RequestContext,
  id: number,
  asked: Omit<z.infer<typeof seriesEditInput>, 'version'>,
): Promise<SeriesEdit> {
  const selector = selecting(asked, (await visibleSeriesOrThrow(c, id)).series.selector);
  return {
    ...fromNamed(CONTENT_FIELDS, asked),
    ...(asked.cron === undefined ? {} : { cron: asked.cron }),
    ...(asked.timezone === undefined ? {} : { timezone: asked.timezone }),
    ...(asked.duration_minutes === undefined ? {} : { durationMinutes: asked.duration_minutes }),
    ...(asked.scope === undefined ? {} : { scopeId: asked.scope }),
    ...(asked.services === undefined ? {} : { services: asked.services }),
    ...(asked.checks === undefined ? {} : { checks: asked.checks }),
    ...(selector === undefined ? {} : { selector }),
  };
}
