import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Message } from './blocks.ts';
import type { Reply } from './context.ts';

/** A message as a dialog, without its buttons, whose answers would have no place. */
export function messageDialog({ blocks }: Message, title = 'Lull'): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: title },
    close: { type: 'plain_text', text: 'Close' },
    blocks: blocks.filter(({ type }) => type !== 'actions'),
  };
}

/** Where there is no conversation to answer in. Serves once, within three seconds. `push`: on top of the open view. */
export function replyInDialog(client: WebClient, triggerId: string, log: Logger, how: 'open' | 'push' = 'open'): Reply {
  return async (message) => {
    try {
      const view = messageDialog(message, how === 'push' ? 'Not done' : undefined);
      await client.views[how]({ trigger_id: triggerId, view });
    } catch (error) {
      log.warn({ error }, 'an answer could not be shown in Slack');
    }
  };
}
