import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Grant, readRoles } from '../access/repository.ts';
import { resolveRole, type WorkspaceStanding } from '../access/rules.ts';
import type { Actor } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { slackError } from './connection/client.ts';
import { FINAL_TOKEN_ERRORS, type Workspace } from './connection/workspace.ts';

/** Somebody in the workspace, with the zone and language their own Slack is set to. */
export interface Person {
  readonly actor: Actor;
  /** IANA zone. */
  readonly timezone: string;
  /** Such as `de-DE`. */
  readonly locale: string;
}

const userAnswer = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string().optional(),
    real_name: z.string().optional(),
    name: z.string().optional(),
    profile: z.object({ display_name: z.string().optional() }).optional(),
    tz: z.string().optional(),
    locale: z.string().optional(),
    deleted: z.boolean().optional(),
    is_admin: z.boolean().optional(),
    is_owner: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
  }),
});
type User = z.infer<typeof userAnswer>['user'];

const usersAnswer = z.object({
  members: z.array(userAnswer.shape.user),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});
/** How many thousands of people are looked through for the admins among them. */
const PAGES = 5;

/** People rarely move or change their language (milliseconds). */
const REMEMBERED = 5 * 60_000;
const MOST_REMEMBERED = 5_000;

const groupAnswer = z.object({ users: z.array(z.string()) });

/** Somebody as Slack tells of them. What they may is asked of the database each time, so that a change holds at once. */
interface Known {
  readonly id: string;
  readonly name: string;
  readonly timezone: string | undefined;
  readonly locale: string;
  readonly standing: WorkspaceStanding;
}

/** Who people are, and what they may. What Slack tells is remembered for a few minutes. */
export class People {
  readonly #client: WebClient;
  readonly #database: Queries;
  readonly #log: Logger;
  readonly #known = new Map<string, { known: Known; until: number }>();
  readonly #members = new Map<string, { users: ReadonlySet<string>; until: number }>();

  constructor(client: WebClient, database: Queries, log: Logger) {
    this.#client = client;
    this.#database = database;
    this.#log = log;
  }

  async find(workspace: Workspace, userId: string): Promise<Person> {
    const { id, name, timezone, locale, standing } = await this.#knownAs(workspace, userId);
    const { account } = workspace;
    const roles = await readRoles(this.#database, account.id);
    const own = roles.grants.find(({ subject }) => subject === id)?.role;
    const groups = standing === 'member' && own === undefined ? await this.#groupsOf(id, roles.grants) : [];
    const role = resolveRole(standing, {
      defaultRole: roles.defaultRole,
      own,
      groups: groups.map((grant) => grant.role),
    });
    return {
      actor: { accountId: account.id, id, name, source: 'slack', role },
      timezone: timezone ?? roles.timezone,
      locale,
    };
  }

  /** The admins of the workspace, among the first thousands of its people. */
  async adminsOf(workspace: Workspace): Promise<string[]> {
    const admins: string[] = [];
    let cursor = '';
    for (let page = 0; page < PAGES; page++) {
      const answer = usersAnswer.parse(await this.#client.users.list({ limit: 1000, ...(cursor && { cursor }) }));
      const found = answer.members.filter((user) => standingOf(workspace, user) === 'workspace-admin');
      admins.push(...found.map(({ id }) => id));
      cursor = answer.response_metadata?.next_cursor ?? '';
      if (cursor === '') break;
    }
    return admins;
  }

  async #knownAs(workspace: Workspace, userId: string): Promise<Known> {
    const key = `${workspace.teamId}:${userId}`;
    const remembered = this.#known.get(key);
    if (remembered !== undefined && remembered.until > performance.now()) return remembered.known;
    const answer = await this.#client.users.info({ user: userId, include_locale: true });
    const known = toKnown(workspace, userAnswer.parse(answer).user);
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(key, { known, until: performance.now() + REMEMBERED });
    return known;
  }

  /** The grants to user groups that this person is in. */
  async #groupsOf(userId: string, grants: readonly Grant[]): Promise<Grant[]> {
    const ofGroups = grants.filter(({ subject }) => subject.startsWith('S'));
    const members = await Promise.all(ofGroups.map(({ subject }) => this.membersOf(subject)));
    return ofGroups.filter((_, index) => members[index]?.has(userId));
  }

  /**
   * Who is in a user group. While Slack does not say, those it named last; a group only ever gives rights, so nobody
   * has more meanwhile than they had.
   */
  async membersOf(group: string): Promise<ReadonlySet<string>> {
    const remembered = this.#members.get(group);
    if (remembered !== undefined && remembered.until > performance.now()) return remembered.users;
    let users = remembered?.users ?? new Set<string>();
    try {
      const answer = await this.#client.usergroups.users.list({ usergroup: group });
      users = new Set(groupAnswer.parse(answer).users);
    } catch (error) {
      this.#log.warn({ error, group }, 'Slack does not say who is in a user group; those it named last still count');
    }
    this.#members.set(group, { users, until: performance.now() + REMEMBERED });
    return users;
  }
}

function toKnown(workspace: Workspace, user: User): Known {
  return {
    id: user.id,
    name: user.profile?.display_name || user.real_name || user.name || user.id,
    timezone: user.tz,
    locale: user.locale ?? 'en-US',
    standing: standingOf(workspace, user),
  };
}

function standingOf(workspace: Workspace, user: User): WorkspaceStanding {
  const stranger = user.is_stranger === true || (user.team_id !== undefined && user.team_id !== workspace.teamId);
  if (user.deleted || user.is_bot || user.is_restricted || user.is_ultra_restricted || stranger) return 'outside';
  return user.is_admin || user.is_owner ? 'workspace-admin' : 'member';
}

/** How long an answer holds (milliseconds): however often it is wanted, Slack is not asked more often. */
const HOLDS = 5_000;
/** Who is asked whether Lull is ready does not wait longer than this for Slack (milliseconds). */
const ANSWERED_WITHIN = 2_000;

/** Whether Slack can be reached, and takes the token it is asked with. */
export class Access {
  readonly #test: () => Promise<unknown>;
  #asked: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  /** @param test asks Slack once */
  constructor(test: () => Promise<unknown>) {
    this.#test = test;
  }

  /** False as well when Slack does not answer in time. */
  granted(): Promise<boolean> {
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.at > HOLDS) this.#asked = { at: now, answer: this.#ask() };
    return this.#asked.answer;
  }

  /** Has Slack asked anew the next time, for something happened to the token. */
  forget(): void {
    this.#asked = undefined;
  }

  #ask(): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, ANSWERED_WITHIN, false).unref());
    const taken = this.#test().then(
      () => true,
      (error: unknown) => {
        const reason = slackError(error);
        return error instanceof WebAPIRateLimitedError || (reason !== undefined && !FINAL_TOKEN_ERRORS.has(reason));
      },
    );
    return Promise.race([taken, late]);
  }
}
