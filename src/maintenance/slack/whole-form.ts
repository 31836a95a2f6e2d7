import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { ACTIONS } from '../../slack/action-ids.ts';
import { actions, button, context, escapeMrkdwn, quote, SLACK_LIMITS, section } from '../../slack/blocks.ts';
import type { Maintenance } from '../repository/maintenances.ts';

/** How many sections a page has: with sections of 3,000 characters it stays within the 250 KB that a view may have. */
const SECTIONS = 20;

/** What the button of a page carries. */
export const wholeQuery = z.object({ id: z.number(), page: z.number().int().min(1) });

/** Everything that an announcement shortens: all services by name, and the description to its end, in pages. */
export function wholeModal(maintenance: Maintenance, asked: number): ModalView {
  const { id, name, services, description } = maintenance;
  const sections = [
    ...titled(
      services.length === 1 ? '1 service' : `${services.length} services`,
      services.length === 0
        ? []
        : services.map((service, index) => `${quote(service.name, 1000)}${index < services.length - 1 ? ', ' : ''}`),
    ),
    ...titled('Description', pieces(description)),
  ];
  const pages = Math.max(1, Math.ceil(sections.length / SECTIONS));
  const page = Math.min(asked, pages);
  const turn = (to: number) => JSON.stringify({ id, page: to });
  const buttons = [
    ...(page > 1 ? [button(ACTIONS.previousOfWhole, 'Previous', turn(page - 1))] : []),
    ...(page < pages ? [button(ACTIONS.nextOfWhole, 'Next', turn(page + 1))] : []),
  ];
  return {
    type: 'modal',
    title: { type: 'plain_text', text: `Maintenance ${id}` },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: String(id),
    blocks: [
      section(`*${quote(name, 1000)}*`),
      ...sections.slice((page - 1) * SECTIONS, page * SECTIONS),
      ...(pages === 1 ? [] : [context([`page ${page} of ${pages}`]), actions('whole', buttons)]),
    ],
  };
}

/** Pieces of mrkdwn in as few sections as they fit in, none cut in two. */
function titled(title: string, parts: readonly string[]): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  let text = `*${title}*\n`;
  for (const part of parts) {
    if (text.length + part.length > SLACK_LIMITS.section) {
      blocks.push(section(text));
      text = '';
    }
    text += part;
  }
  return parts.length === 0 ? [] : [...blocks, section(text)];
}

/** A text in escaped pieces small enough to be put together, no sign cut in two. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,400}(?![\uDC00-\uDFFF])/g)?.map(escapeMrkdwn) ?? [];
}
