import type { HomePublisher } from '../../effects/home.ts';
import { call } from '../poster.ts';
import type { Workspaces } from '../workspaces.ts';

/** Shows App Homes through Slack's Web API. */
export function homePublisher(workspaces: Workspaces): HomePublisher {
  return {
    async person(accountId, personId) {
      const { people, workspace } = await workspaces.ofAccount(accountId);
      return people.find(workspace, personId);
    },
    async publish(accountId, personId, view) {
      await call(workspaces, accountId, (client) => client.views.publish({ user_id: personId, view }));
    },
  };
}
