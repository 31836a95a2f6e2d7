import { findLastEndChange } from '../../audit/repository.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { mentionPerson, quote } from '../../slack/blocks.ts';
import { formatInstant, localizeDates } from '../../slack/time.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { currentWindow } from '../rules/times.ts';

/** When a maintenance ends, and who changed that last, in mrkdwn. @param zone the IANA zone of the reader */
export async function endLines({ database }: ActionContext, maintenance: Maintenance, zone: string): Promise<string[]> {
  const { accountId, id, name } = maintenance;
  const { end } = currentWindow(maintenance);
  const last = await findLastEndChange(database, accountId, id);
  return [
    texts.endsAlready(quote(name, 200), formatInstant(end, zone), zone),
    ...(last === undefined ? [] : [texts.endChangedBy(mentionPerson(last.actor), localizeDates(last.at))]),
  ];
}
