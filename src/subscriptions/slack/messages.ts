import { ACTIONS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import { actions, button, formatNames, type Message } from '../../slack/blocks.ts';
import type { Subscription } from '../repository.ts';

const EXAMPLE = '`/maintenance subscribe api internal`';

/**
 * What a channel hears of, with a button to have it hear of more.
 * @param done what was just done
 * @param channel its id, and whether it is the account's default one, which hears of everything anyway
 */
export function subscriptionList(
  done: string,
  subscriptions: readonly Subscription[],
  channel: { readonly id: string; readonly isDefault: boolean },
): Message {
  const said = successMessage(`${done} ${subscriptionLine(subscriptions, channel.isDefault)}`);
  return { ...said, blocks: [...said.blocks, actions('channel', [button(ACTIONS.subscribe, 'Add...', channel.id)])] };
}

/** What a channel hears of, in a sentence or two. */
export function subscriptionLine(subscriptions: readonly Subscription[], isDefault: boolean): string {
  const byDefault = isDefault ? ' It is the default channel, so it hears of every maintenance all the same.' : '';
  if (subscriptions.length === 0) {
    return `This channel is subscribed to nothing now.${byDefault} To subscribe it: ${EXAMPLE}.`;
  }
  const everything = subscriptions.some(({ scope, service }) => scope === null && service === null);
  const of = everything ? 'every maintenance' : `the maintenances of ${formatNames(subscriptions.map(nameOf), 1000)}`;
  // One that is subscribed as both is treated as the stricter of the two.
  const openly = subscriptions.filter(({ audience }) => audience === 'public');
  const because =
    openly.length === 0 || openly.length === subscriptions.length
      ? ''
      : `, because it is one for ${formatNames(openly.map(nameOf), 500)}`;
  const how =
    openly.length > 0
      ? `as a public channel${because}: no internal maintenances, no internal comments, no checks`
      : 'as an internal channel: with everything that belongs to them';
  return `This channel hears of ${of}, ${how}.${byDefault}`;
}

function nameOf({ scope, service }: Subscription): string {
  return service?.name ?? (scope === null ? 'everything' : `everything in ${scope.name}`);
}
