import type { WebClient } from '@slack/web-api';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Grant, readRoles } from '../access/repository.ts';
import { resolveRole, type WorkspaceStanding } from '../access/rules.ts';
import type { Actor } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
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

/** People rarely move or change their language, so Slack is asked every five minutes. Exact, as tests move the clock. */
const CACHE = { max: 5_000, ttl: 5 * 60_000, ttlResolution: 0 } as const;

/** The people of a workspace. Profiles are cached; roles are read from the database each time, so that a change holds at once. */
export class People {
  readonly #client: WebClient;
  readonly #database: Queries;
  readonly #users: LRUCache<string, SlackUser>;
  readonly #members: LRUCache<string, ReadonlySet<string>>;

  constructor(client: WebClient, database: Queries, log: Logger) {
    this.#client = client;
    this.#database = database;
    this.#users = new LRUCache({
      ...CACHE,
      fetchMethod: async (user) => userAnswer.parse(await client.users.info({ user, include_locale: true })).user,
    });
    this.#members = new LRUCache({
      ...CACHE,
      fetchMethod: async (usergroup, stale) => {
        try {
          return new Set(groupAnswer.parse(await client.usergroups.users.list({ usergroup })).users);
        } catch (error) {
          // A group only ever gives rights, so the last known members get no more than they had.
          log.warn({ error, group: usergroup }, 'the members of a user group are unknown; the last known still count');
          return stale ?? new Set();
        }
      },
    });
  }

  async find(workspace: Workspace, userId: string): Promise<Person> {
    const user = await this.#users.forceFetch(userId);
    const { id: accountId } = workspace.account;
    const { grants, defaultRole, timezone } = await readRoles(this.#database, accountId);
    const standing = standingOf(workspace, user);
    const own = grants.find(({ subject }) => subject === user.id)?.role;
    const groups = standing === 'member' && own === undefined ? await this.#grantsByGroup(user.id, grants) : [];
    const role = resolveRole(standing, { defaultRole, own, groups: groups.map((grant) => grant.role) });
    const name = user.profile?.display_name || user.real_name || user.name || user.id;
    return {
      actor: { accountId, id: user.id, name, source: 'slack', role },
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
    return this.#members.forceFetch(group);
  }

  async #grantsByGroup(userId: string, grants: readonly Grant[]): Promise<Grant[]> {
    const toGroups = grants.filter(({ subject }) => subject.startsWith('S'));
    const members = await Promise.all(toGroups.map(({ subject }) => this.membersOf(subject)));
    return toGroups.filter((_, index) => members[index]?.has(userId));
  }
}

function standingOf({ teamId }: Workspace, user: SlackUser): WorkspaceStanding {
  const isStranger = user.is_stranger || (user.team_id != null && user.team_id !== teamId);
  if (user.deleted || user.is_bot || user.is_restricted || user.is_ultra_restricted || isStranger) return 'outside';
  return user.is_admin || user.is_owner ? 'workspace-admin' : 'member';
}
