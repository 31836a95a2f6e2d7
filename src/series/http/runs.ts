import { createRoute, z } from '@hono/zod-openapi';
import { Refusal } from '../../core/errors.ts';
import { mustBeAllowed } from '../../core/permissions.ts';
import { nextOccurrences, previousOccurrences } from '../../core/recurrence/index.ts';
import { pageOf } from '../../http/paging.ts';
import {
  type Api,
  answers,
  body,
  failures,
  optionalBody,
  publicQuery,
  readableByAll,
  security,
} from '../../http/route.ts';
import { idInPath, instantOf } from '../../http/schemas.ts';
import { answered } from '../../maintenance/http/maintenances.ts';
import { maintenanceListing } from '../../maintenance/http/query.ts';
import { maintenanceOut, toMaintenance } from '../../maintenance/http/schemas.ts';
import { searchMaintenances } from '../../maintenance/repository/search.ts';
import { pauseSeries, resumeSeries, skipRun } from '../commands/pause.ts';
import { problemsOfRecurrence } from '../rules.ts';
import { pauseIn, resumeIn, seriesOut, seriesPreviewIn, seriesPreviewOut, skipIn, toOccurrence } from './schemas.ts';
import { answeredSeries, holdingSeries, seenSeries } from './series.ts';

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
      request: body(seriesPreviewIn),
      responses: { 200: answers('The windows.', seriesPreviewOut), ...failures },
    }),
    async (c) => {
      mustBeAllowed(c.get('actor'), 'read');
      const { cron, timezone, duration_minutes, after, before, count } = c.req.valid('json');
      const recurrence = { cron, timezone, durationMinutes: duration_minutes };
      const problems = problemsOfRecurrence(recurrence);
      if (problems.length > 0) throw Refusal.invalid(problems);
      const from = instantOf(after, timezone) ?? c.get('ground').clock.now();
      const until = instantOf(before, timezone);
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
      responses: { 200: answers('A page of them.', pageOf(maintenanceOut)), ...failures },
    }),
    async (c) => {
      const { series, reader } = await seenSeries(c, c.req.valid('param').id);
      const page = maintenanceListing.page(c, c.req.valid('query'));
      const search = { series: [series.id] };
      const { database } = c.get('ground');
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
      request: { params: idInPath, ...optionalBody(pauseIn) },
      responses: { 200: answers('The series.', seriesOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { runs } = c.req.valid('json');
      return c.json(answeredSeries(c, await pauseSeries(holdingSeries(c, id), c.get('actor'), id, runs)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/series/{id}/resume',
      operationId: 'resumeSeries',
      summary: 'Resume a paused series from now on',
      request: { params: idInPath, ...optionalBody(resumeIn) },
      responses: { 200: answers('The series.', seriesOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(answeredSeries(c, await resumeSeries(holdingSeries(c, id), c.get('actor'), id)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/series/{id}/skip',
      operationId: 'skipRun',
      summary: 'Leave out the next run of a series',
      request: { params: idInPath, ...optionalBody(skipIn) },
      responses: { 200: answers('The run that was skipped.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(answered(c, await skipRun(holdingSeries(c, id), c.get('actor'), id)), 200);
    },
  );
}
