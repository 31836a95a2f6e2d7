import { getPlace, type Place } from '../../catalogue/slack/places.ts';
import { authorize } from '../../core/permissions.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import type { Message } from '../../slack/blocks.ts';
import type { CommandRequest, Entry, Run } from '../../slack/command.ts';
import { slackError } from '../../slack/connection/client.ts';
import { createReply, type SlackContext } from '../../slack/context.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { subscribe, unsubscribe } from '../commands.ts';
import { listChannelSubscriptions } from '../repository.ts';
import { readSubscribeModal, subscribeMetadata, subscribeModal } from './form.ts';
import { subscriptionLine, subscriptionList } from './messages.ts';

/** What this channel hears of. */
export const channelCommands: readonly Entry[] = [
  {
    form: /^subscribe(?:\s+(?!(?:internal|public)$)(.+?))??(?:\s+(internal|public))?$/i,
    run: (...asked) => subscribeHere(...asked),
  },
  { form: /^unsubscribe(?:\s+(.+))?$/i, run: (...asked) => unsubscribeHere(...asked) },
];

const HERE = successMessage('Type this in the channel that it is about.');

const subscribeHere: Run = async (context, person, [said, audience], asked) => {
  if (asked === undefined) return HERE;
  authorize(person.actor, 'subscribe');
  const place = await placeOf(context, person, said);
  await assertCanPost(context, asked.channel);
  await subscribe(context.ctx, person.actor, {
    channel: asked.channel,
    audience: audience?.toLowerCase() === 'public' ? 'public' : 'internal',
    ...asInput(place),
  });
  return subscriptionsMessage(context, person, asked, 'Subscribed.');
};

const unsubscribeHere: Run = async (context, person, [said], asked) => {
  if (asked === undefined) return HERE;
  authorize(person.actor, 'subscribe');
  const place = await placeOf(context, person, said);
  const ended = await unsubscribe(context.ctx, person.actor, { channel: asked.channel, ...asInput(place) });
  return subscriptionsMessage(
    context,
    person,
    asked,
    ended.length === 0 ? 'There was nothing to end.' : 'Unsubscribed.',
  );
};

async function placeOf(context: SlackContext, person: Person, said: string | undefined): Promise<Place | undefined> {
  const name = said?.trim();
  return name === undefined || /^(?:all|everything)$/i.test(name) ? undefined : getPlace(context, person, name);
}

function asInput(place: Place | undefined) {
  if (place === undefined) return {};
  return place.kind === 'service' ? { serviceId: place.id } : { scopeId: place.id };
}

/** What the channel hears of now. */
async function subscriptionsMessage(
  { ctx, workspace }: SlackContext,
  { actor }: Person,
  { channel }: Pick<CommandRequest, 'channel'>,
  done: string,
): Promise<Message> {
  const subscriptions = await listChannelSubscriptions(ctx.database, actor.accountId, channel);
  return subscriptionList(done, subscriptions, {
    id: channel,
    isDefault: workspace.account.defaultChannel === channel,
  });
}

/** Listens for the button that opens the form to subscribe a channel, and for the submitted form. */
export function listenToSubscriptions(on: Listeners): void {
  const { context } = on;
  const { ctx, client, log, workspace } = context;

  on.button(ACTIONS.subscribe, async ({ actor }, { value: channel, triggerId, responseUrl }) => {
    authorize(actor, 'subscribe');
    const subscriptions = await listChannelSubscriptions(ctx.database, actor.accountId, channel);
    const now = subscriptionLine(subscriptions, workspace.account.defaultChannel === channel);
    await client.views.open({ trigger_id: triggerId, view: subscribeModal({ channel, responseUrl }, now) });
  });
  on.submission(VIEWS.subscribe, async (person, view) => {
    const { channel, responseUrl } = subscribeMetadata.parse(JSON.parse(view.private_metadata));
    const { services, scopes, audience } = readSubscribeModal(view.state.values);
    authorize(person.actor, 'subscribe');
    await assertCanPost(context, channel);
    if (services.length + scopes.length === 0) await subscribe(ctx, person.actor, { channel, audience });
    for (const scopeId of scopes) await subscribe(ctx, person.actor, { channel, audience, scopeId });
    for (const serviceId of services) await subscribe(ctx, person.actor, { channel, audience, serviceId });
    return {
      after: async () => {
        const message = await subscriptionsMessage(context, person, { channel }, 'Subscribed.');
        await createReply(responseUrl, log)(message, { replace: true });
      },
    };
  });
}

/**
 * Sees to it that announcements can be posted in a channel: joins a public one.
 * @throws ReplyError with what to do where Lull cannot join by itself
 */
export async function assertCanPost({ client }: SlackContext, channel: string): Promise<void> {
  if (channel.startsWith('D')) {
    throw new ReplyError('A direct message cannot be subscribed. Type this in a channel.');
  }
  try {
    const { channel: found } = await client.conversations.info({ channel });
    if (found?.is_archived === true) throw new ReplyError('This channel is archived. Subscribe another one.');
    if (found?.is_member === true) return;
    await client.conversations.join({ channel });
  } catch (error) {
    const reason = slackError(error);
    if (reason === undefined) throw error;
    if (!UNREACHABLE.has(reason)) throw error;
    throw new ReplyError(
      'Lull cannot post in this channel yet. Type /invite @Lull here, and then the command again. Nothing was subscribed.',
    );
  }
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  // What the rights of Lull do not reach, such as a message to several people.
  'missing_scope',
  'channel_not_found',
  'not_in_channel',
  'method_not_supported_for_channel_type',
  'restricted_action',
]);
