import { readRoles } from '../../access/repository.ts';
import { type Actor, isAllowed } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { call } from '../../slack/connection/call.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';

/** The approvers of a workspace; `others` are user ids. See `Channel.listApprovers`. */
export async function findSlackApprovers(
  workspaces: Workspaces,
  database: Queries,
  accountId: number,
  others: readonly string[],
): Promise<readonly string[]> {
  const { people, workspace } = await workspaces.forAccount(accountId);
  const findActor = async (id: string): Promise<Actor | undefined> => {
    try {
      return (await call(workspaces, accountId, () => people.find(workspace, id))).actor;
    } catch (error) {
      // The person left the workspace.
      if (slackError(error) === undefined) throw error;
      return undefined;
    }
  };
  const { grants } = await readRoles(database, accountId);
  const granted = grants.filter(({ role }) => role === 'approver' || role === 'admin').map(({ subject }) => subject);
  const groups = granted.filter((subject) => subject.startsWith('S'));
  const members = await Promise.all(groups.map((group) => people.membersOf(group)));
  const individuals = granted.filter((subject) => !subject.startsWith('S'));
  const candidates = new Set([...individuals, ...members.flatMap((users) => [...users]), ...others]);
  const found: string[] = [];
  for (const id of candidates) {
    const actor = await findActor(id);
    if (actor !== undefined && isAllowed(actor, 'approve')) found.push(id);
  }
  return found.length > 0 ? found : call(workspaces, accountId, () => people.adminsOf(workspace));
}
