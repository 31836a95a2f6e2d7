import { z } from 'zod';
import type { Team } from '../team.ts';
import { hasScope } from '../workspace/manifest.ts';
import { BOT_USER } from '../workspace/seed.ts';
import type { StoredChannel } from '../workspace/workspace-file.ts';
import type { Tier } from './rate-limits.ts';

/** A response `{ok: false, error}`. */
export class SlackError extends Error {
  /** Slack's error code, such as `not_in_channel`. */
  readonly code: string;
  /** Further fields of the response. */
  readonly rest: Record<string, unknown>;
  /** Seconds for `Retry-After`; makes the response a 429. */
  readonly retryAfter: number | undefined;

  constructor(code: string, rest: Record<string, unknown> = {}, retryAfter?: number) {
    super(code);
    this.name = 'SlackFailure';
    this.code = code;
    this.rest = rest;
    this.retryAfter = retryAfter;
  }

  /** With a list of errors, in both places where Slack puts them. */
  static withErrors(code: string, errors: string[]): SlackError {
    const messages = errors.map((error) => `[ERROR] ${error}`);
    return new SlackError(code, { errors, response_metadata: { messages } });
  }
}

export interface Method {
  token: 'bot' | 'app' | 'either' | 'none';
  /** One of these is enough; empty for none. */
  scopes: string[];
  /** Undefined for no rate limit. */
  tier: Tier | undefined;
  run(input: Record<string, unknown>, team: Team): Record<string, unknown>;
}

/** Defines a Web API method by the schema of its arguments. */
export function defineMethod<Shape extends z.ZodRawShape>(definition: {
  token?: Method['token'];
  scopes?: string[];
  tier?: Tier;
  input: Shape;
  run(args: z.output<z.ZodObject<Shape>>, team: Team): Record<string, unknown>;
}): Method {
  const schema = z.object(definition.input);
  return {
    token: definition.token ?? 'bot',
    scopes: definition.scopes ?? [],
    tier: definition.tier,
    run(input, team) {
      const parsed = schema.safeParse(input);
      if (!parsed.success) {
        throw SlackError.withErrors(
          'invalid_arguments',
          parsed.error.issues.map((issue) => {
            const name = issue.path.map(String).join('/');
            const missing = issue.path.length === 1 && input[String(issue.path[0])] === undefined;
            return missing ? `missing required field: ${name}` : `${issue.message} [json-pointer:/${name}]`;
          }),
        );
      }
      return definition.run(parsed.data, team);
    },
  };
}

// Arguments are strings in a form, and typed values in JSON.

export const text = z.string();

export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1'),
]);

export const count = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

/** A nested value: JSON in a string, or the value itself. */
export const nested = z.unknown().transform((value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return new InvalidJson(value);
  }
});

/** Stands for a nested value that is not JSON. */
export class InvalidJson {
  readonly text: string;
  constructor(value: string) {
    this.text = value;
  }
}

/** Comma-separated words. */
export const words = z.string().transform((value) => value.split(',').map((word) => word.trim()));

/** One page of a list, and the next cursor. */
export function paginate<T>(
  items: T[],
  cursor: string | undefined,
  limit: number,
): { items: T[]; more: boolean; metadata: { next_cursor: string } } {
  const start = cursor === undefined || cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) throw new SlackError('invalid_cursor');
  const end = start + limit;
  const more = end < items.length;
  return {
    items: items.slice(start, end),
    more,
    metadata: { next_cursor: more ? Buffer.from(String(end)).toString('base64url') : '' },
  };
}

// What the app may see and do, by scope and membership.

const SCOPE_FAMILY: Record<StoredChannel['kind'], string> = { public: 'channels', private: 'groups', dm: 'im' };

/** @throws SlackError `missing_scope`; scopes depend on the kind of conversation. */
export function assertScope(team: Team, kind: StoredChannel['kind'], what: 'read' | 'history'): void {
  const { manifest } = team.workspace;
  const needed = `${SCOPE_FAMILY[kind]}:${what}`;
  if (hasScope(manifest, needed)) return;
  const provided = (manifest.oauth_config?.scopes.bot ?? []).join(',');
  throw new SlackError('missing_scope', { needed, provided });
}

/** A public channel, or one the app is in. Others do not exist for the app. */
export function requireVisibleChannel(team: Team, id: string): StoredChannel {
  const channel = team.workspace.channel(id);
  if (channel === undefined || (channel.kind !== 'public' && !team.workspace.isBotMember(channel))) {
    throw new SlackError('channel_not_found');
  }
  return channel;
}

/** A channel the app is in. */
export function requireJoinedChannel(team: Team, id: string): StoredChannel {
  const channel = requireVisibleChannel(team, id);
  if (!team.workspace.isBotMember(channel)) throw new SlackError('not_in_channel');
  return channel;
}

/** A channel the app may post to. @param named an id, `#name`, or a person's id for their DM */
export function requirePostableChannel(team: Team, named: string): StoredChannel {
  const { workspace } = team;
  const person = workspace.person(named);
  if (person !== undefined) {
    if (person.kind !== 'person') throw new SlackError('channel_not_found');
    if (person.deleted) throw new SlackError('user_disabled');
    return workspace.dm(BOT_USER, person.id);
  }
  const byName = workspace.channelNamed(named.replace(/^#/, ''));
  const channel = requireVisibleChannel(team, byName?.id ?? named);
  if (channel.archived) throw new SlackError('is_archived');
  if (!workspace.isBotMember(channel) && !hasScope(workspace.manifest, 'chat:write.public')) {
    throw new SlackError('not_in_channel');
  }
  if (workspace.isRestricted(channel)) throw new SlackError('restricted_action');
  return channel;
}
