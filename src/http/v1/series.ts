import { createRoute, type z } from '@hono/zod-openapi';
import { findSeriesOf } from '../../actions/action.ts';
import { editSeries, type SeriesEdit } from '../../actions/edit-series.ts';
import { pauseSeries } from '../../actions/pause-series.ts';
import { resumeSeries } from '../../actions/resume-series.ts';
import { scheduleSeries } from '../../actions/schedule-series.ts';
import { skipRun } from '../../actions/skip-run.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { next, previous } from '../../domain/recurrence.ts';
import { Refusal } from '../../domain/refusal.ts';
import { problemsOfRecurrence } from '../../domain/series.ts';
import { findAccount } from '../../store/accounts.ts';
import { listMaintenances } from '../../store/maintenances.ts';
import { listSeries } from '../../store/series.ts';
import { maintenanceOut, toMaintenance } from './maintenance-schemas.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { idInPath, listOf } from './schemas.ts';
import {
  pauseIn,
  seriesEditIn,
  seriesIn,
  seriesOut,
  seriesPreviewIn,
  seriesPreviewOut,
  toOccurrence,
  toSeries,
} from './series-schemas.ts';

/** How many a list answers with. */
const LISTED = 200;

export function series(api: Api, { ground }: Resources): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/series/preview',
      summary: 'The windows that a cron line makes, and what clock changes do to them',
      security,
      request: body(seriesPreviewIn),
      responses: { 200: answers('The windows.', seriesPreviewOut), ...failures },
    }),
    async (c) => {
      mustBeAllowed(c.get('actor'), 'read');
      const { cron, timezone, duration_minutes, after, before, count } = c.req.valid('json');
      const recurrence = { cron, timezone, durationMinutes: duration_minutes };
      const problems = problemsOfRecurrence(recurrence);
      if (problems.length > 0) throw Refusal.invalid(problems);
      const occurrences =
        before === undefined
          ? next(recurrence, after ?? ground.clock.now(), count)
          : previous(recurrence, before, count);
      return c.json({ occurrences: occurrences.map(toOccurrence) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/series',
      summary: 'List series',
      security,
      responses: { 200: answers('The series, by name.', listOf(seriesOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      mustBeAllowed(actor, 'read');
      const found = await listSeries(ground.database, actor.accountId, LISTED);
      return c.json({ items: found.map(toSeries) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/series',
      summary: 'Schedule a recurring window',
      security,
      request: body(seriesIn),
      responses: { 201: answers('The series; its first runs are made.', seriesOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      const { duration_minutes: durationMinutes, ...asked } = c.req.valid('json');
      const account = await findAccount(ground.database, actor.accountId);
      const made = await scheduleSeries(ground, actor, {
        name: asked.name,
        cron: asked.cron,
        timezone: asked.timezone ?? account?.timezone ?? 'UTC',
        durationMinutes,
        scopeId: asked.scope ?? null,
        services: asked.services,
        checks: asked.checks ?? null,
        serviceStatus: asked.service_status,
        visibility: asked.visibility,
        description: asked.description ?? '',
        externalReference: asked.external_reference ?? null,
        externalLink: asked.external_link ?? null,
        channels: [],
      });
      return c.json(toSeries(made), 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/series/{id}',
      summary: 'One series',
      security,
      request: { params: idInPath },
      responses: { 200: answers('The series.', seriesOut), ...failures },
    }),
    async (c) => c.json(toSeries(await findSeriesOf(ground, c.get('actor'), c.req.valid('param').id)), 200),
  );

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/series/{id}',
      summary: 'Change a series, and with it the runs that were not changed by hand and have not begun',
      security,
      request: { params: idInPath, ...body(seriesEditIn) },
      responses: { 200: answers('The series.', seriesOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toSeries(await editSeries(ground, c.get('actor'), id, editOf(c.req.valid('json')))), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/series/{id}/runs',
      summary: 'The runs of a series, those that start last first',
      security,
      request: { params: idInPath },
      responses: { 200: answers('The runs.', listOf(maintenanceOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      const { id } = await findSeriesOf(ground, actor, c.req.valid('param').id);
      const page = { limit: LISTED, newestFirst: true };
      const runs = await listMaintenances(ground.database, actor.accountId, { series: id }, page);
      return c.json({ items: runs.map((run) => toMaintenance(run)) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/series/{id}/pause',
      summary: 'Pause a series: it makes no runs until it is resumed',
      security,
      request: { params: idInPath, body: { ...body(pauseIn).body, required: false } },
      responses: { 200: answers('The series.', seriesOut), ...failures },
    }),
    async (c) => {
      const { runs } = c.req.valid('json');
      return c.json(toSeries(await pauseSeries(ground, c.get('actor'), c.req.valid('param').id, runs)), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/series/{id}/resume',
      summary: 'Resume a paused series from now on',
      security,
      request: { params: idInPath },
      responses: { 200: answers('The series.', seriesOut), ...failures },
    }),
    async (c) => c.json(toSeries(await resumeSeries(ground, c.get('actor'), c.req.valid('param').id)), 200),
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/series/{id}/skip',
      summary: 'Leave out the next run of a series',
      security,
      request: { params: idInPath },
      responses: { 200: answers('The run that was skipped.', maintenanceOut), ...failures },
    }),
    async (c) => c.json(toMaintenance(await skipRun(ground, c.get('actor'), c.req.valid('param').id)), 200),
  );
}

/** What the body names, as the action calls it. */
function editOf(asked: z.infer<typeof seriesEditIn>): SeriesEdit {
  return {
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.cron === undefined ? {} : { cron: asked.cron }),
    ...(asked.timezone === undefined ? {} : { timezone: asked.timezone }),
    ...(asked.duration_minutes === undefined ? {} : { durationMinutes: asked.duration_minutes }),
    ...(asked.scope === undefined ? {} : { scopeId: asked.scope }),
    ...(asked.services === undefined ? {} : { services: asked.services }),
    ...(asked.checks === undefined ? {} : { checks: asked.checks }),
    ...(asked.service_status === undefined ? {} : { serviceStatus: asked.service_status }),
    ...(asked.visibility === undefined ? {} : { visibility: asked.visibility }),
    ...(asked.description === undefined ? {} : { description: asked.description ?? '' }),
    ...(asked.external_reference === undefined ? {} : { externalReference: asked.external_reference }),
    ...(asked.external_link === undefined ? {} : { externalLink: asked.external_link }),
  };
}
