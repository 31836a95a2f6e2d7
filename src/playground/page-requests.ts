import type { PlaygroundClock } from './clock.ts';
import type { ActionTarget, PersonDriver } from './person-driver.ts';
import type { ElementPlace, PageRequest, RequestResult } from './protocol.ts';
import { UserError } from './user-error.ts';

/** Shown to a person when a delivery to the app failed, by error code. */
const FAILURE_SENTENCES: Record<string, string> = {
  operation_timeout: 'The app did not answer within three seconds.',
  dispatch_failed: 'The app is not connected, so it could not be told.',
  http_service_error: 'The app answered with an error.',
  http_client_error: 'The app refused the request.',
  invalid_options: 'The app sent options that Slack would not show.',
};

function assertAccepted(outcome: { error?: string }): RequestResult {
  if (outcome.error === undefined) return {};
  throw new UserError(FAILURE_SENTENCES[outcome.error] ?? `The app failed: ${outcome.error}.`);
}

const toTarget = (place: ElementPlace): ActionTarget =>
  place.in === 'view' ? { id: place.view } : { channel: place.channel, ts: place.ts };

/**
 * Performs a page's request as its person.
 *
 * @throws UserError when the person cannot do that, or the app did not accept it
 */
export async function performRequest(
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
      // Slackbot reports failures in the channel.
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
      return assertAccepted(await person.choose(toTarget(place), actionId, value, { blockId }));
    }
    case 'set_value': {
      const { place, actionId, blockId, value } = request;
      person.set(toTarget(place), actionId, value, { blockId });
      return {};
    }
    case 'suggest': {
      const { place, actionId, blockId, query } = request;
      const outcome = await person.suggest(toTarget(place), actionId, query, { blockId });
      return 'error' in outcome ? assertAccepted(outcome) : outcome;
    }
    case 'submit': {
      const { submitted, errors, reason } = await person.submitView(request.view);
      // A missing ack is reported; an invalid one is for the inspector to show.
      if (reason !== undefined && reason in FAILURE_SENTENCES) return assertAccepted({ error: reason });
      return { submitted, ...(errors === undefined ? {} : { errors }) };
    }
    case 'close_view':
      await person.closeView(request.view, request.all);
      return {};
    case 'shortcut':
      return assertAccepted(await person.shortcut(request.callbackId));
    case 'message_shortcut':
      return assertAccepted(await person.messageShortcut(request, request.callbackId));
    case 'open_home':
      person.openHome();
      return {};
    case 'run_step':
      person.runStep(request.channel, request.callbackId, request.inputs);
      return {};
    case 'move_clock': {
      const movable = requireClock(clock);
      await movable.moveTo(new Date(movable.now().getTime() + request.by.minutes * 60_000));
      return {};
    }
    case 'move_clock_to_next_event': {
      const movable = requireClock(clock);
      const next = await movable.nextEvent();
      if (next === undefined) throw new UserError('Nothing is planned, so there is nothing to jump to.');
      await movable.moveTo(next);
      return {};
    }
  }
}

function requireClock(clock: PlaygroundClock | undefined): PlaygroundClock {
  if (clock === undefined) throw new UserError('This clock cannot be moved.');
  return clock;
}
