import { sharedForms } from '../texts/slack-forms.ts';
import { ACTIONS } from './action-ids.ts';
import { actions, button, context, type Message, sections, shorten } from './blocks.ts';

/** Lines of a page. With at most 500 characters each, a page fits in a message. */
export const PAGE_SIZE = 10;

export interface Page {
  readonly title: string;
  /** mrkdwn, each at most 500 characters. */
  readonly lines: readonly string[];
  readonly total: number;
  /** From 1. */
  readonly page: number;
  /** The value of the button that shows another page: at most 2,000 characters. */
  readonly valueFor: (page: number) => string;
}

export function lastPage(total: number): number {
  return Math.max(1, Math.ceil(total / PAGE_SIZE));
}

export function pagedMessage({ title, lines, total, page, valueFor }: Page): Message {
  const pages = lastPage(total);
  const where = pages === 1 ? '' : ` · page ${page} of ${pages}`;
  const buttons = [
    ...(page > 1 ? [button(ACTIONS.previousPage, sharedForms.previousPage, valueFor(page - 1))] : []),
    ...(page < pages ? [button(ACTIONS.nextPage, sharedForms.nextPage, valueFor(page + 1))] : []),
  ];
  return {
    text: `${title}${where}`,
    blocks: [
      ...sections(lines),
      context([`${title}${where}`]),
      ...(buttons.length === 0 ? [] : [actions('page', buttons)]),
    ],
  };
}

/** The name in a query, short enough for the value of a button. */
export function pagePosition({ name }: { readonly name?: string | undefined }): { name?: string } {
  return name === undefined ? {} : { name: shorten(name, 100) };
}
