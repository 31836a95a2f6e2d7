import type { KnownBlock, ModalView, SectionBlock } from '@slack/types';
import { z } from 'zod';
import type { MuteRecord } from '../../checks/mute-repository.ts';
import type { Comment } from '../../comments/repository.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  context,
  escapeMrkdwn,
  formatList,
  formatNames,
  type Message,
  mentionPerson,
  quote,
  SLACK_LIMITS,
  section,
} from '../../slack/blocks.ts';
import { formatInstant } from '../../slack/time.ts';
import { maintenanceForms } from '../../texts/slack-forms.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { announcement, formatTimes } from './announcement.ts';

/** One maintenance for one reader: its announcement, the outcome of its checks, and its last comments. */
export function showMessage(
  maintenance: Maintenance,
  checks: { readonly covered: number; readonly mutes: readonly MuteRecord[] },
  comments: readonly Comment[],
  zone: string,
): Message {
  const message = announcement(maintenance, { audience: 'internal', checks: checks.covered });
  const lines = comments
    .slice(-5)
    .map(({ author, internal, createdAt, text }) =>
      texts.comment(mentionPerson(author), internal, `${formatInstant(createdAt, zone)} ${zone}`, quote(text, 300)),
    );
  return {
    text: message.text,
    blocks: [
      ...message.blocks,
      ...(zone === 'UTC' ? [] : [context([formatTimes(maintenance, zone)])]),
      ...checkOutcomes(checks.mutes, zone),
      ...(lines.length === 0 ? [] : [section([texts.commentCount(comments.length), ...lines].join('\n'))]),
    ],
  };
}

/** How many groups of checks are shown, and how much of their names (characters); the HTTP interface has every check. */
const MAX_GROUPS = 6;
const MAX_NAMES_CHARS = 120;

function checkOutcomes(mutes: readonly MuteRecord[], zone: string): SectionBlock[] {
  const groups = new Map<string, string[]>();
  for (const mute of mutes) {
    const outcome = describeOutcome(mute, zone);
    groups.set(outcome, [...(groups.get(outcome) ?? []), mute.checkName]);
  }
  if (groups.size === 0) return [];
  const lines = formatList(
    [...groups],
    MAX_GROUPS,
    ([outcome, names]) => `${outcome}: ${formatNames(names, MAX_NAMES_CHARS)}`,
  );
  return [section([texts.checkOutcomes, ...lines].join('\n'))];
}

function describeOutcome({ outcome, decidedAt, endedAt, releasedAt, error }: MuteRecord, zone: string): string {
  const when = (instant: Date | null) => (instant === null ? '' : ` ${formatInstant(instant, zone)} ${zone}`);
  const failure = error === null ? '' : ` (${quote(error, 80)})`;
  switch (outcome) {
    case 'muted':
      if (releasedAt !== null) return texts.outcomes.released(when(decidedAt), when(releasedAt));
      return texts.outcomes[endedAt === null ? 'muted' : 'notUnmuted'](when(decidedAt), failure);
    case 'already_muted':
      return texts.outcomes.alreadyMuted(when(decidedAt));
    case 'unmuted_by_hand':
      return texts.outcomes.unmutedByHand(when(decidedAt));
    case 'failed':
      return texts.outcomes.failed(when(decidedAt), failure);
    case 'pending':
      return endedAt === null ? texts.outcomes.pending : texts.outcomes.neverMuted;
  }
}

/** How many sections a page has: with sections of 3,000 characters it stays within the 250 KB that a view may have. */
const SECTIONS = 20;

export const wholeQuery = z.object({ id: z.number(), page: z.number().int().min(1) });

/** Everything that an announcement shortens: the names of all services, and the whole description, in pages. */
export function wholeModal({ id, name, services, description }: Maintenance, asked: number): ModalView {
  const names = services.map((service, index) => `${quote(service.name, 1000)}${services[index + 1] ? ', ' : ''}`);
  const sections = [
    ...titled(maintenanceForms.servicesCount(services.length), names),
    ...titled(maintenanceForms.description, pieces(description)),
  ];
  const pages = Math.max(1, Math.ceil(sections.length / SECTIONS));
  const page = Math.min(asked, pages);
  const turn = (action: string, label: string, to: number) =>
    to < 1 || to > pages ? [] : [button(action, label, JSON.stringify({ id, page: to }))];
  return {
    type: 'modal',
    title: { type: 'plain_text', text: maintenanceForms.whole.title(id) },
    close: { type: 'plain_text', text: maintenanceForms.whole.close },
    blocks: [
      section(`*${quote(name, 1000)}*`),
      ...sections.slice((page - 1) * SECTIONS, page * SECTIONS),
      ...(pages === 1
        ? []
        : [
            context([maintenanceForms.page(page, pages)]),
            actions('whole', [
              ...turn(ACTIONS.previousOfWhole, maintenanceForms.previous, page - 1),
              ...turn(ACTIONS.nextOfWhole, maintenanceForms.next, page + 1),
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
