import type { Context } from 'hono';
import { toReader } from '../../core/permissions.ts';
import { countMaintenances, searchMaintenances } from '../../maintenance/repository/list.ts';
import type { MaintenanceSearch } from '../../maintenance/repository/search.ts';
import { SERVICE_STATUSES, STATUSES } from '../../maintenance/rules/status.ts';
import { Failure, parseDate, type Reasons } from './form.ts';
import { toDocuments } from './maintenance.ts';
import type { RequestContext } from './router.ts';

const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 50;
const MAX_PAGES = 10_000_000;
const MAX_FILTER_VALUES = 50;
const MINUTE_MS = 60_000;

type Query = Readonly<Record<string, string[]>>;

/** Which part of a list is on a page. */
interface Range {
  readonly limit: number;
  readonly offset: number;
}

interface Found {
  readonly items: readonly object[];
  readonly total: number;
}

/**
 * Answers one page of a list, with the page and the total in headers.
 * @param readSearch reads the filters, and collects their problems
 * @throws Failure 400 with every problem of the query
 */
export async function answerPage<Search>(
  c: Context,
  readSearch: (filters: Filters) => Search,
  find: (search: Search, range: Range) => Promise<Found>,
): Promise<Response> {
  const reasons: Reasons = {};
  const query = c.req.queries();
  const { page, perPage } = readPage(query, reasons);
  const search = readSearch(readFilters(query, reasons));
  if (Object.keys(reasons).length > 0) throw new Failure(400, reasons);
  const { items, total } = await find(search, { limit: perPage, offset: (page - 1) * perPage });
  const pages = Math.ceil(total / perPage);
  c.header('x-page', String(page));
  c.header('x-per-page', String(perPage));
  c.header('x-total', String(total));
  c.header('x-total-pages', String(pages));
  c.header('x-prev-page', page > 1 ? String(page - 1) : 'None');
  c.header('x-next-page', page < pages ? String(page + 1) : 'None');
  return c.json({ items });
}

/** The maintenances that the actor may see, the latest start first, and their total. */
export async function findMaintenances(
  request: RequestContext,
  search: MaintenanceSearch,
  range: Range,
): Promise<Found> {
  const { ctx, actor } = request;
  const reader = toReader(actor);
  const total = await countMaintenances(ctx.database, actor.accountId, { ...search, reader });
  const page = { field: 'scheduledStart', direction: 'desc', ...range } as const;
  const found = await searchMaintenances(ctx.database, actor.accountId, reader, search, page);
  return { items: await toDocuments(request, found), total };
}

/** Reads the filters of a query. A repeated one is "or". */
export type Filters = ReturnType<typeof readFilters>;

/** @param reasons collects the problems of the query */
function readFilters(query: Query, reasons: Reasons) {
  const values = <T>(name: string, expected: string, parse: (text: string) => T | undefined): T[] | undefined => {
    const texts = query[name];
    if (texts !== undefined && texts.length > MAX_FILTER_VALUES) {
      reasons[name] = [`${name} has ${texts.length} values: at most ${MAX_FILTER_VALUES} are possible.`];
      return undefined;
    }
    return texts?.flatMap((text) => {
      const value = parse(text);
      if (value !== undefined) return [value];
      reasons[name] = [`${JSON.stringify(text)} is not valid: ${expected} is expected.`];
      return [];
    });
  };
  return {
    values,
    texts: (name: string) => values(name, 'text', (text) => text),
    ids: (name: string) =>
      values(name, 'an id, a whole number,', (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined)),
    oneOf: <T extends string>(name: string, choices: readonly T[]) =>
      values(name, `one of ${choices.join(', ')}`, (text) => choices.find((choice) => choice === text)),
  };
}

/** @param zone the IANA zone of dates */
export function toSearch({ values, texts, ids, oneOf }: Filters, zone: string): MaintenanceSearch {
  // Of several bounds the widest counts.
  const readBound = (name: string, widest: typeof Math.max, offset = 0) => {
    const bounds = values(name, 'YYYY-MM-DDTHH:MM', (text) => parseBound(text, zone)) ?? [];
    return bounds.length === 0 ? undefined : new Date(widest(...bounds) + offset);
  };
  // The bound itself is included.
  const readAfter = (name: string) => readBound(name, Math.min, -1);
  return {
    statuses: oneOf('status', STATUSES),
    scopes: ids('scope'),
    services: ids('service'),
    content: {
      serviceStatus: oneOf('service_status', SERVICE_STATUSES),
      externalReference: texts('external_reference'),
    },
    startBefore: readBound('start_before', Math.max),
    startAfter: readAfter('start_after'),
    endBefore: readBound('end_before', Math.max),
    endAfter: readAfter('end_after'),
  };
}

/** @returns a whole minute in milliseconds, as dates are shown without seconds. A date alone is its midnight. */
function parseBound(text: string, zone: string): number | undefined {
  const date = parseDate(text.length === 10 ? `${text}T00:00` : text, zone);
  return date && Math.ceil(date.instant.getTime() / MINUTE_MS) * MINUTE_MS;
}

/** @param reasons collects the problems of the query */
function readPage(query: Query, reasons: Reasons) {
  const read = (name: string, max: number, defaultValue: number): number => {
    const text = query[name]?.[0];
    if (text === undefined || text === '') return defaultValue;
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value <= max) return value < 1 ? defaultValue : value;
    reasons[name] = [`${JSON.stringify(text)} is not valid: a whole number up to ${max} is expected.`];
    return defaultValue;
  };
  return { page: read('page', MAX_PAGES, 1), perPage: read('per_page', MAX_PER_PAGE, DEFAULT_PER_PAGE) };
}
