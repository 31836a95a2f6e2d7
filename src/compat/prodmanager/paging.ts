import type { Context } from 'hono';
import type { Reasons } from './failure.ts';

const PER_PAGE = 20;
const MOST_PER_PAGE = 50;
const MOST_PAGES = 10_000_000;

export interface PageRequest {
  readonly page: number;
  /** None at all, 0, asks how many there are. */
  readonly perPage: number;
}

/** The page that a query asks for; what is wrong with it goes to `reasons`. */
export function readPage(query: Readonly<Record<string, string[]>>, reasons: Reasons): PageRequest {
  return {
    page: numberIn('page', query, 1, MOST_PAGES, 1, reasons),
    perPage: numberIn('per_page', query, 0, MOST_PER_PAGE, PER_PAGE, reasons),
  };
}

function numberIn(
  name: string,
  query: Readonly<Record<string, string[]>>,
  least: number,
  most: number,
  otherwise: number,
  reasons: Reasons,
): number {
  const text = query[name]?.[0];
  if (text === undefined || text === '') return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  reasons[name] = [`${JSON.stringify(text)} is not valid: a whole number from ${least} to ${most} is expected.`];
  return otherwise;
}

/** Says in headers which page this is, of how many. */
export function setPageHeaders(c: Context, { page, perPage }: PageRequest, total: number): void {
  const pages = perPage === 0 ? 0 : Math.ceil(total / perPage);
  c.header('x-page', String(page));
  c.header('x-per-page', String(perPage));
  c.header('x-total', String(total));
  c.header('x-total-pages', String(pages));
  c.header('x-prev-page', page > 1 ? String(page - 1) : 'None');
  c.header('x-next-page', page < pages ? String(page + 1) : 'None');
}
