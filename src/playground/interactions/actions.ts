import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PlacedBlock } from '../block-kit/blocks.ts';
import { optionGroup, type PlainOption, plainOption } from '../block-kit/composition.ts';
import { findElement, type Placed } from '../block-kit/place.ts';
import { keepsValue, type OfferedOptions, placeKey, slackState, slackValue } from '../block-kit/values.ts';
import type { ElementPlace, ElementValue, ElementValues } from '../protocol.ts';
import { type KeptView, slackView } from '../views/views.ts';
import { slackMessage } from '../workspace/slack-objects.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from '../workspace/state.ts';
import type { World } from '../world.ts';
import { failureWord, Impossible, interaction, payloadChannel } from './payload.ts';

/** Where an element stands, with what the person holds there. */
type Surface = { blocks: PlacedBlock[]; values: ElementValues; offered: OfferedOptions } & (
  | { in: 'view'; view: KeptView }
  | { in: 'message'; message: StoredMessage; channel: StoredChannel }
);

function surface(world: World, person: StoredPerson, place: ElementPlace): Surface {
  if (place.in === 'view') {
    const view = world.views.find(place.view);
    if (view === undefined || view.person !== person.id) throw new Impossible('This view is no longer open.');
    return { in: 'view', view, blocks: view.view.blocks, values: view.values, offered: view.offered };
  }
  const channel = world.workspace.channel(place.channel);
  const message = world.workspace.message(place.channel, place.ts);
  if (channel === undefined || message === undefined) throw new Impossible('This message is gone.');
  if (message.onlyFor !== undefined && message.onlyFor !== person.id) throw new Impossible('This message is gone.');
  if (!world.workspace.canRead(channel, person.id)) throw new Impossible('This message is gone.');
  return { in: 'message', message, channel, blocks: message.blocks, ...world.messageValues.of(person.id, message) };
}

function element(on: Surface, blockId: string | undefined, actionId: string): Placed {
  const placed = findElement(on.blocks, blockId, actionId);
  if (placed === undefined) {
    throw new Impossible(`There is no element ${placeKey(blockId ?? '*', actionId)} here any more.`);
  }
  return placed;
}

function container(on: Surface): Record<string, unknown> {
  if (on.in === 'view') return { type: 'view', view_id: on.view.id };
  return {
    type: 'message',
    message_ts: on.message.ts,
    channel_id: on.channel.id,
    is_ephemeral: on.message.onlyFor !== undefined,
    ...(on.message.threadTs === undefined ? {} : { thread_ts: on.message.threadTs }),
  };
}

/** What stands around the element: the view, or the channel and the message. Slack leaves ephemeral messages out. */
function around(world: World, on: Surface): Record<string, unknown> {
  if (on.in === 'view') return { view: slackView(world.workspace, on.view) };
  return {
    channel: payloadChannel(on.channel),
    ...(on.message.onlyFor === undefined ? { message: slackMessage(world.workspace, on.message) } : {}),
  };
}

function hold(on: Surface, placed: Placed, value: ElementValue): void {
  if (!keepsValue(placed.element)) return;
  const { block, element: held } = placed;
  // Refuses what the element cannot hold.
  slackValue(held, value, on.offered[placeKey(block.block_id, held.action_id)]);
  const forBlock = on.values[block.block_id] ?? {};
  on.values[block.block_id] = forBlock;
  forBlock[held.action_id] = value;
}

/** Record what an input holds; the app is not told. */
export function setValue(
  world: World,
  person: StoredPerson,
  place: ElementPlace,
  target: { blockId?: string | undefined; actionId: string },
  value: ElementValue,
): void {
  const on = surface(world, person, place);
  hold(on, element(on, target.blockId, target.actionId), value);
}

export interface ActOutcome {
  error?: string;
}

