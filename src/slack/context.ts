import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { UserError } from '../core/errors.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { slackErrorText } from '../texts/slack-errors.ts';
import { successMessage } from './answers.ts';
import { escapeMrkdwn, type Message } from './blocks.ts';
import { slackError } from './connection/client.ts';
import type { Workspace } from './connection/workspace.ts';
import type { People } from './people.ts';
import { ReplyError } from './reply-error.ts';

/** What every listener stands on. */
export interface SlackContext {
  readonly ctx: ActionContext;
  readonly client: WebClient;
  readonly people: People;
  readonly workspace: Workspace;
  /** Where people reach Lull over HTTP, without a slash at the end. */
  readonly publicUrl: string;
  readonly log: Logger;
}

/** Answers one person, unseen by the others; `replace` puts the answer where the pressed button was. */
export type Reply = (message: Message, how?: { replace?: boolean }) => Promise<void>;

/** How long the delivery of an answer may take (milliseconds). */
const TIMEOUT = 10_000;

/**
 * Answers at a `response_url` of Slack's, which takes five answers within 30 minutes. One that cannot be delivered is
 * logged, for there is nobody left to tell.
 */
export function createReply(responseUrl: string, log: Logger): Reply {
  return async ({ text, blocks }, how) => {
    try {
      const answered = await fetch(responseUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: how?.replace ?? false, text, blocks }),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      if (!answered.ok) log.warn({ status: answered.status }, 'Slack did not take an answer');
    } catch (error) {
      log.warn({ error }, 'an answer could not be delivered to Slack');
    }
  };
}

/** Runs the work of a listener and answers with its error, if there is one. */
export async function withErrorReply(log: Logger, reply: Reply, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await reply(failureMessage(log, error));
  }
}

/** Why something cannot be done, as plain text; undefined for a fault of Lull. */
export function userErrorText(error: unknown): string | undefined {
  if (error instanceof UserError) return slackErrorText(error);
  return error instanceof ReplyError ? error.message : undefined;
}

/** An error as a person reads it. Faults are logged, and their answer carries what finds them in the log. */
export function failureMessage(log: Logger, error: unknown): Message {
  const text = userErrorText(error);
  if (text !== undefined) return successMessage(escapeMrkdwn(text));
  if (slackError(error) === 'expired_trigger_id') {
    return successMessage(
      'Slack waits three seconds for a form, and it took longer. Nothing was changed; try once more.',
    );
  }
  const reference = Date.now().toString(36).toUpperCase();
  log.error({ error, reference }, 'a request from Slack failed');
  return successMessage(
    `Something went wrong inside Lull, and nothing was changed. Try again; if it stays so, tell whoever runs Lull the reference ${reference}.`,
  );
}
