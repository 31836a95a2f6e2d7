import { approve } from '../../actions/approve.ts';
import { decline } from '../../actions/decline.ts';
import { answer } from '../messages/answers.ts';
import { quote } from '../messages/blocks.ts';
import { between } from '../messages/time.ts';
import { about, type Entry, meant, once, type Run, TEXT } from './command.ts';

/** What a second person says. */
export const approvals: readonly Entry[] = [
  { form: about('approve'), run: (...asked) => approveOne(...asked) },
  { form: about('decline', `(?:${TEXT})?`), run: (...asked) => declineOne(...asked) },
];

const approveOne: Run = async (context, person, [ref], asked) => {
  const { id } = await meant(context, person, ref);
  const approved = await approve(context.ground, person.actor, id, once(asked));
  if (approved === undefined) return undefined;
  const window = { start: approved.scheduledStart, end: approved.scheduledEnd };
  return answer(`Approved: maintenance ${id}, *${quote(approved.name, 200)}*, ${between(window, person.timezone)}.`);
};

const declineOne: Run = async (context, person, [ref, reason], asked) => {
  const { id } = await meant(context, person, ref);
  const declined = await decline(context.ground, person.actor, id, reason, once(asked));
  if (declined === undefined) return undefined;
  return answer(`Declined: maintenance ${id}, *${quote(declined.name, 200)}*. It does not start.`);
};
