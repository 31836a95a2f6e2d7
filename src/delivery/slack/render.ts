import { approvalRequest } from '../../approvals/slack/messages.ts';
import { commentNote, withdrawnComment } from '../../comments/slack/forms.ts';
import { announcement, withdrawnMessage } from '../../maintenance/slack/announcement.ts';
import { threadNote } from '../../maintenance/slack/note.ts';
import { noticeMessage } from '../../maintenance/slack/notice.ts';
import type { Message } from '../../slack/blocks.ts';
import type { ChannelMessage } from '../channel.ts';

export function renderMessage(message: ChannelMessage): Message | undefined {
  switch (message.type) {
    case 'announcement':
      return announcement(message.maintenance, message);
    case 'withdrawn-announcement':
      return withdrawnMessage;
    case 'event':
      return threadNote(message.event, message.audience);
    case 'comment':
      return commentNote(message.comment, message.audience);
    case 'withdrawn-comment':
      return withdrawnComment;
    case 'notice':
      return noticeMessage(message.maintenance, message.event, message.recipient);
    case 'approval-request':
      return approvalRequest(message.maintenance, message.approval);
    default:
      return message satisfies never;
  }
}
