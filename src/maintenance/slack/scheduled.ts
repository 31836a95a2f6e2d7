import { canStart } from '../../approvals/rules.ts';
import { successMessage } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { formatWindow } from '../../slack/time.ts';
import { findDestinations, toCoverage } from '../commands/announce.ts';
import type { Maintenance } from '../repository/maintenances.ts';

/** What is said to the one who scheduled, in the place of the preview. */
export async function scheduledMessage(
  { ctx }: SlackContext,
  person: Person,
  maintenance: Maintenance,
  named: readonly string[],
): Promise<Message> {
  const destinations = await findDestinations(ctx.database, person.actor.accountId, toCoverage(maintenance), named);
  const where =
    destinations.length === 0
      ? 'No channel is subscribed, so it is announced nowhere.'
      : `Announced in ${destinations
          .slice(0, 10)
          .map(({ channel }) => `<#${channel}>`)
          .join(', ')}.`;
  const when = formatWindow({ start: maintenance.scheduledStart, end: maintenance.scheduledEnd }, person.timezone);
  const waits = canStart(maintenance) ? '' : ' It starts only once a second person has approved it.';
  return successMessage(
    `:white_check_mark: Scheduled as maintenance ${maintenance.id}: *${quote(maintenance.name, 250)}*, ${when}. ${where}${waits}`,
  );
}
