import { readRoles } from '../../access/repository.ts';
import { isAllowed } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { lookUp } from '../../slack/connection/call.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';

/** The people who were made admins of Lull, directly or through a group; else the admins of the workspace. */
export async function findSlackAdmins(workspaces: Workspaces, database: Queries, accountId: number): Promise<string[]> {
  const { people, workspace } = await workspaces.forAccount(accountId);
  const { grants } = await readRoles(database, accountId);
  const granted = grants.filter(({ role }) => role === 'admin').map(({ subject }) => subject);
  const groups = granted.filter((subject) => subject.startsWith('S'));
  const members = await Promise.all(groups.map((group) => people.membersOf(group)));
  const individuals = granted.filter((subject) => !subject.startsWith('S'));
  const admins: string[] = [];
  for (const id of new Set([...individuals, ...members.flatMap((users) => [...users])])) {
    try {
      const { actor } = await people.find(workspace, id);
      if (isAllowed(actor, 'configure-account')) admins.push(id);
    } catch (error) {
      // The person left the workspace.
      if (slackError(error) === undefined) throw error;
    }
  }
  return admins.length > 0 ? admins : lookUp(workspaces, accountId, () => people.adminsOf(workspace));
}
