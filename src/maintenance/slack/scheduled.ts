import { mayBegin } from '../../approvals/rules.ts';
import { answer } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { between } from '../../slack/time.ts';
import { coverageOf, destinationsOf } from '../commands/announce.ts';
import type { Maintenance } from '../repository/maintenances.ts';

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
