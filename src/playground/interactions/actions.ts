import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { findElement, type PlacedBlock, type PlacedElement } from '../block-kit/blocks.ts';
import { optionGroup, type PlainOption, plainOption } from '../block-kit/elements.ts';
import { elementKey, keepsValue, type OfferedOptions, toSlackState, toSlackValue } from '../block-kit/values.ts';
import type { ElementPlace, ElementValue, ElementValues } from '../protocol.ts';
import type { Team } from '../team.ts';
import { UserError } from '../user-error.ts';
import { toSlackMessage } from '../workspace/slack-objects.ts';
import { type StoredView, toSlackView } from '../workspace/surfaces.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from '../workspace/workspace-file.ts';
import { interactionFields, toFailureCode, toPayloadChannel } from './payload.ts';

/** A view or message with the values a person has entered in it. */
type Surface = { blocks: PlacedBlock[]; values: ElementValues; offered: OfferedOptions } & (
  | { in: 'view'; view: StoredView }
  | { in: 'message'; message: StoredMessage; channel: StoredChannel }
);

function findSurface(team: Team, person: StoredPerson, place: ElementPlace): Surface {
  if (place.in === 'view') {
    const view = team.views.find(place.view);
    if (view === undefined || view.person !== person.id) throw new UserError('This view is no longer open.');
    return { in: 'view', view, blocks: view.view.blocks, values: view.values, offered: view.offered };
  }
  const channel = team.workspace.channel(place.channel);
  const message = team.workspace.message(place.channel, place.ts);
  if (channel === undefined || message === undefined) throw new UserError('This message is gone.');
  if (message.onlyFor !== undefined && message.onlyFor !== person.id) throw new UserError('This message is gone.');
  if (!team.workspace.canRead(channel, person.id)) throw new UserError('This message is gone.');
  return { in: 'message', message, channel, blocks: message.blocks, ...team.messageValues.get(person.id, message) };
}

function requireElement(surface: Surface, blockId: string | undefined, actionId: string): PlacedElement {
  const placed = findElement(surface.blocks, blockId, actionId);
  if (placed === undefined) {
    throw new UserError(`There is no element ${elementKey(blockId ?? '*', actionId)} here any more.`);
  }
  return placed;
}

function containerFields(surface: Surface): Record<string, unknown> {
  if (surface.in === 'view') return { type: 'view', view_id: surface.view.id };
  return {
    type: 'message',
    message_ts: surface.message.ts,
    channel_id: surface.channel.id,
    is_ephemeral: surface.message.onlyFor !== undefined,
    ...(surface.message.threadTs === undefined ? {} : { thread_ts: surface.message.threadTs }),
  };
}

/** The payload fields that describe the surface. Slack leaves ephemeral messages out. */
function surfaceFields(team: Team, surface: Surface): Record<string, unknown> {
  if (surface.in === 'view') return { view: toSlackView(team.workspace, surface.view) };
  return {
    channel: toPayloadChannel(surface.channel),
    ...(surface.message.onlyFor === undefined ? { message: toSlackMessage(team.workspace, surface.message) } : {}),
  };
}

function recordValue(surface: Surface, placed: PlacedElement, value: ElementValue): void {
  if (!keepsValue(placed.element)) return;
  const { block, element } = placed;
  // Throws if the element cannot have this value.
  toSlackValue(element, value, surface.offered[elementKey(block.block_id, element.action_id)]);
  const forBlock = surface.values[block.block_id] ?? {};
  surface.values[block.block_id] = forBlock;
  forBlock[element.action_id] = value;
}

/** Records the value of an input without telling the app. */
export function setValue(
  team: Team,
  person: StoredPerson,
  place: ElementPlace,
  target: { blockId?: string | undefined; actionId: string },
  value: ElementValue,
): void {
  const surface = findSurface(team, person, place);
  recordValue(surface, requireElement(surface, target.blockId, target.actionId), value);
}

export interface ActionOutcome {
  error?: string;
}

