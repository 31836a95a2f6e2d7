import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../../http/conditional.ts';
import { byText, listing, pageOf } from '../../http/paging.ts';
import {
  type Api,
  type Asked,
  answers,
  body,
  failures,
  publicQuery,
  publicQueryOnly,
  readableByAll,
  security,
  zoneOf,
} from '../../http/route.ts';
import { idInPath, idInQuery, many, selecting } from '../../http/schemas.ts';
import { type Reader, readerOf } from '../../maintenance/visibility.ts';
import { deleteSeries, editSeries, type SeriesEdit } from '../commands/edit.ts';
import { noSuchSeries } from '../commands/find.ts';
import { scheduleSeries } from '../commands/schedule.ts';
import { findSeenSeries, lockSeries, type Series, searchSeries } from '../repository.ts';
import { seriesEditIn, seriesIn, seriesOut, seriesPut, toSeries } from './schemas.ts';

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
      responses: { 200: answers('A page of them.', pageOf(seriesOut)), ...failures },
    }),
    async (c) => {
      const asked = c.req.valid('query');
      const reader = readerOf(c.get('actor'));
      const search = {
        enabled: asked.enabled === undefined ? undefined : asked.enabled === 'true',
        scopes: asked.scope,
        services: asked.service,
      };
      const page = list.page(c, asked);
      const { accountId } = c.get('actor');
      const found = await searchSeries(c.get('ground').database, accountId, reader, search, list.oneMore(page));
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
      request: body(seriesIn),
      responses: { 201: answers('The series; its first runs are made.', seriesOut), ...failures },
    }),
    async (c) => {
      const values = await valuesOf(c, c.req.valid('json'));
      const made = await scheduleSeries(c.get('ground'), c.get('actor'), { ...values, channels: [] });
      c.header('Location', `/api/v1/series/${made.id}`);
      return c.json(answeredSeries(c, made), 201);
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
      responses: { 200: answers('The series.', seriesOut), ...failures },
    }),
    async (c) => c.json(answeredSeries(c, (await seenSeries(c, c.req.valid('param').id)).series), 200),
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'put',
      path: '/series/{id}',
      operationId: 'replaceSeries',
      summary: 'Change a series as a whole: what is left out is as in a new one',
      description: 'What a `GET` answers may be changed and sent back. Its runs follow as with PATCH.',
      request: { params: idInPath, ...body(seriesPut) },
      responses: { 200: answers('The series.', seriesOut), ...failures },
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
      request: { params: idInPath, ...body(seriesEditIn) },
      responses: { 200: answers('The series.', seriesOut), ...failures },
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
      responses: { 200: answers('The series, as it was.', seriesOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toSeries(await deleteSeries(holdingSeries(c, id), c.get('actor'), id)), 200);
    },
  );
}

/** A series that whoever asks may know of. */
export async function seenSeries(c: Asked, id: number): Promise<{ series: Series; reader: Reader }> {
  const actor = c.get('actor');
  const reader = readerOf(actor);
  const series = await findSeenSeries(c.get('ground').database, actor.accountId, reader, id);
  if (series === undefined) throw noSuchSeries(id);
  return { series, reader };
}

/** The ground of a change of a series, that `If-Match` may forbid. */
export function holdingSeries(c: Asked, id: number) {
  return guarded(c, `series:${id}`, (tx) => lockSeries(tx, c.get('actor').accountId, id));
}

/** How it is answered, its version told for the `ETag`. */
export function answeredSeries(c: Asked, series: Series): z.infer<typeof seriesOut> {
  c.set('version', series.version);
  return toSeries(series, readerOf(c.get('actor')));
}

async function changed(c: Asked, id: number, edit: SeriesEdit, version: number | undefined) {
  const edited = await editSeries(holdingSeries(c, id), c.get('actor'), id, edit, undefined, version);
  return answeredSeries(c, edited ?? (await seenSeries(c, id)).series);
}

/** A whole series, under the names of the actions. */
async function valuesOf(c: Asked, asked: z.infer<typeof seriesIn>) {
  return {
    name: asked.name,
    cron: asked.cron,
    timezone: await zoneOf(c, asked.timezone),
    durationMinutes: asked.duration_minutes,
    scopeId: asked.scope ?? null,
    services: asked.services,
    checks: asked.checks ?? null,
    selector: selecting(asked) ?? null,
    serviceStatus: asked.service_status,
    visibility: asked.visibility,
    description: asked.description ?? '',
    externalReference: asked.external_reference?.trim() || null,
    externalLink: asked.external_link ?? null,
  };
}

/** What the body names, as the action calls it. */
async function editOf(c: Asked, id: number, asked: Omit<z.infer<typeof seriesEditIn>, 'version'>): Promise<SeriesEdit> {
  const selector = selecting(asked, (await seenSeries(c, id)).series.selector);
  return {
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.cron === undefined ? {} : { cron: asked.cron }),
    ...(asked.timezone === undefined ? {} : { timezone: asked.timezone }),
    ...(asked.duration_minutes === undefined ? {} : { durationMinutes: asked.duration_minutes }),
    ...(asked.scope === undefined ? {} : { scopeId: asked.scope }),
    ...(asked.services === undefined ? {} : { services: asked.services }),
    ...(asked.checks === undefined ? {} : { checks: asked.checks }),
    ...(selector === undefined ? {} : { selector }),
    ...(asked.service_status === undefined ? {} : { serviceStatus: asked.service_status }),
    ...(asked.visibility === undefined ? {} : { visibility: asked.visibility }),
    ...(asked.description === undefined ? {} : { description: asked.description ?? '' }),
    ...(asked.external_reference === undefined ? {} : { externalReference: asked.external_reference?.trim() || null }),
    ...(asked.external_link === undefined ? {} : { externalLink: asked.external_link }),
  };
}
