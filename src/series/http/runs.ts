import { createRoute, z } from '@hono/zod-openapi';
import { assertValid } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { nextOccurrences, previousOccurrences } from '../../core/recurrence/index.ts';
import { pageSchema } from '../../http/paging.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  optionalBody,
  publicQuery,
  readableByAll,
  security,
} from '../../http/route.ts';
import { idInPath, toInstant } from '../../http/schemas.ts';
import { toResponse } from '../../maintenance/http/maintenances.ts';
import { maintenanceListing } from '../../maintenance/http/query.ts';
import { maintenanceOutput, toMaintenance } from '../../maintenance/http/schemas.ts';
import { searchMaintenances } from '../../maintenance/repository/search.ts';
import { pauseSeries, resumeSeries, skipRun } from '../commands.ts';
import { validateRecurrence } from '../rules.ts';
import {
  pauseInput,
  resumeInput,
  seriesOutput,
  seriesPreviewInput,
  seriesPreviewOutput,
  skipInput,
  toOccurrence,
} from './schemas.ts';
import { guardSeries, toSeriesResponse, visibleSeriesOrThrow } from './series.ts';

const common = { tags: ['series'], security };

/** The windows of a series: those it would have, those it has, and whether it makes more. */
export function seriesRuns(api: Api): void {
  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/series/preview',
      operationId: 'previewSeries',
      summary: 'The windows that a cron line makes, and what clock changes do to them',
      request: body(seriesPreviewInput),
      responses: { 200: jsonResponse('The windows.', seriesPreviewOutput), ...failures },
    }),
    async (c) => {
      authorize(c.get('actor'), 'read');
      const { cron, timezone, duration_minutes, after, before, count } = c.req.valid('json');
      const recurrence = { cron, timezone, durationMinutes: duration_minutes };
      const problems = validateRecurrence(recurrence);
      assertValid(problems);
      const from = toInstant(after, timezone) ?? c.get('ctx').clock.now();
      const until = toInstant(before, timezone);
      const occurrences =
        until === undefined ? nextOccurrences(recurrence, from, count) : previousOccurrences(recurrence, until, count);
      return c.json({ occurrences: occurrences.map(toOccurrence) }, 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/series/{id}/runs',
      operationId: 'listRuns',
      summary: 'The runs of a series',
      security: readableByAll,
      request: { params: idInPath, query: z.strictObject({ ...maintenanceListing.query, ...publicQuery }) },
      responses: { 200: jsonResponse('A page of them.', pageSchema(maintenanceOutput)), ...failures },
    }),
    async (c) => {
      const { series, reader } = await visibleSeriesOrThrow(c, c.req.valid('param').id);
      const page = maintenanceListing.page(c, c.req.valid('query'));
      const search = { series: [series.id] };
      const { database } = c.get('ctx');
      const { accountId } = series;
      const found = await searchMaintenances(database, accountId, reader, search, maintenanceListing.oneMore(page));
      return c.json(
        maintenanceListing.answer(c, found, page, (each) => toMaintenance(each, reader)),
        200,
      );
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/series/{id}/pause',
      operationId: 'pauseSeries',
      summary: 'Pause a series: it makes no runs until it is resumed',
      request: { params: idInPath, ...optionalBody(pauseInput) },
      responses: { 200: jsonResponse('The series.', seriesOutput), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { runs } = c.req.valid('json');
      return c.json(toSeriesResponse(c, await pauseSeries(guardSeries(c, id), c.get('actor'), id, runs)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/series/{id}/resume',
      operationId: 'resumeSeries',
      summary: 'Resume a paused series from now on',
      request: { params: idInPath, ...optionalBody(resumeInput) },
      responses: { 200: jsonResponse('The series.', seriesOutput), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toSeriesResponse(c, await resumeSeries(guardSeries(c, id), c.get('actor'), id)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/series/{id}/skip',
      operationId: 'skipRun',
      summary: 'Leave out the next run of a series',
      request: { params: idInPath, ...optionalBody(skipInput) },
      responses: { 200: jsonResponse('The run that was skipped.', maintenanceOutput), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toResponse(c, await skipRun(guardSeries(c, id), c.get('actor'), id)), 200);
    },
  );
}
