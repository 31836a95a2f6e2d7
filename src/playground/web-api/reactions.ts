import { BOT_USER } from '../workspace/seed.ts';
import { slackMessage } from '../workspace/slack-objects.ts';
import type { StoredMessage } from '../workspace/state.ts';
import type { World } from '../world.ts';
import { joinedChannel } from './access.ts';
import { type Method, method, SlackFailure, text } from './method.ts';

function message(world: World, channel: string, ts: string): StoredMessage {
  const found = world.workspace.message(joinedChannel(world, channel).id, ts);
  if (found === undefined || found.onlyFor !== undefined) throw new SlackFailure('message_not_found');
  return found;
}

const emojiName = text.regex(/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/);

const add = method({
  scopes: ['reactions:write'],
  tier: 3,
  input: { channel: text, timestamp: text, name: emojiName },
  run(args, world) {
    if (joinedChannel(world, args.channel).archived) throw new SlackFailure('is_archived');
    const changed = world.workspace.react(message(world, args.channel, args.timestamp), args.name, BOT_USER, true);
    if (!changed) throw new SlackFailure('already_reacted');
    return {};
  },
});

const remove = method({
  scopes: ['reactions:write'],
  tier: 2,
  input: { channel: text, timestamp: text, name: emojiName },
  run(args, world) {
    const changed = world.workspace.react(message(world, args.channel, args.timestamp), args.name, BOT_USER, false);
    if (!changed) throw new SlackFailure('no_reaction');
    return {};
  },
});

const get = method({
  scopes: ['reactions:read'],
  tier: 3,
  input: { channel: text, timestamp: text },
  run: (args, world) => ({
    type: 'message',
    channel: args.channel,
    message: slackMessage(world.workspace, message(world, args.channel, args.timestamp)),
  }),
});

export const reactions: Record<string, Method> = {
  'reactions.add': add,
  'reactions.remove': remove,
  'reactions.get': get,
};
