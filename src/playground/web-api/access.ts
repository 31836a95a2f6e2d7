import { grants } from '../workspace/manifest.ts';
import { BOT_USER } from '../workspace/seed.ts';
import type { StoredChannel } from '../workspace/state.ts';
import type { World } from '../world.ts';
import { SlackFailure } from './method.ts';

// What the app may see and do, as membership decides it.

/** Slack has a scope for each kind of conversation. */
const FAMILY: Record<StoredChannel['kind'], string> = { public: 'channels', private: 'groups', dm: 'im' };

/** @throws SlackFailure `missing_scope` unless the app may read, or read the history of, that kind of conversation. */
export function needScope(world: World, kind: StoredChannel['kind'], what: 'read' | 'history'): void {
  const { manifest } = world.workspace;
  const needed = `${FAMILY[kind]}:${what}`;
  if (grants(manifest, needed)) return;
  const provided = (manifest.oauth_config?.scopes.bot ?? []).join(',');
  throw new SlackFailure('missing_scope', { needed, provided });
}

/** A channel the app can see: public, or one it is in. Others do not exist for it. */
export function visibleChannel(world: World, id: string): StoredChannel {
  const channel = world.workspace.channel(id);
  if (channel === undefined || (channel.kind !== 'public' && !world.workspace.botIn(channel))) {
    throw new SlackFailure('channel_not_found');
  }
  return channel;
}

/** A channel the app is in. */
export function joinedChannel(world: World, id: string): StoredChannel {
  const channel = visibleChannel(world, id);
  if (!world.workspace.botIn(channel)) throw new SlackFailure('not_in_channel');
  return channel;
}

/** A channel the app may post to: by id, by `#name`, or by a person's id, which means their DM. */
export function postableChannel(world: World, named: string): StoredChannel {
  const { workspace } = world;
  const person = workspace.person(named);
  if (person !== undefined) {
    if (person.kind !== 'person') throw new SlackFailure('channel_not_found');
    return workspace.dm(BOT_USER, person.id);
  }
  const byName = workspace.channelNamed(named.replace(/^#/, ''));
  const channel = visibleChannel(world, byName?.id ?? named);
  if (channel.archived) throw new SlackFailure('is_archived');
  if (!workspace.botIn(channel) && !grants(workspace.manifest, 'chat:write.public')) {
    throw new SlackFailure('not_in_channel');
  }
  return channel;
}
