import type { Button } from '@slack/types';
import { ACTIONS } from './action-ids.ts';
import { actions, button, context, type Message, sections, shorten } from './blocks.ts';

/** How many lines a page has; with lines of at most 500 characters it stays well within a message. */
export const PAGE_SIZE = 10;

export interface Page {
  /** What it is a page of, in a few words. */
  readonly title: string;
  /** mrkdwn, each at most 500 characters. */
  readonly lines: readonly string[];
  readonly total: number;
  /** From 1. */
  readonly page: number;
  /** The value of the button that shows another page: at most 2,000 characters. */
  readonly valueFor: (page: number) => string;
}

/** The last page there is, from 1. */
export function lastPage(total: number): number {
  return Math.max(1, Math.ceil(total / PAGE_SIZE));
}

/** A page of a list, with buttons to the one before and after it. */
export function pagedMessage(shown: Page): Message {
  const { title, lines, total, page } = shown;
  const pages = lastPage(total);
  const where = pages === 1 ? '' : ` · page ${page} of ${pages}`;
  const buttons = pageButtons(shown);
  return {
    text: `${title}${where}`,
    blocks: [
      ...sections(lines),
      context([`${title}${where}`]),
      ...(buttons.length === 0 ? [] : [actions('page', buttons)]),
    ],
  };
}

/** The buttons to the page before and after. */
function pageButtons({ total, page, valueFor }: Pick<Page, 'total' | 'page' | 'valueFor'>): Button[] {
  return [
    ...(page > 1 ? [button(ACTIONS.previousPage, 'Previous', valueFor(page - 1))] : []),
    ...(page < lastPage(total) ? [button(ACTIONS.nextPage, 'Next', valueFor(page + 1))] : []),
  ];
}

/** The name that a query carries along, as a button's value takes it: short, and no half of a pair of signs. */
export function pagePosition({ name }: { readonly name?: string | undefined }): { name?: string } {
  return name === undefined ? {} : { name: shorten(name, 100) };
}
