import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { ACTIONS } from '../../slack/action-ids.ts';
import { actions, button, context, escapeMrkdwn, quote, SLACK_LIMITS, section } from '../../slack/blocks.ts';
import { maintenanceForms as texts } from '../../texts/slack-forms.ts';
import type { Maintenance } from '../repository/maintenances.ts';

/** How many sections a page has: with sections of 3,000 characters it stays within the 250 KB that a view may have. */
const SECTIONS = 20;

export const wholeQuery = z.object({ id: z.number(), page: z.number().int().min(1) });

/** Everything that an announcement shortens: the names of all services, and the whole description, in pages. */
export function wholeModal({ id, name, services, description }: Maintenance, asked: number): ModalView {
  const names = services.map((service, index) => `${quote(service.name, 1000)}${services[index + 1] ? ', ' : ''}`);
  const sections = [
    ...titled(texts.servicesCount(services.length), names),
    ...titled(texts.description, pieces(description)),
  ];
  const pages = Math.max(1, Math.ceil(sections.length / SECTIONS));
  const page = Math.min(asked, pages);
  const turn = (action: string, label: string, to: number) =>
    to < 1 || to > pages ? [] : [button(action, label, JSON.stringify({ id, page: to }))];
  return {
    type: 'modal',
    title: { type: 'plain_text', text: texts.whole.title(id) },
    close: { type: 'plain_text', text: texts.whole.close },
    blocks: [
      section(`*${quote(name, 1000)}*`),
      ...sections.slice((page - 1) * SECTIONS, page * SECTIONS),
      ...(pages === 1
        ? []
        : [
            context([texts.page(page, pages)]),
            actions('whole', [
              ...turn(ACTIONS.previousOfWhole, texts.previous, page - 1),
              ...turn(ACTIONS.nextOfWhole, texts.next, page + 1),
            ]),
          ]),
    ],
  };
}

/** Pieces of mrkdwn in as few sections as they fit in, none cut in two. */
function titled(title: string, parts: readonly string[]): KnownBlock[] {
  if (parts.length === 0) return [];
  const blocks: KnownBlock[] = [];
  let text = `*${title}*\n`;
  for (const part of parts) {
    if (text.length + part.length > SLACK_LIMITS.section) {
      blocks.push(section(text));
      text = '';
    }
    text += part;
  }
  return [...blocks, section(text)];
}

function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,400}(?![\uDC00-\uDFFF])/g)?.map(escapeMrkdwn) ?? [];
}
