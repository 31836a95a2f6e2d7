import type { Context } from 'hono';
import { toReader } from '../../core/permissions.ts';
import {
  countMaintenances,
  type MaintenanceSearch,
  searchMaintenances,
} from '../../maintenance/repository/maintenances.ts';
import { SERVICE_STATUSES, STATUSES } from '../../maintenance/rules/status.ts';
import { parseInstant, type Reasons } from './form.ts';
import { type RequestContext, toDocuments } from './maintenance.ts';

const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 50;
const MAX_PAGES = 10_000_000;

export interface PageRequest {
  readonly page: number;
  /** 0: only the total is asked for. */
  readonly perPage: number;
}

/** One page of the maintenances that the actor may see, the latest start first, and their total. */
export async function listPage(request: RequestContext, search: MaintenanceSearch, { page, perPage }: PageRequest) {
  const { ctx, actor } = request;
  const reader = toReader(actor);
  const total = await countMaintenances(ctx.database, actor.accountId, { ...search, reader });
  const order = { field: 'scheduledStart', direction: 'desc', limit: perPage, offset: (page - 1) * perPage } as const;
  const found = perPage === 0 ? [] : await searchMaintenances(ctx.database, actor.accountId, reader, search, order);
  return { items: await toDocuments(request, found), total };
}

/** @param reasons collects the problems of the query */
export function toSearch(query: Readonly<Record<string, string[]>>, zone: string, reasons: Reasons): MaintenanceSearch {
  const read = <T>(name: string, expected: string, parse: (text: string) => T | undefined): T[] | undefined =>
    query[name]?.flatMap((text) => {
      const value = parse(text);
      if (value !== undefined) return [value];
      reasons[name] = [`${JSON.stringify(text)} is not valid: ${expected} is expected.`];
      return [];
    });
  const readIds = (name: string) =>
    read(name, 'an id, a whole number,', (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined));
  const readOneOf = <T extends string>(name: string, choices: readonly T[]) =>
    read(name, `one of ${choices.join(', ')}`, (text) => choices.find((choice) => choice === text));
  // Of several instants the widest counts. The minute itself is included.
  const readBound = (name: string, widest: typeof Math.max, included: number) => {
    const instants = read(name, 'YYYY-MM-DDTHH:MM', (text) => parseInstant(text, zone)?.getTime()) ?? [];
    return instants.length === 0 ? undefined : new Date(widest(...instants) + included);
  };
  return {
    statuses: readOneOf('status', STATUSES),
    scopes: readIds('scope'),
    services: readIds('service'),
    content: {
      serviceStatus: readOneOf('service_status', SERVICE_STATUSES),
      externalReference: query.external_reference,
    },
    startBefore: readBound('start_before', Math.max, 1),
    startAfter: readBound('start_after', Math.min, -1),
    endBefore: readBound('end_before', Math.max, 1),
    endAfter: readBound('end_after', Math.min, -1),
  };
}

/** @param reasons collects the problems of the query */
export function readPage(query: Readonly<Record<string, string[]>>, reasons: Reasons): PageRequest {
  const read = (name: string, min: number, max: number, defaultValue: number): number => {
    const text = query[name]?.[0];
    if (text === undefined || text === '') return defaultValue;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    reasons[name] = [`${JSON.stringify(text)} is not valid: a whole number from ${min} to ${max} is expected.`];
    return defaultValue;
  };
  return { page: read('page', 1, MAX_PAGES, 1), perPage: read('per_page', 0, MAX_PER_PAGE, DEFAULT_PER_PAGE) };
}

export function answerPage(
  c: Context,
  { page, perPage }: PageRequest,
  { items, total }: { readonly items: readonly object[]; readonly total: number },
): Response {
  const pages = perPage === 0 ? 0 : Math.ceil(total / perPage);
  c.header('x-page', String(page));
  c.header('x-per-page', String(perPage));
  c.header('x-total', String(total));
  c.header('x-total-pages', String(pages));
  c.header('x-prev-page', page > 1 ? String(page - 1) : 'None');
  c.header('x-next-page', page < pages ? String(page + 1) : 'None');
  return c.json({ items });
}
