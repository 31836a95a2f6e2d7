import { type KeptView, slackView } from '../views/views.ts';
import { BOT_USER } from '../workspace/seed.ts';
import { slackMessage } from '../workspace/slack-objects.ts';
import type { StoredMessage, StoredPerson } from '../workspace/state.ts';
import type { World } from '../world.ts';
import { failureWord, Impossible, interaction, payloadChannel } from './payload.ts';

export interface ShortcutOutcome {
  error?: string;
}

function known(world: World, type: 'global' | 'message', callbackId: string): void {
  const found = world.workspace.manifest.features.shortcuts.find(
    (shortcut) => shortcut.type === type && shortcut.callback_id === callbackId,
  );
  if (found === undefined) throw new Impossible(`The app has no ${type} shortcut ${callbackId}.`);
}

/** A person picks a global shortcut. */
export async function runShortcut(world: World, person: StoredPerson, callbackId: string): Promise<ShortcutOutcome> {
  known(world, 'global', callbackId);
  const ack = await world.delivery.send({
    type: 'interactive',
    title: `shortcut ${callbackId}`,
    acceptsResponse: false,
    payload: {
      type: 'shortcut',
      ...interaction(world, person),
      callback_id: callbackId,
      action_ts: world.workspace.nextTs(),
      trigger_id: world.triggers.issue({ person: person.id }),
    },
  });
  const error = failureWord(ack);
  return error === undefined ? {} : { error };
}

/** A person picks a message shortcut from the menu of a message. */
export async function runMessageShortcut(
  world: World,
  person: StoredPerson,
  callbackId: string,
  message: StoredMessage,
): Promise<ShortcutOutcome> {
  known(world, 'message', callbackId);
  const channel = world.workspace.channel(message.channel);
  if (channel === undefined || message.onlyFor !== undefined) throw new Impossible('This message has no shortcuts.');
  const origin = {
    channel: channel.id,
    person: person.id,
    message: { ts: message.ts, ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }) },
  };
  const ack = await world.delivery.send({
    type: 'interactive',
    title: `message_action ${callbackId}`,
    acceptsResponse: false,
    payload: {
      type: 'message_action',
      ...interaction(world, person),
      callback_id: callbackId,
      action_ts: world.workspace.nextTs(),
      trigger_id: world.triggers.issue({ person: person.id, channel: channel.id }),
      response_url: world.responseUrls.issue(origin),
      message_ts: message.ts,
      channel: payloadChannel(channel),
      message: slackMessage(world.workspace, message),
    },
  });
  const error = failureWord(ack);
  return error === undefined ? {} : { error };
}

/** A person opens the app's Home tab: `app_home_opened`, with the view they saw last. */
export function openHomeTab(world: World, person: StoredPerson): KeptView | undefined {
  const home = world.views.home(person.id);
  const channel = world.workspace.dm(BOT_USER, person.id);
  world.events.send({
    type: 'app_home_opened',
    user: person.id,
    channel: channel.id,
    tab: 'home',
    event_ts: world.workspace.nextTs(),
    ...(home === undefined ? {} : { view: slackView(world.workspace, home) }),
  });
  return home;
}
