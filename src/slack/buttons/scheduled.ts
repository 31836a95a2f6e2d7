import { coverageOf, destinationsOf } from '../../actions/effects.ts';
import { mayBegin } from '../../domain/approval.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import type { SlackContext } from '../context.ts';
import { answer } from '../messages/answers.ts';
import { quote } from '../messages/blocks.ts';
import type { Message } from '../messages/message.ts';
import { between } from '../messages/time.ts';
import type { Person } from '../people.ts';

/** What is said to the one who scheduled, in the place of the preview. */
export async function scheduled(
  { ground }: SlackContext,
  person: Person,
  maintenance: Maintenance,
  named: readonly string[],
): Promise<Message> {
  const destinations = await destinationsOf(ground.database, person.actor.accountId, coverageOf(maintenance), named);
  const where =
    destinations.length === 0
      ? 'No channel is subscribed, so it is announced nowhere.'
      : `Announced in ${destinations
          .slice(0, 10)
          .map(({ channel }) => `<#${channel}>`)
          .join(', ')}.`;
  const when = between({ start: maintenance.scheduledStart, end: maintenance.scheduledEnd }, person.timezone);
  const waits = mayBegin(maintenance) ? '' : ' It starts only once a second person has approved it.';
  return answer(
    `:white_check_mark: Scheduled as maintenance ${maintenance.id}: *${quote(maintenance.name, 250)}*, ${when}. ${where}${waits}`,
  );
}
