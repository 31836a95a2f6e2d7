import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Actor, Role } from '../domain/permissions.ts';
import type { Workspace } from './workspace.ts';

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

/** People rarely move or change their language (milliseconds). */
const REMEMBERED = 5 * 60_000;
const MOST_REMEMBERED = 5_000;

/** Who people are, as Slack tells; remembered for a few minutes. */
export class People {
  readonly #client: WebClient;
  readonly #known = new Map<string, { person: Person; until: number }>();

  constructor(client: WebClient) {
    this.#client = client;
  }

  async find(workspace: Workspace, userId: string): Promise<Person> {
    const key = `${workspace.teamId}:${userId}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.until > performance.now()) return known.person;
    const answer = await this.#client.users.info({ user: userId, include_locale: true });
    const person = toPerson(workspace, userAnswer.parse(answer).user);
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(key, { person, until: performance.now() + REMEMBERED });
    return person;
  }
}

function toPerson(workspace: Workspace, user: User): Person {
  return {
    actor: {
      accountId: workspace.account.id,
      id: user.id,
      name: user.profile?.display_name || user.real_name || user.name || user.id,
      source: 'slack',
      role: roleOf(workspace, user),
    },
    timezone: user.tz ?? workspace.account.timezone,
    locale: user.locale ?? 'en-US',
  };
}

/** Everybody in the workspace may operate, its admins may administer; guests and other workspaces' people may nothing. */
function roleOf(workspace: Workspace, user: User): Role {
  const stranger = user.is_stranger === true || (user.team_id !== undefined && user.team_id !== workspace.teamId);
  if (user.deleted || user.is_bot || user.is_restricted || user.is_ultra_restricted || stranger) return 'none';
  return user.is_admin || user.is_owner ? 'admin' : 'operator';
}
