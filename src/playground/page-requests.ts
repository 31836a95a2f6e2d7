import type { PlaygroundClock } from './clock.ts';
import { Impossible } from './interactions/payload.ts';
import type { On, PersonDriver } from './person.ts';
import type { ElementPlace, PageRequest, RequestResult } from './protocol.ts';

/** What a person is told when the app did not take what they did. */
const NOT_TAKEN: Record<string, string> = {
  operation_timeout: 'The app did not answer within three seconds.',
  dispatch_failed: 'The app is not connected, so it could not be told.',
  http_service_error: 'The app answered with an error.',
  http_client_error: 'The app refused the request.',
  invalid_options: 'The app sent options that Slack would not show.',
};

function taken(outcome: { error?: string }): RequestResult {
  if (outcome.error === undefined) return {};
  throw new Impossible(NOT_TAKEN[outcome.error] ?? `The app failed: ${outcome.error}.`);
}

const on = (place: ElementPlace): On =>
  place.in === 'view' ? { id: place.view } : { channel: place.channel, ts: place.ts };

/**
 * Does what the page asks for on behalf of its person.
 *
 * @throws Impossible when the person cannot do that, or the app did not take it; the message is meant for them.
 */
export async function perform(
  person: PersonDriver,
  request: Exclude<PageRequest, { type: 'choose_person' }>,
  clock: PlaygroundClock | undefined,
): Promise<RequestResult> {
  switch (request.type) {
    case 'post': {
      const { threadTs, broadcast = false } = request;
      const options = threadTs === undefined ? {} : { thread: { ts: threadTs }, broadcast };
      return { ts: person.say(request.channel, request.text, options).ts };
    }
    case 'command':
      // What goes wrong is said by Slackbot in the channel.
      await person.command(request.channel, `${request.command} ${request.text}`);
      return {};
    case 'edit_message':
      person.edit(request, request.text);
      return {};
    case 'delete_message':
      person.delete(request);
      return {};
    case 'dismiss_message':
      person.dismiss(request);
      return {};
    case 'react':
      person.react(request, request.name, request.on);
      return {};
    case 'mark_read':
      person.markRead(request.channel, request.ts);
      return {};
    case 'join_channel':
      person.join(request.channel);
      return {};
    case 'leave_channel':
      person.leave(request.channel);
      return {};
    case 'invite':
      person.invite(request.channel, request.person);
      return {};
    case 'create_channel':
      return { channel: person.createChannel(request.name, request.private ? 'private' : 'public') };
    case 'open_dm':
      return { channel: person.openDm(request.person) };
    case 'act': {
      const { place, actionId, blockId, value } = request;
      return taken(await person.choose(on(place), actionId, value, { blockId }));
    }
    case 'set_value': {
      const { place, actionId, blockId, value } = request;
      person.set(on(place), actionId, value, { blockId });
      return {};
    }
    case 'suggest': {
      const { place, actionId, blockId, query } = request;
      const suggested = await person.suggest(on(place), actionId, query, { blockId });
      return 'error' in suggested ? taken(suggested) : suggested;
    }
    case 'submit': {
      const { submitted, errors, reason } = await person.submitView(request.view);
      // An ack that did not come is said as it is; one that made no sense is for the inspector to show.
      if (reason !== undefined && reason in NOT_TAKEN) return taken({ error: reason });
      return { submitted, ...(errors === undefined ? {} : { errors }) };
    }
    case 'close_view':
      await person.closeView(request.view, request.all);
      return {};
    case 'shortcut':
      return taken(await person.shortcut(request.callbackId));
    case 'message_shortcut':
      return taken(await person.messageShortcut(request, request.callbackId));
    case 'open_home':
      person.openHome();
      return {};
    case 'run_step':
      person.runStep(request.channel, request.callbackId, request.inputs);
      return {};
    case 'move_clock': {
      const moved = movable(clock);
      await moved.moveTo(new Date(moved.now().getTime() + request.by.minutes * 60_000));
      return {};
    }
    case 'move_clock_to_next_event': {
      const moved = movable(clock);
      const next = await moved.nextEvent();
      if (next === undefined) throw new Impossible('Nothing is planned, so there is nothing to jump to.');
      await moved.moveTo(next);
      return {};
    }
  }
}

function movable(clock: PlaygroundClock | undefined): PlaygroundClock {
  if (clock === undefined) throw new Impossible('This clock cannot be moved.');
  return clock;
}
