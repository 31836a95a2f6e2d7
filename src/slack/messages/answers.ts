import type { KnownBlock } from '@slack/types';
import type { Comment } from '../../store/comments.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import { ACTIONS } from './action-ids.ts';
import { announcement, heading } from './announcement.ts';
import { actions, button, context, cut, escaped, LIMITS, names, person, quote, section } from './blocks.ts';
import type { Message } from './message.ts';
import { at, between, windowForReader } from './time.ts';

export const EXAMPLE = '/maintenance api tomorrow 2am for 2h: Postgres upgrade';

/** A plain answer; `mrkdwn` is Lull's own words, what people wrote in it is escaped already. */
export function answer(mrkdwn: string): Message {
  return { text: cut(mrkdwn, LIMITS.section), blocks: [section(mrkdwn)] };
}

/** A question with its choices as buttons; pressing one reads the sentence that belongs to it. */
export function question(text: string, draftId: string, labels: readonly string[]): Message {
  const buttons = labels
    .slice(0, 5)
    .map((label, index) => button(`${ACTIONS.choose}.${index}`, label, `${draftId}:${index}`));
  return {
    text: cut(escaped(text), LIMITS.section),
    blocks: [section(escaped(text)), actions(`choices:${draftId}`, buttons)],
  };
}

export function refusal(reason: string, example: string): Message {
  return answer(`${escaped(reason)}\nFor example: \`${escaped(example)}\``);
}

export const welcome = answer(
  [
    '*Welcome to Lull.* It does not know any service yet.',
    'Name one in a sentence, and Lull offers to add it:',
    `\`${EXAMPLE}\``,
    'Tools can add many at once: `POST /api/v1/services`.',
  ].join('\n'),
);

const HELP = [
  [
    '`/maintenance <services> <when> for <how long>: <name>`',
    'understand a window, show it, and schedule it when you agree',
  ],
  ['`/maintenance`', 'the same with a form'],
  ['`/maintenance list`', 'what is on and what is coming'],
  ['`/maintenance show 12`', 'one maintenance, with its buttons'],
  ['`/maintenance comment 12 text`', 'add a comment to it'],
  ['`/maintenance move 12 tomorrow 3am`', 'move it to another time'],
  ['`/maintenance api every sunday at 3am for 2h: Backups`', 'a recurring window'],
  ['`/maintenance series`', 'the recurring windows, with their keys'],
  ['`/maintenance skip KEY`, `pause KEY`, `resume KEY`', 'leave out the next run of a series, pause it, let it go on'],
  ['`/maintenance help`', 'this'],
] as const;

export const help: Message = {
  text: 'Lull runs planned maintenance.',
  blocks: [
    section(
      `*Lull runs planned maintenance.*\n${HELP.map(([command, does]) => `• ${escaped(command)}: ${does}`).join('\n')}`,
    ),
    context([
      `For example: \`${EXAMPLE}\``,
      'Several services: `api, web sat 22:00 to sun 2am: Network work`. Also: `#channel`, `status:degraded`, `ref:CHG-123`, `link:https://...`, `internal`.',
    ]),
  ],
};

/** One page of windows, each on a line, in the reader's own zone. */
export function list(shown: readonly Maintenance[], total: number): Message {
  if (shown.length === 0) {
    return answer(`Nothing is on and nothing is planned. To plan something: \`${EXAMPLE}\``);
  }
  const lines = shown.map((maintenance) => {
    const services = names(
      maintenance.services.map((service) => service.name),
      100,
    );
    const when = windowForReader({ start: maintenance.scheduledStart, end: maintenance.scheduledEnd });
    return `*${maintenance.id}*  ${heading(maintenance)}: ${quote(maintenance.name, 80)}${services === '' ? '' : ` (${services})`}\n${when}`;
  });
  const blocks: KnownBlock[] = [];
  // Sections of a few lines each, so that none comes near what a section takes.
  for (let i = 0; i < lines.length; i += 5) blocks.push(section(lines.slice(i, i + 5).join('\n')));
  const rest = total - shown.length;
  if (rest > 0) blocks.push(context([`and ${rest} more`]));
  return { text: `${total} maintenances`, blocks };
}

/** One maintenance for one reader: its announcement, and its last comments. */
export function show(maintenance: Maintenance, checks: number, comments: readonly Comment[], zone: string): Message {
  const message = announcement(maintenance, { audience: 'internal', checks });
  const shown = comments.slice(-5);
  const lines = shown.map(
    (comment) =>
      `${person(comment.author)}${comment.internal ? ' (internal)' : ''}, ${at(comment.createdAt, zone)} ${zone}: ${quote(comment.text, 300)}`,
  );
  return {
    text: message.text,
    blocks: [
      ...message.blocks,
      ...(zone === 'UTC'
        ? []
        : [context([`${between({ start: maintenance.scheduledStart, end: maintenance.scheduledEnd }, zone)}`])]),
      ...(lines.length === 0 ? [] : [section(`*Comments* (${comments.length})\n${lines.join('\n')}`)]),
    ],
  };
}
