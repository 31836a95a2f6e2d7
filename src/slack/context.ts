import type { ModalView } from '@slack/types';
import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { UserError } from '../core/errors.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { slackErrorText } from '../texts/slack-errors.ts';
import { sharedForms } from '../texts/slack-forms.ts';
import { kitMessages } from '../texts/slack-messages.ts';
import { escapeMrkdwn, type Message, successMessage } from './blocks.ts';
import { slackError } from './connection/client.ts';
import type { Workspace } from './connection/workspace.ts';
import { ReplyError } from './form.ts';
import type { People } from './people.ts';

export interface SlackContext {
  readonly ctx: ActionContext;
  readonly client: WebClient;
  readonly people: People;
  readonly workspace: Workspace;
  /** Where people reach Lull over HTTP, without a slash at the end. */
  readonly publicUrl: string;
  readonly log: Logger;
}

/** Answers one person, invisible to others; `replace` replaces the message of the pressed button. */
export type Reply = (message: Message, how?: { replace?: boolean }) => Promise<void>;

const TIMEOUT_MS = 10_000;

/** Answers at a `response_url`, which takes five answers within 30 minutes. A failure is logged. */
export function createReply(responseUrl: string, log: Logger): Reply {
  return async ({ text, blocks }, how) => {
    try {
      const answered = await fetch(responseUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: how?.replace ?? false, text, blocks }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!answered.ok) log.warn({ status: answered.status }, 'Slack did not take an answer');
    } catch (error) {
      log.warn({ error }, 'an answer could not be delivered to Slack');
    }
  };
}

export async function withErrorReply(log: Logger, reply: Reply, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await reply(failureMessage(log, error));
  }
}

/** The text of an error for the person, as plain text; undefined for a fault of Lull. */
export function userErrorText(error: unknown): string | undefined {
  if (error instanceof UserError) return slackErrorText(error);
  return error instanceof ReplyError ? error.message : undefined;
}

/** The message of an error. A fault is logged, and its message has a reference to find it in the log. */
export function failureMessage(log: Logger, error: unknown): Message {
  const text = userErrorText(error);
  if (text !== undefined) return successMessage(escapeMrkdwn(text));
  if (error instanceof WebAPIRateLimitedError) return successMessage(kitMessages.limited(error.retryAfter));
  if (slackError(error) === 'expired_trigger_id') return successMessage(kitMessages.answeredLate);
  const reference = Date.now().toString(36).toUpperCase();
  log.error({ error, reference }, 'a request from Slack failed');
  return successMessage(kitMessages.fault(reference));
}

/** A message as a dialog, without its buttons, whose answers would have no place. */
export function messageDialog({ blocks }: Message, title = 'Lull'): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: title },
    close: { type: 'plain_text', text: sharedForms.close },
    blocks: blocks.filter(({ type }) => type !== 'actions'),
  };
}

/** Where there is no conversation to answer in. Serves once, within three seconds. `push`: on top of the open view. */
export function replyInDialog(client: WebClient, triggerId: string, log: Logger, how: 'open' | 'push' = 'open'): Reply {
  return async (message) => {
    try {
      const view = messageDialog(message, how === 'push' ? sharedForms.notDone : undefined);
      await client.views[how]({ trigger_id: triggerId, view });
    } catch (error) {
      log.warn({ error }, 'an answer could not be shown in Slack');
    }
  };
}