/** A person presses, chooses or changes an element that tells the app of it: `block_actions`. */
export async function act(
  world: World,
  person: StoredPerson,
  place: ElementPlace,
  target: { blockId?: string | undefined; actionId: string },
  value: ElementValue,
): Promise<ActOutcome> {
  const on = surface(world, person, place);
  const placed = element(on, target.blockId, target.actionId);
  hold(on, placed, value);
  const { block, element: pressed } = placed;
  if (block.type === 'input' && block.dispatch_action !== true) return {};
  const offered = on.offered[placeKey(block.block_id, pressed.action_id)];
  const responseUrl =
    on.in === 'view'
      ? {}
      : {
          response_url: world.responseUrls.issue({
            channel: on.channel.id,
            person: person.id,
            message: {
              ts: on.message.ts,
              ...(on.message.threadTs === undefined ? {} : { threadTs: on.message.threadTs }),
            },
          }),
        };
  const origin = on.in === 'view' ? { view: on.view.id } : { channel: on.channel.id };
  const ack = await world.delivery.send({
    type: 'interactive',
    title: `block_actions ${pressed.action_id}`,
    acceptsResponse: false,
    payload: {
      type: 'block_actions',
      ...interaction(world, person),
      container: container(on),
      trigger_id: world.triggers.issue({ person: person.id, ...origin }),
      ...around(world, on),
      state: { values: slackState(on.blocks, on.values, on.offered) },
      ...responseUrl,
      actions: [
        {
          action_id: pressed.action_id,
          block_id: block.block_id,
          ...slackValue(pressed, value, offered),
          action_ts: `${Math.floor(Date.now() / 1000)}.${String(Date.now() % 1000).padStart(3, '0')}${String(randomBytes(2).readUInt16BE() % 1000).padStart(3, '0')}`,
        },
      ],
    },
  });
  const error = failureWord(ack);
  return error === undefined ? {} : { error };
}

const suggestions = z.union([
  z.object({ options: z.array(plainOption).max(100) }),
  z.object({ option_groups: z.array(optionGroup).max(100) }),
]);

export type Suggested =
  | { options: PlainOption[] }
  | { optionGroups: { label: string; options: PlainOption[] }[] }
  | { error: string };

/** A person types into an external select: `block_suggestion`, answered in the ack. */
export async function suggest(
  world: World,
  person: StoredPerson,
  place: ElementPlace,
  target: { blockId?: string | undefined; actionId: string },
  query: string,
): Promise<Suggested> {
  const on = surface(world, person, place);
  const { block, element: asked } = element(on, target.blockId, target.actionId);
  if (asked.type !== 'external_select' && asked.type !== 'multi_external_select') {
    throw new Impossible(`${asked.action_id} is a ${asked.type}, which brings its own options.`);
  }
  if (query.length < (asked.min_query_length ?? 3)) return { options: [] };
  const ack = await world.delivery.send({
    type: 'interactive',
    title: `block_suggestion ${asked.action_id}`,
    acceptsResponse: true,
    payload: {
      type: 'block_suggestion',
      ...interaction(world, person),
      container: container(on),
      action_id: asked.action_id,
      block_id: block.block_id,
      value: query,
      ...around(world, on),
    },
  });
  const error = failureWord(ack);
  if (error !== undefined) return { error };
  const answer = suggestions.safeParse(ack.outcome === 'acked' ? ack.body : undefined);
  if (!answer.success) return { error: 'invalid_options' };
  const fresh =
    'options' in answer.data ? answer.data.options : answer.data.option_groups.flatMap((each) => each.options);
  const key = placeKey(block.block_id, asked.action_id);
  // Earlier offers stay known: what was chosen from them is shown and sent by its text.
  const earlier = (on.offered[key] ?? []).filter((option) => !fresh.some((each) => each.value === option.value));
  on.offered[key] = [...fresh, ...earlier];
  if ('options' in answer.data) return { options: answer.data.options };
  return {
    optionGroups: answer.data.option_groups.map((group) => ({ label: group.label.text, options: group.options })),
  };
}
