import type { Ack } from '../delivery/delivery.ts';
import type { Team } from '../team.ts';
import { APP_ID } from '../workspace/seed.ts';
import { toPayloadChannelName, toSlackActor, toSlackTeam } from '../workspace/slack-objects.ts';
import type { StoredChannel, StoredPerson } from '../workspace/workspace-file.ts';

/** The fields of every interaction payload. */
export function interactionFields(team: Team, person: StoredPerson): Record<string, unknown> {
  return {
    team: toSlackTeam(team.workspace),
    user: toSlackActor(team.workspace, person),
    api_app_id: APP_ID,
    token: team.installation.verificationToken,
    enterprise: null,
    is_enterprise_install: false,
  };
}

export const toPayloadChannel = (channel: StoredChannel): { id: string; name: string } => ({
  id: channel.id,
  name: toPayloadChannelName(channel),
});

/** Slack's error code for a failed delivery; undefined when the app acked in time. */
export function toFailureCode(ack: Ack): string | undefined {
  switch (ack.outcome) {
    case 'acked':
      return undefined;
    case 'timeout':
      return 'operation_timeout';
    case 'unreachable':
      return 'dispatch_failed';
    case 'refused':
      return ack.status >= 500 ? 'http_service_error' : 'http_client_error';
  }
}

/** Whether an ack has no payload. */
export const isEmptyBody = (body: unknown): boolean =>
  body === undefined ||
  body === null ||
  body === '' ||
  (typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0);
