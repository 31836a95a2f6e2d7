import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type PersonDescription, putGroupMembers, putPerson } from '../access/people-repository.ts';
import { type Grant, readRoles } from '../access/repository.ts';
import { resolveRole, type WorkspaceStanding } from '../access/rules.ts';
import type { Actor } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { slackError } from './connection/client.ts';
import type { Workspace } from './connection/workspace.ts';

/** A person of the workspace, with the zone and language of their Slack profile. */
export interface Person {
  readonly actor: Actor;
  /** IANA zone. */
  readonly timezone: string;
  /** Such as `de-DE`. */
  readonly locale: string;
}

const slackUser = z.object({
  id: z.string(),
  team_id: z.string().nullish(),
  real_name: z.string().nullish(),
  name: z.string().nullish(),
  profile: z.object({ display_name: z.string().nullish() }).nullish(),
  tz: z.string().nullish(),
  locale: z.string().nullish(),
  deleted: z.boolean().nullish(),
  is_admin: z.boolean().nullish(),
  is_owner: z.boolean().nullish(),
  is_bot: z.boolean().nullish(),
  is_restricted: z.boolean().nullish(),
  is_ultra_restricted: z.boolean().nullish(),
  is_stranger: z.boolean().nullish(),
  /** Seconds since 1970. */
  updated: z.number().int().nullish(),
});
type SlackUser = z.infer<typeof slackUser>;

const userAnswer = z.object({ user: slackUser });
const usersAnswer = z.object({
  members: z.array(slackUser),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});
const groupAnswer = z.object({ users: z.array(z.string()) });

/** How many thousands of people are searched for admins. */
const MAX_PAGES = 5;

/** How long a request waits for news of somebody who is known. A form is opened within three seconds, or never. */
const PATIENCE_MS = 500;
/** How long something is believed after Slack did not answer. */
const UNANSWERED_TTL_MS = 30_000;

/** Who was demoted or deactivated loses their role within a minute, also where Slack's event is lost. Exact, as tests move the clock. */
const CACHE = { max: 5_000, ttl: 60_000, ttlResolution: 0 } as const;

/** The people of a workspace. Profiles are cached; roles are read from the database each time, so that a change holds at once. */
export class People {
  readonly #client: WebClient;
  readonly #database: Queries;
  readonly #users: LRUCache<string, SlackUser>;
  readonly #members: LRUCache<string, ReadonlySet<string>>;

  constructor(client: WebClient, database: Queries, log: Logger, workspace: Workspace) {
    this.#client = client;
    this.#database = database;
    const accountId = workspace.account.id;
    const keep = async (stored: Promise<void>) =>
      stored.catch((error: unknown) => log.warn({ error }, 'what Slack says about people could not be stored'));
    this.#users = new LRUCache({
      ...CACHE,
      fetchMethod: async (user, stale, { options }) => {
        try {
          const found = userAnswer.parse(await client.users.info({ user, include_locale: true })).user;
          await keep(putPerson(database, accountId, describePerson(workspace, found)));
          return found;
        } catch (error) {
          // What Slack said last counts while it does not answer, or limits these calls. Its own errors count at once.
          if (stale === undefined || slackError(error) !== undefined) throw error;
          log.warn({ error, user }, 'Slack does not say who somebody is; what it said last still counts');
          options.ttl = UNANSWERED_TTL_MS;
          return stale;
        }
      },
    });
    this.#members = new LRUCache({
      ...CACHE,
      fetchMethod: async (usergroup, stale, { options }) => {
        try {
          const { users } = groupAnswer.parse(await client.usergroups.users.list({ usergroup }));
          await keep(putGroupMembers(database, accountId, usergroup, users));
          return new Set(users);
        } catch (error) {
          // A group only ever gives rights, so the last known members get no more than they had.
          log.warn({ error, group: usergroup }, 'the members of a user group are unknown; the last known still count');
          options.ttl = UNANSWERED_TTL_MS;
          return stale ?? new Set();
        }
      },
    });
  }

  /** @param latest false: as they were when Slack last said so, however long ago; it is asked about strangers alone */
  async find(workspace: Workspace, userId: string, { latest = true } = {}): Promise<Person> {
    const user = await recall(this.#users, userId, latest);
    const { id: accountId } = workspace.account;
    const { grants, defaultRole, timezone } = await readRoles(this.#database, accountId);
    const standing = standingOf(workspace, user);
    const own = grants.find(({ subject }) => subject === user.id)?.role;
    const groups = standing === 'member' && own === undefined ? await this.#grantsByGroup(user.id, grants) : [];
    const role = resolveRole(standing, { defaultRole, own, groups: groups.map((grant) => grant.role) });
    return {
      actor: { accountId, id: user.id, name: nameOf(user), source: 'slack', role },
      timezone: user.tz ?? timezone,
      locale: user.locale ?? 'en-US',
    };
  }

  async adminsOf(workspace: Workspace): Promise<string[]> {
    const admins: string[] = [];
    let cursor = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = usersAnswer.parse(await this.#client.users.list({ limit: 1000, ...(cursor && { cursor }) }));
      const found = answer.members.filter((user) => standingOf(workspace, user) === 'workspace-admin');
      admins.push(...found.map(({ id }) => id));
      cursor = answer.response_metadata?.next_cursor ?? '';
      if (cursor === '') break;
    }
    return admins;
  }

  /** The ids of the people in a user group; the last known ones while Slack does not answer. */
  membersOf(group: string): Promise<ReadonlySet<string>> {
    return recall(this.#members, group);
  }

  async #grantsByGroup(userId: string, grants: readonly Grant[]): Promise<Grant[]> {
    const toGroups = grants.filter(({ subject }) => subject.startsWith('S'));
    const members = await Promise.all(toGroups.map(({ subject }) => this.membersOf(subject)));
    return toGroups.filter((_, index) => members[index]?.has(userId));
  }
}

/** The latest value, or the last known one if Slack takes long to say. */
async function recall<T extends object>(cache: LRUCache<string, T>, key: string, latest = true): Promise<T> {
  const known = cache.peek(key, { allowStale: true });
  if (known !== undefined && !latest) return known;
  const found = cache.forceFetch(key);
  if (known === undefined) return found;
  const late = new AbortController();
  try {
    return await Promise.race([found, sleep(PATIENCE_MS, known, { signal: late.signal })]);
  } finally {
    late.abort();
  }
}

const nameOf = (user: SlackUser) => user.profile?.display_name || user.real_name || user.name || user.id;

const describePerson = (workspace: Workspace, user: SlackUser): PersonDescription => ({
  id: user.id,
  name: nameOf(user),
  standing: standingOf(workspace, user),
  deactivated: user.deleted ?? false,
  revision: user.updated ?? 0,
});

function standingOf({ teamId }: Workspace, user: SlackUser): WorkspaceStanding {
  const isStranger = user.is_stranger || (user.team_id != null && user.team_id !== teamId);
  if (user.deleted || user.is_bot || user.is_restricted || user.is_ultra_restricted || isStranger) return 'outside';
  return user.is_admin || user.is_owner ? 'workspace-admin' : 'member';
}
