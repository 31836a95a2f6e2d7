import { z } from '@hono/zod-openapi';
import { filterShape, toFilters } from '../../http/fields.ts';
import { byInstant, listing } from '../../http/paging.ts';
import { publicQuery } from '../../http/route.ts';
import { idInQuery, type Moment, many, moment, oneOf, searchWord, timezone, toInstant } from '../../http/schemas.ts';
import { commonFieldTexts, maintenanceFieldTexts } from '../../texts/openapi.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import type { MaintenanceOrder } from '../repository/list.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import type { MaintenanceSearch } from '../repository/search.ts';
import { STATUSES } from '../rules/status.ts';

/** By default ordered by the planned start, the latest first. */
export const maintenanceListing = listing<Maintenance, MaintenanceOrder, Date, number>({
  orders: { scheduled_start_date: 'scheduledStart', update_date: 'updatedAt', id: 'id' },
  newestFirst: true,
  value: byInstant,
  id: z.int(),
  valueOf: (maintenance, field) => (field === 'updatedAt' ? maintenance.updatedAt : maintenance.scheduledStart),
  idOf: ({ id }) => id,
});

export const maintenanceQuery = z.strictObject({
  status: many(oneOf(STATUSES)),
  scope: many(idInQuery).describe(commonFieldTexts.forScopes),
  service: many(idInQuery).describe(commonFieldTexts.services),
  ...filterShape(CONTENT_FIELDS),
  series: many(idInQuery).describe(maintenanceFieldTexts.seriesIds),
  q: many(searchWord).describe(maintenanceFieldTexts.q),
  start_before: many(moment).describe(maintenanceFieldTexts.plannedStart),
  start_after: many(moment).describe(maintenanceFieldTexts.plannedStart),
  end_before: many(moment).describe(maintenanceFieldTexts.plannedEnd),
  end_after: many(moment).describe(maintenanceFieldTexts.plannedEnd),
  updated_after: many(moment).describe(maintenanceFieldTexts.updatedAfter),
  timezone: timezone.optional().describe(commonFieldTexts.zoneOfTimes),
  ...maintenanceListing.params,
  ...publicQuery,
});

/** Whether a query has times without an offset. */
export function hasWallClock(query: z.infer<typeof maintenanceQuery>): boolean {
  const { start_before, start_after, end_before, end_after, updated_after } = query;
  return [start_before, start_after, end_before, end_after, updated_after].flat().some((at) => at && 'wall' in at);
}

/** @param zone the IANA zone of times without an offset */
export function toSearch(query: z.infer<typeof maintenanceQuery>, zone: string): MaintenanceSearch {
  const instants = (moments: readonly Moment[] | undefined) =>
    moments?.map((moment) => toInstant(moment, zone).getTime());
  // Several values of one parameter mean "or", so that the widest counts.
  const before = (moments: readonly Moment[] | undefined) => widest(instants(moments), Math.max);
  const after = (moments: readonly Moment[] | undefined) => widest(instants(moments), Math.min);
  return {
    statuses: query.status,
    scopes: query.scope,
    services: query.service,
    content: toFilters(CONTENT_FIELDS, query),
    series: query.series,
    texts: query.q,
    startBefore: before(query.start_before),
    startAfter: after(query.start_after),
    endBefore: before(query.end_before),
    endAfter: after(query.end_after),
    updatedAfter: after(query.updated_after),
  };
}

function widest(times: readonly number[] | undefined, of: (...times: number[]) => number): Date | undefined {
  return times === undefined ? undefined : new Date(of(...times));
}
