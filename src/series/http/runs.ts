import { z } from '@hono/zod-openapi';
import { assertValid } from '../../core/errors.ts';
import { nextOccurrences, previousOccurrences } from '../../core/recurrence/index.ts';
import { pagedJson } from '../../http/paging.ts';
import { type Api, type NamedOptions, operation, publicQuery } from '../../http/route.ts';
import { idInPath, toInstant } from '../../http/schemas.ts';
import { maintenanceListing } from '../../maintenance/http/query.ts';
import { maintenanceOutput } from '../../maintenance/http/schemas.ts';
import { listAsJson } from '../../maintenance/repository/list.ts';
import { validateRecurrence } from '../../maintenance/rules/recurrence.ts';
import { seriesPreviewInput, seriesPreviewOutput, toOccurrence } from './schemas.ts';
import { visibleSeries } from './series.ts';

/** Bounds the work for a series that rarely runs. */
const SEARCHED_YEARS = 50;

function inYears(instant: Date, years: number): Date {
  return new Date(instant.getTime() + years * 365.25 * 86_400_000);
}

/** The windows of a series: those it would have, and those it has. */
export function seriesRuns(api: Api): void {
  const preview = {
    permission: 'read',
    body: seriesPreviewInput,
    output: seriesPreviewOutput,
  } as const satisfies NamedOptions;
  operation(api, 'previewSeries', 'post /series/preview', preview, async ({ ctx, body }) => {
    const { cron, timezone, duration_minutes: durationMinutes, after, before, count } = body;
    const recurrence = { cron, timezone, durationMinutes };
    assertValid(validateRecurrence(recurrence));
    const from = toInstant(after, timezone) ?? ctx.clock.now();
    const until = toInstant(before, timezone);
    const occurrences =
      until === undefined
        ? nextOccurrences(recurrence, from, count, inYears(from, SEARCHED_YEARS))
        : previousOccurrences(recurrence, until, count, inYears(until, -SEARCHED_YEARS));
    return { occurrences: occurrences.map(toOccurrence) };
  });

  const list = maintenanceListing;
  const query = z.strictObject({ ...list.params, ...publicQuery });
  const options = { permission: 'public', params: idInPath, query } as const satisfies NamedOptions;
  const runs = { ...options, list, item: maintenanceOutput };
  pagedJson(api, 'listRuns', 'get /series/{id}/runs', runs, async (call, page) => {
    const { accountId, id } = await visibleSeries(call, call.params.id);
    return listAsJson(call.db, accountId, call.reader, { series: [id] }, page);
  });
}