/** Presses, chooses or changes an element and sends `block_actions`. */
export async function act(
  team: Team,
  person: StoredPerson,
  place: ElementPlace,
  target: { blockId?: string | undefined; actionId: string },
  value: ElementValue,
): Promise<ActionOutcome> {
  const surface = findSurface(team, person, place);
  const placed = requireElement(surface, target.blockId, target.actionId);
  recordValue(surface, placed, value);
  const { block, element } = placed;
  if (block.type === 'input' && block.dispatch_action !== true) return {};
  const offered = surface.offered[elementKey(block.block_id, element.action_id)];
  const responseUrl =
    surface.in === 'view'
      ? {}
      : {
          response_url: team.responseUrls.issue({
            channel: surface.channel.id,
            person: person.id,
            message: {
              ts: surface.message.ts,
              ...(surface.message.threadTs === undefined ? {} : { threadTs: surface.message.threadTs }),
            },
          }),
        };
  const origin = surface.in === 'view' ? { view: surface.view.id } : { channel: surface.channel.id };
  const ack = await team.delivery.send({
    type: 'interactive',
    title: `block_actions ${element.action_id}`,
    acceptsResponse: false,
    payload: {
      type: 'block_actions',
      ...interactionFields(team, person),
      container: containerFields(surface),
      trigger_id: team.triggers.issue({ person: person.id, ...origin }),
      ...surfaceFields(team, surface),
      state: { values: toSlackState(surface.blocks, surface.values, surface.offered) },
      ...responseUrl,
      actions: [
        {
          action_id: element.action_id,
          block_id: block.block_id,
          ...toSlackValue(element, value, offered),
          action_ts: `${Math.floor(Date.now() / 1000)}.${String(Date.now() % 1000).padStart(3, '0')}${String(randomBytes(2).readUInt16BE() % 1000).padStart(3, '0')}`,
        },
      ],
    },
  });
  const error = toFailureCode(ack);
  return error === undefined ? {} : { error };
}

const suggestionAck = z.union([
  z.object({ options: z.array(plainOption).max(100) }),
  z.object({ option_groups: z.array(optionGroup).max(100) }),
]);

export type SuggestionOutcome =
  | { options: PlainOption[] }
  | { optionGroups: { label: string; options: PlainOption[] }[] }
  | { error: string };

/** Sends what was typed into an external select as `block_suggestion`; the ack has the options. */
export async function suggest(
  team: Team,
  person: StoredPerson,
  place: ElementPlace,
  target: { blockId?: string | undefined; actionId: string },
  query: string,
): Promise<SuggestionOutcome> {
  const surface = findSurface(team, person, place);
  const { block, element } = requireElement(surface, target.blockId, target.actionId);
  if (element.type !== 'external_select' && element.type !== 'multi_external_select') {
    throw new UserError(`${element.action_id} is a ${element.type}, which brings its own options.`);
  }
  if (query.length < (element.min_query_length ?? 3)) return { options: [] };
  const ack = await team.delivery.send({
    type: 'interactive',
    title: `block_suggestion ${element.action_id}`,
    acceptsResponse: true,
    payload: {
      type: 'block_suggestion',
      ...interactionFields(team, person),
      container: containerFields(surface),
      action_id: element.action_id,
      block_id: block.block_id,
      value: query,
      ...surfaceFields(team, surface),
    },
  });
  const error = toFailureCode(ack);
  if (error !== undefined) return { error };
  const answer = suggestionAck.safeParse(ack.outcome === 'acked' ? ack.body : undefined);
  if (!answer.success) return { error: 'invalid_options' };
  const fresh =
    'options' in answer.data ? answer.data.options : answer.data.option_groups.flatMap((each) => each.options);
  const key = elementKey(block.block_id, element.action_id);
  // Earlier options stay known, because chosen ones are displayed and sent with their text.
  const earlier = (surface.offered[key] ?? []).filter((option) => !fresh.some((each) => each.value === option.value));
  surface.offered[key] = [...fresh, ...earlier];
  if ('options' in answer.data) return { options: answer.data.options };
  return {
    optionGroups: answer.data.option_groups.map((group) => ({ label: group.label.text, options: group.options })),
  };
}
