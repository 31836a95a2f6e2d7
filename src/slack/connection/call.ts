import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { DeliveryError } from '../../core/errors.ts';
import { DELIVERY_ADVICE } from '../../texts/slack-errors.ts';
import { slackError } from './client.ts';
import { FINAL_TOKEN_ERRORS } from './workspace.ts';
import type { Workspaces } from './workspaces.ts';

/** The message was deleted, or can no longer be changed. */
const GONE: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'thread_not_found']);

/** Retry interval while Slack rejects the token: nothing is lost once somebody fixes it. */
const TOKEN_RETRY_SECONDS = 15;

/** @throws DeliveryError for an error that callers can act on; transient errors stay as they are */
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
      if (await workspaces.isRevoked(accountId)) throw new DeliveryError({ kind: 'disconnected' });
      throw new DeliveryError({ kind: 'later', retryAfterSeconds: TOKEN_RETRY_SECONDS });
    }
    const advice = DELIVERY_ADVICE[reason];
    if (advice !== undefined) throw new DeliveryError({ kind: 'final', error: reason, advice });
    throw error;
  }
}
