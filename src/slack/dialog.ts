import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Message } from './blocks.ts';
import type { Reply } from './context.ts';

/** A message as a dialog. Without its buttons, for an answer to them would have no place. */
export function messageDialog({ blocks }: Message, title = 'Lull'): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: title },
    close: { type: 'plain_text', text: 'Close' },
    blocks: blocks.filter(({ type }) => type !== 'actions'),
  };
}

/** Answers with a dialog, where there is no conversation to answer in. Serves once, within three seconds. */
export function replyInDialog(client: WebClient, triggerId: string, log: Logger): Reply {
  return async (message) => {
    try {
      await client.views.open({ trigger_id: triggerId, view: messageDialog(message) });
    } catch (error) {
      log.warn({ error }, 'an answer could not be shown in Slack');
    }
  };
}
