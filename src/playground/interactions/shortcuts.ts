import type { Team } from '../team.ts';
import { UserError } from '../user-error.ts';
import { BOT_USER } from '../workspace/seed.ts';
import { toSlackMessage } from '../workspace/slack-objects.ts';
import { type StoredView, toSlackView } from '../workspace/surfaces.ts';
import type { StoredMessage, StoredPerson } from '../workspace/workspace-file.ts';
import { interactionFields, toFailureCode, toPayloadChannel } from './payload.ts';

export interface ShortcutOutcome {
  error?: string;
}

function assertShortcut(team: Team, type: 'global' | 'message', callbackId: string): void {
  const found = team.workspace.manifest.features.shortcuts.find(
    (shortcut) => shortcut.type === type && shortcut.callback_id === callbackId,
  );
  if (found === undefined) throw new UserError(`The app has no ${type} shortcut ${callbackId}.`);
}

/** Sends a global shortcut to the app. */
export async function runShortcut(team: Team, person: StoredPerson, callbackId: string): Promise<ShortcutOutcome> {
  assertShortcut(team, 'global', callbackId);
  const ack = await team.delivery.send({
    type: 'interactive',
    title: `shortcut ${callbackId}`,
    acceptsResponse: false,
    payload: {
      type: 'shortcut',
      ...interactionFields(team, person),
      callback_id: callbackId,
      action_ts: team.workspace.nextTs(),
      trigger_id: team.triggers.issue({ person: person.id }),
    },
  });
  const error = toFailureCode(ack);
  return error === undefined ? {} : { error };
}

/** Sends a message shortcut to the app. */
export async function runMessageShortcut(
  team: Team,
  person: StoredPerson,
  callbackId: string,
  message: StoredMessage,
): Promise<ShortcutOutcome> {
  assertShortcut(team, 'message', callbackId);
  const channel = team.workspace.channel(message.channel);
  if (channel === undefined || message.onlyFor !== undefined) throw new UserError('This message has no shortcuts.');
  const origin = {
    channel: channel.id,
    person: person.id,
    message: { ts: message.ts, ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }) },
  };
  const ack = await team.delivery.send({
    type: 'interactive',
    title: `message_action ${callbackId}`,
    acceptsResponse: false,
    payload: {
      type: 'message_action',
      ...interactionFields(team, person),
      callback_id: callbackId,
      action_ts: team.workspace.nextTs(),
      trigger_id: team.triggers.issue({ person: person.id, channel: channel.id }),
      response_url: team.responseUrls.issue(origin),
      message_ts: message.ts,
      channel: toPayloadChannel(channel),
      message: toSlackMessage(team.workspace, message),
    },
  });
  const error = toFailureCode(ack);
  return error === undefined ? {} : { error };
}

/** Opens the app's Home tab: sends `app_home_opened` with the view that was published last. */
export function openHomeTab(team: Team, person: StoredPerson): StoredView | undefined {
  const home = team.views.home(person.id);
  const channel = team.workspace.dm(BOT_USER, person.id);
  team.events.send({
    type: 'app_home_opened',
    user: person.id,
    channel: channel.id,
    tab: 'home',
    event_ts: team.workspace.nextTs(),
    ...(home === undefined ? {} : { view: toSlackView(team.workspace, home) }),
  });
  return home;
}
