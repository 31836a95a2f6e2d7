import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { getPlace } from '../catalogue/slack/places.ts';
import { authorize } from '../core/permissions.ts';
import { withFirstError } from '../core/refusals.ts';
import { ACTIONS, VIEWS } from '../slack/action-ids.ts';
import { actions, button, formatNames, type Message, quote, section, successMessage } from '../slack/blocks.ts';
import type { Entry, Run } from '../slack/command.ts';
import { slackError } from '../slack/connection/client.ts';
import { createReply, type SlackContext } from '../slack/context.ts';
import { choiceField, drawField, fillFields, readFields, searchManyField } from '../slack/fields.ts';
import { modal, OPTIONS, option, ReplyError, readInput, serviceOption } from '../slack/form.ts';
import type { Listeners } from '../slack/listeners.ts';
import type { Person } from '../slack/people.ts';
import { localizeDates } from '../slack/time.ts';
import { recipientAdvice } from '../texts/slack-errors.ts';
import { subscriptionForms as forms } from '../texts/slack-forms.ts';
import { channelMessages, subscriptionMessages as texts } from '../texts/slack-messages.ts';
import { subscribe, subscribeAll, unsubscribe } from './commands.ts';
import { listChannelSubscriptions, type Subscription } from './repository.ts';

/** A service or a scope by its name, as the commands take it; without a name, everything. */
async function findSubject(context: SlackContext, person: Person, name: string | undefined) {
  if (name === undefined || /^(?:all|everything)$/i.test(name.trim())) return {};
  const place = await getPlace(context, person, name.trim());
  return place.kind === 'service' ? { serviceId: place.id } : { scopeId: place.id };
}

const subscribeHere: Run = async (context, person, [name, audience], request) => {
  if (request === undefined) return successMessage(texts.typeInChannel);
  authorize(person.actor, 'subscribe');
  const { channel } = request;
  const subject = await findSubject(context, person, name);
  await assertCanPost(context, channel);
  const as = audience?.toLowerCase() === 'public' ? 'public' : 'internal';
  await subscribe(context.ctx, person.actor, { channel, audience: as, ...subject });
  return listMessage(context, person, channel, texts.subscribed);
};

const unsubscribeHere: Run = async (context, person, [name], request) => {
  if (request === undefined) return successMessage(texts.typeInChannel);
  authorize(person.actor, 'subscribe');
  const { channel } = request;
  const subject = await findSubject(context, person, name);
  const ended = await unsubscribe(context.ctx, person.actor, { channel, ...subject });
  return listMessage(context, person, channel, ended.length === 0 ? texts.nothingToEnd : texts.unsubscribed);
};

/** The subscriptions of the channel that a command was typed in. */
export const channelCommands: readonly Entry[] = [
  { form: /^subscribe(?:\s+(?!(?:internal|public)$)(.+?))??(?:\s+(internal|public))?$/i, run: subscribeHere },
  { form: /^unsubscribe(?:\s+(.+))?$/i, run: unsubscribeHere },
];

const FIELDS = {
  scopes: searchManyField('scopes', {
    ...forms.scopes,
    actionId: OPTIONS.scopes,
    toOption: ({ id, name }: { id: number; name: string }) => option(String(id), name),
  }),
  services: searchManyField('services', { ...forms.services, actionId: OPTIONS.services, toOption: serviceOption }),
  audience: choiceField('audience', 'radio_buttons', forms.audiences, forms.audience),
};

const subscribeMetadata = z.object({ channel: z.string(), responseUrl: z.string() });

/** @param current the subscriptions of the channel, in mrkdwn */
export function subscribeModal(metadata: z.infer<typeof subscribeMetadata>, current: string): ModalView {
  const fields = fillFields(FIELDS, { scopes: [], services: [], audience: 'internal' });
  return modal(VIEWS.subscribe, forms.modal, metadata, [
    section(`<#${metadata.channel}>: ${current}`),
    ...fields.map((each) => drawField(each, each.field.name)),
  ]);
}

