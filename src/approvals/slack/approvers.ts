import { readRoles } from '../../access/repository.ts';
import { type Actor, isAllowed } from '../../core/permissions.ts';
import { call } from '../../delivery/slack/poster.ts';
import type { Queries } from '../../platform/database.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { Workspaces } from '../../slack/connection/workspace.ts';
import type { Approvers } from '../request.ts';

/** Finds those who approve among the people of each workspace. */
export function slackApprovers(workspaces: Workspaces, database: Queries): Approvers {
  return {
    async of(accountId, others) {
      const { people, workspace } = await workspaces.ofAccount(accountId);
      const actorOf = async (id: string): Promise<Actor | undefined> => {
        try {
          return (await call(workspaces, accountId, () => people.find(workspace, id))).actor;
        } catch (error) {
          // Somebody who was named once, and is not in the workspace any more.
          if (slackError(error) === undefined) throw error;
          return undefined;
        }
      };
      const { grants } = await readRoles(database, accountId);
      const given = grants.filter(({ role }) => role === 'approver' || role === 'admin').map(({ subject }) => subject);
      const groups = given.filter((subject) => subject.startsWith('S'));
      const members = await Promise.all(groups.map((group) => people.membersOf(group)));
      const named = given.filter((subject) => !subject.startsWith('S'));
      const candidates = new Set([...named, ...members.flatMap((users) => [...users]), ...others]);
      const found: string[] = [];
      for (const id of candidates) {
        const actor = await actorOf(id);
        if (actor !== undefined && isAllowed(actor, 'approve')) found.push(id);
      }
      return found.length > 0 ? found : call(workspaces, accountId, () => people.adminsOf(workspace));
    },
  };
}
