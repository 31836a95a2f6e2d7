import type { MuteRecord } from '../checks/mutes.ts';
import type { Comment } from '../comments/repository.ts';
import { saveDraft } from '../maintenance/drafts.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { announcement } from '../maintenance/slack/announcement.ts';
import { runRecord } from '../maintenance/slack/note.ts';
import { formatTimes } from '../maintenance/slack/times.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { ACTIONS } from './action-ids.ts';
import {
  actions,
  button,
  context,
  escapeMrkdwn,
  type Message,
  mentionPerson,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from './blocks.ts';
import type { Person } from './people.ts';
import { formatInstant } from './time.ts';

export const EXAMPLE = '/maintenance api tomorrow 2am for 2h: Postgres upgrade';

/** A plain answer; `mrkdwn` is Lull's own words, what people wrote in it is escaped already. */
export function successMessage(mrkdwn: string): Message {
  return { text: truncateBlocks(mrkdwn, SLACK_LIMITS.section), blocks: [section(mrkdwn)] };
}

/** A question with its choices as buttons; pressing one reads the sentence that belongs to it. */
export function questionMessage(text: string, draftId: string, labels: readonly string[]): Message {
  const buttons = labels
    .slice(0, 5)
    .map((label, index) => button(`${ACTIONS.choose}.${index}`, label, `${draftId}:${index}`));
  return {
    text: truncateBlocks(escapeMrkdwn(text), SLACK_LIMITS.section),
    blocks: [section(escapeMrkdwn(text)), actions(`choices:${draftId}`, buttons)],
  };
}

/** A question where there are no buttons, such as at a field: with what to write instead. */
export function describeQuestion(text: string, choices: readonly { readonly text: string }[]): string {
  const written = choices.slice(0, 4).map((choice) => `"${choice.text}"`);
  return `${text} Write ${written.join(' or ')}.`;
}

export function errorMessage(reason: string, example: string): Message {
  return successMessage(`${escapeMrkdwn(reason)}\nFor example: \`${escapeMrkdwn(example)}\``);
}

export const welcomeMessage = successMessage(
  [
    '*Welcome to Lull.* It does not know any service yet.',
    'Name one in a sentence, and Lull offers to add it:',
    `\`${EXAMPLE}\``,
    'Tools can add many at once: `POST /api/v1/services`.',
  ].join('\n'),
);

/** One maintenance for one reader: its announcement, what became of its checks, and its last comments. */
export function showMessage(
  maintenance: Maintenance,
  checks: { readonly covered: number; readonly mutes: readonly MuteRecord[] },
  comments: readonly Comment[],
  zone: string,
): Message {
  const message = announcement(maintenance, { audience: 'internal', checks: checks.covered });
  const record = runRecord(checks.mutes, zone);
  const shown = comments.slice(-5);
  const lines = shown.map(
    (comment) =>
      `${mentionPerson(comment.author)}${comment.internal ? ' (internal)' : ''}, ${formatInstant(comment.createdAt, zone)} ${zone}: ${quote(comment.text, 300)}`,
  );
  return {
    text: message.text,
    blocks: [
      ...message.blocks,
      ...(zone === 'UTC' ? [] : [context([formatTimes(maintenance, zone)])]),
      ...(record === undefined ? [] : [record]),
      ...(lines.length === 0 ? [] : [section(`*Comments* (${comments.length})\n${lines.join('\n')}`)]),
    ],
  };
}

/** One answer to a question: the words that pressing it stands for. */
export interface Choice {
  readonly label: string;
  /** What would be typed after `/maintenance`. */
  readonly text: string;
  /** The name of a service to be added first. */
  readonly addService?: string;
}

/** Slack's buttons in one row; more choices than this are too many to read anyway. */
const MOST_CHOICES = 5;

/** Asks with a button for each choice. The words are kept in the database, for a button carries only 2,000 characters. */
export async function askChoice(
  ctx: ActionContext,
  { actor }: Person,
  asked: string,
  choices: readonly Choice[],
): Promise<Message> {
  const offered = choices.slice(0, MOST_CHOICES);
  const content = { kind: 'choices', choices: offered.map(({ label: _, ...choice }) => choice) };
  const id = await saveDraft(ctx.database, actor.accountId, actor.id, content, ctx.clock.now());
  return questionMessage(
    asked,
    id,
    offered.map(({ label }) => label),
  );
}
