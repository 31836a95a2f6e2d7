import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { DeliveryError } from '../../core/errors.ts';
import { RECIPIENT_PROBLEMS } from '../../texts/errors.ts';
import { DELIVERY_ADVICE } from '../../texts/slack-errors.ts';
import { slackError } from './client.ts';
import { RateLimits, type SlackCall } from './rate-limits.ts';
import { FINAL_TOKEN_ERRORS } from './workspace.ts';
import type { Workspaces } from './workspaces.ts';

/** The message was deleted, or can no longer be changed. */
const GONE: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'thread_not_found']);

/** Slack names the same cause differently when a message is posted, updated, and when Lull joins. */
const CAUSES: Readonly<Record<string, string>> = {
  is_inactive: 'is_archived',
  method_not_supported_for_channel_type: 'not_in_channel',
};

/** Retry interval while Slack rejects the token: nothing is lost once somebody fixes it. */
const TOKEN_RETRY_SECONDS = 15;

type CallContext = Pick<Workspaces, 'posterFor' | 'isRevoked'>;

const later = (ms: number) => new DeliveryError({ kind: 'later', retryAfterSeconds: ms / 1000 });

/** Those of each workspace, by its client. */
const limits = new WeakMap<WebClient, RateLimits>();

function limitsOf(client: WebClient): RateLimits {
  const limit = limits.get(client) ?? new RateLimits();
  limits.set(client, limit);
  return limit;
}

/**
 * To be asked before work for a call: does nothing if Slack allows the call now.
 * @throws DeliveryError `later`, after which the caller has a place in the line
 */
export async function assertAllowed(workspaces: CallContext, accountId: number, what: SlackCall): Promise<void> {
  const wait = limitsOf(await workspaces.posterFor(accountId)).wait(what);
  if (wait > 0) throw later(wait);
}

/**
 * Makes a call of a job, unless Slack limits its method now.
 * @throws as `lookUp`
 */
export async function call<T>(
  workspaces: CallContext,
  accountId: number,
  what: SlackCall,
  make: (client: WebClient) => Promise<T>,
): Promise<T> {
  const client = await workspaces.posterFor(accountId);
  const limit = limitsOf(client);
  const wait = limit.admit(what);
  if (wait > 0) throw later(wait);
  return lookUp(workspaces, accountId, async () => {
    try {
      return await make(client);
    } catch (error) {
      throw error instanceof WebAPIRateLimitedError ? later(limit.rejected(what, error.retryAfter)) : error;
    }
  });
}

/**
 * Looks something up for a job, which a cache may know.
 * @throws DeliveryError for an error that callers can act on; transient errors stay as they are
 */
export async function lookUp<T>(workspaces: CallContext, accountId: number, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof WebAPIRateLimitedError) throw later(error.retryAfter * 1000);
    const reason = slackError(error);
    if (reason === undefined) throw error;
    if (GONE.has(reason)) throw new DeliveryError({ kind: 'gone' });
    if (FINAL_TOKEN_ERRORS.has(reason)) {
      if (await workspaces.isRevoked(accountId)) throw new DeliveryError({ kind: 'disconnected' });
      throw new DeliveryError({ kind: 'later', retryAfterSeconds: TOKEN_RETRY_SECONDS });
    }
    const advice = DELIVERY_ADVICE[reason];
    const recipient = reason in RECIPIENT_PROBLEMS;
    if (advice !== undefined)
      throw new DeliveryError({ kind: 'final', error: CAUSES[reason] ?? reason, advice, recipient });
    throw error;
  }
}
