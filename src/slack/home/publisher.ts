import type { WebClient } from '@slack/web-api';
import type { HomePublisher } from '../../effects/home.ts';
import type { People } from '../people.ts';
import { translated } from '../poster.ts';
import type { Workspace } from '../workspace.ts';

/**
 * Shows App Homes through Slack's Web API; `client` makes every call once.
 * @param connected who the workspace is and who is in it; undefined until Slack was reached
 */
export function homePublisher(
  client: WebClient,
  connected: () => { readonly workspace: Workspace; readonly people: People } | undefined,
): HomePublisher {
  return {
    async person(_accountId, personId) {
      const known = connected();
      if (known === undefined) throw new Error('Slack was not reached yet');
      return known.people.find(known.workspace, personId);
    },
    async publish(_accountId, personId, view) {
      await translated(() => client.views.publish({ user_id: personId, view }));
    },
  };
}
