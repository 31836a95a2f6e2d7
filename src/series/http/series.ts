import { z } from '@hono/zod-openapi';
import { fromNamed, withInitial } from '../../core/fields.ts';
import { filterShape, toFilters } from '../../http/fields.ts';
import { listingByName } from '../../http/paging.ts';
import { resource } from '../../http/resource.ts';
import { type Api, type Call, type NamedOptions, publicQuery, resolveZone } from '../../http/route.ts';
import { fromBody } from '../../http/rows.ts';
import { flag, idInQuery, isTrue, many, numbered, toInstant } from '../../http/schemas.ts';
import { CONTENT_FIELDS } from '../../maintenance/fields.ts';
import { maintenanceOutput, toMaintenance, toSelectorChange } from '../../maintenance/http/schemas.ts';
import { commonFieldTexts, seriesFieldTexts } from '../../texts/openapi.ts';
import {
  deleteSeries,
  editSeries,
  pauseSeries,
  resumeSeries,
  type SeriesEdit,
  scheduleSeries,
  skipRun,
} from '../commands.ts';
import { seriesNotFound } from '../errors.ts';
import { overrideFreezes } from '../overrides.ts';
import { lockSeriesForChange } from '../planning.ts';
import { findVisibleSeries, type Series, searchSeries } from '../repository.ts';
import {
  overrideInput,
  pauseInput,
  resumeInput,
  seriesEditInput,
  seriesInput,
  seriesOutput,
  seriesReplacement,
  skipInput,
  toSeries,
} from './schemas.ts';

const list = listingByName<Series, number>(z.int());
const query = z.strictObject({
  enabled: flag.optional().describe(seriesFieldTexts.enabledFilter),
  scope: many(idInQuery).describe(commonFieldTexts.forScopes),
  service: many(idInQuery).describe(commonFieldTexts.services),
  ...filterShape(CONTENT_FIELDS),
  ...list.params,
  ...publicQuery,
});

export function series(api: Api): void {
  const one = resource(api, {
    path: '/series',
    ...numbered,
    output: seriesOutput,
    toOutput: toSeries,
    notFound: ({ id }) => seriesNotFound({ ref: id }),
    lock: 'series',
    current: (tx, actor, { id }) => lockSeriesForChange(tx, actor, id),
  });

  one.page('listSeries', { list, permission: 'public', query }, ({ db, accountId, reader, query }, page) => {
    const search = {
      enabled: isTrue(query.enabled),
      scopes: query.scope,
      services: query.service,
      content: toFilters(CONTENT_FIELDS, query),
    };
    return searchSeries(db, accountId, reader, search, page);
  });
  one.create('createSeries', 'schedule-series', seriesInput, async (call) =>
    scheduleSeries(call.ctx, call.actor, { ...(await toValues(call, call.body)), channels: [] }),
  );
  one.get('getSeries', { permission: 'public' }, ({ db, accountId, reader, params }) =>
    findVisibleSeries(db, accountId, reader, params.id),
  );
  one.change('put', 'replaceSeries', { permission: 'edit-series', body: seriesReplacement }, async (call) => {
    const { version, ...body } = call.body;
    const edit = await toValues(call, body);
    const edited = await editSeries(call.ctx, call.actor, call.params.id, edit, undefined, version);
    return edited ?? visibleSeries(call, call.params.id);
  });
  one.change('patch', 'updateSeries', { permission: 'edit-series', body: seriesEditInput }, async (call) => {
    const { version, ...body } = call.body;
    await visibleSeries(call, call.params.id);
    const edit = (current: Series) => toEdit(body, current);
    const edited = await editSeries(call.ctx, call.actor, call.params.id, edit, undefined, version);
    return edited ?? visibleSeries(call, call.params.id);
  });
  one.change('delete', 'deleteSeries', { permission: 'delete-series' }, ({ ctx, actor, params }) =>
    deleteSeries(ctx, actor, params.id),
  );

  one.change(
    'post',
    'pauseSeries',
    { suffix: '/pause', permission: 'pause-series', body: pauseInput },
    ({ ctx, actor, params, body }) => pauseSeries(ctx, actor, params.id, body.runs),
  );
  one.change(
    'post',
    'resumeSeries',
    { suffix: '/resume', permission: 'resume-series', body: resumeInput },
    ({ ctx, actor, params }) => resumeSeries(ctx, actor, params.id),
  );
  one.change(
    'post',
    'overrideFreezes',
    { suffix: '/override-freezes', permission: 'override-freeze', body: overrideInput },
    async ({ ctx, actor, params, body: { runs, until, override_reason: reason } }) =>
      (await overrideFreezes(ctx, actor, params.id, { runs, until: toInstant(until, 'UTC'), reason })).series,
  );
  const skip = {
    suffix: '/skip',
    permission: 'skip-run',
    body: skipInput,
    output: maintenanceOutput,
  } as const satisfies NamedOptions;
  one.changeAs('post', 'skipRun', skip, async ({ ctx, actor, reader, params, body }) =>
    toMaintenance(await skipRun(ctx, actor, params.id, body.run), reader),
  );
}

/** @throws UserError `series-not-found` also for one that the reader may not see */
export async function visibleSeries({ db, accountId, reader }: Call, id: number): Promise<Series> {
  const found = await findVisibleSeries(db, accountId, reader, id);
  if (found === undefined) throw seriesNotFound({ ref: id });
  return found;
}

/** A complete series, under the names of the commands. */
async function toValues(call: Call, body: z.infer<typeof seriesInput>) {
  return {
    ...withInitial(CONTENT_FIELDS, { name: body.name, ...fromNamed(CONTENT_FIELDS, body) }),
    cron: body.cron,
    timezone: await resolveZone(call, body.timezone),
    durationMinutes: body.duration_minutes,
    duringFreeze: body.during_freeze,
    scopeId: body.scope ?? null,
    services: body.services,
    checks: body.checks ?? null,
    selector: toSelectorChange(body) ?? null,
  };
}

/** The fields in the request, under the names of the command. */
function toEdit(body: Omit<z.infer<typeof seriesEditInput>, 'version'>, current: Series): SeriesEdit {
  const { cron, timezone, duration_minutes, during_freeze, scope: scopeId, services, checks } = body;
  const selector = toSelectorChange(body, current.selector);
  return {
    ...fromNamed(CONTENT_FIELDS, body),
    ...fromBody({ cron, timezone, duration_minutes, during_freeze, scopeId, services, checks, selector }),
  };
}
