import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { WebClient } from '@slack/web-api';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { z } from 'zod';
import {
  changePerson,
  forgetPerson,
  type PersonDescription,
  putGroupMembers,
  putPerson,
  removeGroupMembers,
} from '../access/people-repository.ts';
import { type Grant, type Roles, readRoles } from '../access/repository.ts';
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
/** How long an admin action waits for Slack to confirm that somebody is an admin. */
const VERIFY_PATIENCE_MS = 2_000;
/** How long something is believed after Slack did not answer. */
const UNANSWERED_TTL_MS = 30_000;

/** Who was demoted or deactivated loses their role within a minute, also where Slack's event is lost. Exact, as tests move the clock. */
const CACHE = { max: 5_000, ttl: 60_000, ttlResolution: 0, ignoreFetchAbort: true } as const;

/** What Slack says is stored again after this time, also if it is the same: it is confirmed again. */
const STORE_AGAIN_MS = 30_000;

/** Slack's errors for somebody who is not in the workspace, or no longer. */
const USER_GONE: ReadonlySet<string> = new Set(['user_not_found', 'users_not_found', 'user_not_visible']);

/** Slack's error for a user group that was deleted or disabled. */
const GROUP_GONE = 'no_such_subteam';

/** The people of a workspace. Profiles are cached; roles are read from the database each time, so that a change holds at once. */
export class People {
  readonly #client: WebClient;
  readonly #database: Queries;
  readonly #log: Logger;
  readonly #workspace: Workspace;
  readonly #users: LRUCache<string, SlackUser>;
  readonly #members: LRUCache<string, ReadonlySet<string>>;
  /** What was read of the roles when somebody was found. */
  readonly #roles = new WeakMap<Person, Roles>();
  /** What was stored of people a moment ago. */
  readonly #stored = new LRUCache<string, PersonDescription>({ max: 5_000, ttl: STORE_AGAIN_MS, ttlResolution: 0 });
  /** The questions about people that Slack did not answer yet. */
  readonly #asking = new Map<string, Promise<SlackUser>>();

  constructor(client: WebClient, database: Queries, log: Logger, workspace: Workspace) {
    this.#client = client;
    this.#database = database;
    this.#log = log;
    this.#workspace = workspace;
    this.#users = new LRUCache({
      ...CACHE,
      fetchMethod: async (user, stale, { options }) => {
        try {
          return await this.#ask(user);
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
          return await this.#askMembers(usergroup);
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
    const roles = await readRoles(this.#database, workspace.account.id);
    const person = await this.#describe(workspace, user, roles);
    if (person.actor.role !== 'admin') return person;
    const unverified: Person = { ...person, actor: { ...person.actor, unverified: true } };
    this.#roles.set(unverified, roles);
    return unverified;
  }

  /** A person who was just found as Slack describes them now; undefined when it does not answer within two seconds. */
  async verify(workspace: Workspace, person: Person): Promise<Person | undefined> {
    const { id } = person.actor;
    const roles = this.#roles.get(person) ?? (await readRoles(this.#database, workspace.account.id));
    // Somebody can be an admin because of their group.
    const admins = roles.grants.filter(({ subject, role }) => subject.startsWith('S') && role === 'admin');
    const renewed = async (user: SlackUser): Promise<Person> => {
      this.#users.set(id, user);
      await Promise.all(admins.map(async ({ subject }) => this.#members.set(subject, await this.#askMembers(subject))));
      return this.#describe(workspace, user, roles);
    };
    const late = new AbortController();
    const answered = this.#ask(id)
      .then(renewed)
      .catch((error: unknown) => {
        if (USER_GONE.has(slackError(error) ?? '')) throw error;
        this.#log.warn({ error, user: id }, 'Slack does not say whether somebody is still an admin');
        return undefined;
      });
    try {
      return await Promise.race([answered, sleep(VERIFY_PATIENCE_MS, undefined, { signal: late.signal })]);
    } finally {
      late.abort();
    }
  }

  /** Asks Slack who somebody is and which groups with a role they are in, and stores that. */
  async refresh(userId: string): Promise<void> {
    const user = await this.#ask(userId);
    if (standingOf(this.#workspace, user) !== 'member') return;
    const { grants } = await readRoles(this.#database, this.#workspace.account.id);
    const groups = grants.filter(({ subject }) => subject.startsWith('S'));
    await Promise.all(groups.map(async ({ subject }) => this.#members.fetch(subject)));
  }

  /** Slack says that somebody changed. */
  async userChanged(event: unknown): Promise<void> {
    const user = slackUser.parse(event);
    const before = this.#users.peek(user.id, { allowStale: true });
    if (before !== undefined) this.#users.set(user.id, { locale: before.locale, ...user });
    this.#stored.delete(user.id);
    await changePerson(this.#database, this.#workspace.account.id, describePerson(this.#workspace, user));
  }

  /** Slack says that people joined or left a user group, or something else of it changed. It is asked for the members. */
  async groupChanged(group: string, removed: readonly string[] = []): Promise<void> {
    const before = this.#members.peek(group, { allowStale: true });
    if (before !== undefined) this.#members.set(group, new Set([...before].filter((id) => !removed.includes(id))));
    await removeGroupMembers(this.#database, this.#workspace.account.id, group, removed);
    const { grants } = await readRoles(this.#database, this.#workspace.account.id);
    if (!grants.some(({ subject }) => subject === group)) return;
    this.#members.set(group, await this.#askMembers(group));
  }

  async #ask(user: string): Promise<SlackUser> {
    const known = this.#asking.get(user);
    if (known !== undefined) return known;
    const asked = this.#askOnce(user).finally(() => this.#asking.delete(user));
    this.#asking.set(user, asked);
    return asked;
  }

  async #askOnce(user: string): Promise<SlackUser> {
    const answer = await this.#client.users.info({ user, include_locale: true }).catch(async (error: unknown) => {
      if (USER_GONE.has(slackError(error) ?? '')) {
        this.#users.delete(user);
        await this.#store(forgetPerson(this.#database, this.#workspace.account.id, user));
      }
      throw error;
    });
    const found = userAnswer.parse(answer).user;
    const description = describePerson(this.#workspace, found);
    if (isDeepStrictEqual(this.#stored.get(user), description)) return found;
    this.#stored.set(user, description);
    await this.#store(putPerson(this.#database, this.#workspace.account.id, description));
    return found;
  }

  async #askMembers(usergroup: string): Promise<ReadonlySet<string>> {
    const users = await this.#client.usergroups.users.list({ usergroup }).then(
      (answer) => groupAnswer.parse(answer).users,
      (error: unknown) => {
        if (slackError(error) === GROUP_GONE) return [];
        throw error;
      },
    );
    await this.#store(putGroupMembers(this.#database, this.#workspace.account.id, usergroup, users));
    return new Set(users);
  }

  async #store(stored: Promise<void>): Promise<void> {
    await stored.catch((error: unknown) =>
      this.#log.warn({ error }, 'what Slack says about people could not be stored'),
    );
  }

  async #describe(workspace: Workspace, user: SlackUser, roles: Roles): Promise<Person> {
    const { id: accountId } = workspace.account;
    const { grants, defaultRole, timezone } = roles;
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
