import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { DeliveryError } from '../../core/delivery-error.ts';
import { slackError } from './client.ts';
import { FINAL_TOKEN_ERRORS } from './workspace.ts';
import type { Workspaces } from './workspaces.ts';

/** The message was deleted, or can no longer be changed. */
const GONE: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'thread_not_found']);

/** Retry interval while Slack rejects the token: nothing is lost once somebody fixes it. */
const TOKEN_RETRY_SECONDS = 15;

/** Advice for errors that no retry fixes. */
const ADVICE: Record<string, string> = {
  channel_not_found: 'The channel does not exist or is private. Invite Lull to it with /invite.',
  is_archived: 'The channel is archived. Subscribe another one.',
  is_inactive: 'The channel is archived. Subscribe another one.',
  not_in_channel: 'Lull is not in this channel. Invite it with /invite.',
  method_not_supported_for_channel_type: 'Lull cannot join this channel. Invite it with /invite.',
  messages_tab_disabled: 'The messages tab of the app is off. Import manifest.yml again.',
  user_not_found: 'This person is not in the workspace any more.',
  user_disabled: 'This person is not in the workspace any more.',
  cannot_dm_bot: 'This is an app, which Lull cannot write to.',
  restricted_action: 'A workspace setting keeps Lull from posting here. Ask a workspace admin.',
  missing_scope: 'The app lacks a right. Install it again from manifest.yml.',
  invalid_blocks: 'Slack refused the form of the message. This is a fault of Lull: please report it.',
  msg_blocks_too_long: 'Slack refused the length of the message. This is a fault of Lull: please report it.',
  msg_too_long: 'Slack refused the length of the message. This is a fault of Lull: please report it.',
};

/**
 * Makes one call with the poster of an account's workspace.
 * @throws DeliveryError for an error that callers can act on; transient errors stay as they are
 */
export async function call<T>(
  workspaces: Pick<Workspaces, 'posterFor' | 'isRevoked'>,
  accountId: number,
  make: (client: WebClient) => Promise<T>,
): Promise<T> {
  const client = await workspaces.posterFor(accountId);
  try {
    return await make(client);
  } catch (error) {
    if (error instanceof WebAPIRateLimitedError) {
      throw new DeliveryError({ kind: 'later', retryAfterSeconds: error.retryAfter });
    }
    const reason = slackError(error);
    if (reason === undefined) throw error;
    if (GONE.has(reason)) throw new DeliveryError({ kind: 'gone' });
    if (FINAL_TOKEN_ERRORS.has(reason)) {
      const isRevoked = await workspaces.isRevoked(accountId);
      throw new DeliveryError(
        isRevoked ? { kind: 'disconnected' } : { kind: 'later', retryAfterSeconds: TOKEN_RETRY_SECONDS },
      );
    }
    const advice = ADVICE[reason];
    if (advice !== undefined) throw new DeliveryError({ kind: 'final', error: reason, advice });
    throw error;
  }
}