/** Listens for the button that opens the form to subscribe a channel, and for the submitted form. */
export function listenToSubscriptions(on: Listeners): void {
  const { context } = on;
  const { ctx, client, log, workspace } = context;

  on.button(ACTIONS.subscribe, async ({ actor }, { value: channel, triggerId, responseUrl }) => {
    authorize(actor, 'subscribe');
    const subscriptions = await listChannelSubscriptions(ctx.database, actor.accountId, channel);
    const current = subscriptionLine(subscriptions, workspace.account.defaultChannel === channel);
    await client.views.open({ trigger_id: triggerId, view: subscribeModal({ channel, responseUrl }, current) });
  });
  on.submission(VIEWS.subscribe, async (person, view) => {
    const { channel, responseUrl } = subscribeMetadata.parse(JSON.parse(view.private_metadata));
    const { services, scopes, audience } = readFields(FIELDS, readInput(view.state.values), 'all');
    authorize(person.actor, 'subscribe');
    await assertCanPost(context, channel);
    const scoped = scopes.map((id) => ({ scopeId: Number(id) }));
    const subjects = [...scoped, ...services.map((id) => ({ serviceId: Number(id) }))];
    const wanted = (subjects.length === 0 ? [{}] : subjects).map((subject) => ({ channel, audience, ...subject }));
    await withFirstError(subscribeAll(ctx, person.actor, wanted));
    const after = async () => {
      const message = await listMessage(context, person, channel, texts.subscribed);
      await createReply(responseUrl, log)(message, { replace: true });
    };
    return { after };
  });
}

async function listMessage({ ctx, workspace }: SlackContext, { actor }: Person, id: string, done: string) {
  const subscriptions = await listChannelSubscriptions(ctx.database, actor.accountId, id);
  return subscriptionList(done, subscriptions, { id, isDefault: workspace.account.defaultChannel === id });
}

/** The subscriptions of a channel, with a button to add some. @param done the result of the command */
export function subscriptionList(
  done: string,
  subscriptions: readonly Subscription[],
  channel: { readonly id: string; readonly isDefault: boolean },
): Message {
  const message = successMessage(`${done} ${subscriptionLine(subscriptions, channel.isDefault)}`);
  const add = button(ACTIONS.subscribe, forms.add, channel.id);
  return { ...message, blocks: [...message.blocks, actions('channel', [add])] };
}

/** @param isDefault whether the channel is the default one of the account, which wants every announcement anyway */
export function subscriptionLine(subscriptions: readonly Subscription[], isDefault: boolean): string {
  const [first] = subscriptions;
  if (first === undefined) return texts.none(isDefault);
  const isEverything = subscriptions.some(({ scope, service }) => scope === null && service === null);
  // A channel that is subscribed as both is treated as public, the stricter of the two.
  const asPublic = subscriptions.filter(({ audience }) => audience === 'public');
  const isMixed = asPublic.length > 0 && asPublic.length < subscriptions.length;
  const heard = texts.list(
    isEverything ? undefined : formatNames(subscriptions.map(subjectName), 1000),
    asPublic.length > 0 ? 'public' : 'internal',
    isMixed ? formatNames(asPublic.map(subjectName), 500) : undefined,
    isDefault,
  );
  const { channel, failure } = first;
  if (failure === null) return heard;
  const since = localizeDates(failure.since);
  return `${heard}\n${channelMessages.failing(`<#${channel}>`, since, quote(recipientAdvice(failure.reason), 300))}`;
}

const subjectName = ({ scope, service }: Subscription) => service?.name ?? texts.subject(scope?.name);

/** `missing_scope` is that of a conversation that Lull's scopes do not cover, such as a message to several people. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  ...['missing_scope', 'channel_not_found', 'not_in_channel', 'restricted_action'],
  'method_not_supported_for_channel_type',
]);

/**
 * Makes sure that announcements can be posted in a channel: joins a public one.
 * @throws ReplyError with what to do where Lull cannot join by itself
 */
export async function assertCanPost({ client }: SlackContext, channel: string): Promise<void> {
  if (channel.startsWith('D')) throw new ReplyError(texts.directMessage);
  try {
    const { channel: found } = await client.conversations.info({ channel });
    if (found?.is_archived === true) throw new ReplyError(texts.archived);
    if (found?.is_member === true) return;
    await client.conversations.join({ channel });
  } catch (error) {
    const reason = slackError(error);
    if (reason === undefined || !UNREACHABLE.has(reason)) throw error;
    throw new ReplyError(texts.cannotPost);
  }
}
