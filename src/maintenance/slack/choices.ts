import type { ActionContext } from '../../platform/transactions.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  escapeMrkdwn,
  type Message,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import type { Person } from '../../slack/people.ts';
import { saveDraft } from '../repository/drafts.ts';

/** A question with a button for each choice; a press reads the sentence of that choice. */
export function questionMessage(text: string, draftId: string, labels: readonly string[]): Message {
  const buttons = labels
    .slice(0, 5)
    .map((label, index) => button(`${ACTIONS.choose}.${index}`, label, `${draftId}:${index}`));
  return {
    text: truncateBlocks(escapeMrkdwn(text), SLACK_LIMITS.section),
    blocks: [section(escapeMrkdwn(text)), actions(`choices:${draftId}`, buttons)],
  };
}

/** One answer to a question, as the sentence that it stands for. */
export interface Choice {
  readonly label: string;
  /** What a person would type after `/maintenance`. */
  readonly text: string;
  /** The name of a service to add first. */
  readonly addService?: string;
}

/** One row of buttons. */
const MAX_CHOICES = 5;

/** Asks with a button for each choice. The sentences are stored as a draft, because a button holds only 2,000 characters. */
export async function askChoice(
  ctx: ActionContext,
  { actor }: Person,
  asked: string,
  choices: readonly Choice[],
): Promise<Message> {
  const offered = choices.slice(0, MAX_CHOICES);
  const content = { kind: 'choices', choices: offered.map(({ label: _, ...choice }) => choice) };
  const id = await saveDraft(ctx.database, actor.accountId, actor.id, content, ctx.clock.now());
  return questionMessage(
    asked,
    id,
    offered.map(({ label }) => label),
  );
}
