import type { Ack } from '../delivery/delivery.ts';
import { APP_ID } from '../workspace/seed.ts';
import { channelNameInPayload, slackActor, slackTeam } from '../workspace/slack-objects.ts';
import type { StoredChannel, StoredPerson } from '../workspace/state.ts';
import type { World } from '../world.ts';

/** Something a person cannot do; the message says why, to them. */
export class Impossible extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Impossible';
  }
}

/** What every interaction carries. */
export function interaction(world: World, person: StoredPerson): Record<string, unknown> {
  return {
    team: slackTeam(world.workspace),
    user: slackActor(world.workspace, person),
    api_app_id: APP_ID,
    token: world.installation.verificationToken,
    enterprise: null,
    is_enterprise_install: false,
  };
}

export const payloadChannel = (channel: StoredChannel): { id: string; name: string } => ({
  id: channel.id,
  name: channelNameInPayload(channel),
});

/** Slack's word for a failed delivery, or undefined when the app acked in time. */
export function failureWord(ack: Ack): string | undefined {
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

/** Whether an ack brought nothing along. */
export const isEmptyBody = (body: unknown): boolean =>
  body === undefined ||
  body === null ||
  body === '' ||
  (typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0);
