import type { Subscription } from '../../store/subscriptions.ts';
import { answer } from './answers.ts';
import { names } from './blocks.ts';
import type { Message } from './message.ts';

const EXAMPLE = '`/maintenance subscribe api internal`';

/**
 * What a channel hears of.
 * @param done what was just done
 * @param isDefault whether it is the account's default channel, which hears of everything anyway
 */
export function heard(done: string, subscriptions: readonly Subscription[], isDefault: boolean): Message {
  const byDefault = isDefault ? ' It is the default channel, so it hears of every maintenance all the same.' : '';
  if (subscriptions.length === 0) {
    return answer(`${done} This channel is subscribed to nothing now.${byDefault} To subscribe it: ${EXAMPLE}.`);
  }
  const everything = subscriptions.some(({ scope, service }) => scope === null && service === null);
  const of = everything ? 'every maintenance' : `the maintenances of ${names(subscriptions.map(nameOf), 1000)}`;
  // One that is subscribed as both is treated as the stricter of the two.
  const openly = subscriptions.some(({ audience }) => audience === 'public');
  const how = openly
    ? 'as a public channel: no internal maintenances, no internal comments, no checks'
    : 'as an internal channel: with everything that belongs to them';
  return answer(`${done} This channel hears of ${of}, ${how}.${byDefault}`);
}

function nameOf({ scope, service }: Subscription): string {
  return service?.name ?? (scope === null ? 'everything' : `everything in ${scope.name}`);
}
