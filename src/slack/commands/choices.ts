import type { Ground } from '../../actions/action.ts';
import { keepDraft } from '../../store/drafts.ts';
import { question } from '../messages/answers.ts';
import type { Message } from '../messages/message.ts';
import type { Person } from '../people.ts';

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
export async function ask(
  ground: Ground,
  { actor }: Person,
  asked: string,
  choices: readonly Choice[],
): Promise<Message> {
  const offered = choices.slice(0, MOST_CHOICES);
  const content = { kind: 'choices', choices: offered.map(({ label: _, ...choice }) => choice) };
  const id = await keepDraft(ground.database, actor.accountId, actor.id, content, ground.clock.now());
  return question(
    asked,
    id,
    offered.map(({ label }) => label),
  );
}
