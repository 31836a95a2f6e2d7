/** @jsxImportSource preact */
import type { Message } from '../../protocol.ts';
import { Menu, type MenuItem } from '../popup/Menu.tsx';
import { Emoji } from '../text/Text.tsx';
import type { Room } from './room.ts';

const OFTEN = [
  'white_check_mark',
  'eyes',
  '+1',
  'tada',
  'pray',
  'heart',
  'rocket',
  'construction',
  'warning',
  'thinking_face',
];

interface PickerProps {
  readonly room: Room;
  readonly message: Message;
  readonly className: string;
}

export function ReactionPicker({ room, message, className }: PickerProps) {
  const mine = (name: string) =>
    message.reactions.some((reaction) => reaction.name === name && reaction.users.includes(room.me.id));
  return (
    <Menu
      label="Add a reaction"
      className={className}
      layout="grid"
      face={<span class="icon icon-react" aria-hidden="true" />}
      items={OFTEN.map((name) => ({
        key: name,
        label: <Emoji name={name} />,
        onPick: () => room.react(message, name, !mine(name)),
      }))}
    />
  );
}

interface ActionsProps {
  readonly room: Room;
  readonly message: Message;
  readonly inThread: boolean;
  readonly onEdit: () => void;
}

/** The bar over a message: react, reply, and a menu with the app's message shortcuts. */
export function MessageActions({ room, message, inThread, onEdit }: ActionsProps) {
  const { app, actions } = room;
  const { channel, ts } = message;
  const shortcuts: MenuItem[] = app.shortcuts
    .filter((shortcut) => shortcut.type === 'message')
    .map((shortcut) => ({
      key: shortcut.callbackId,
      label: shortcut.name,
      detail: `${app.name} · ${shortcut.description}`,
      onPick: () => actions.tell({ type: 'message_shortcut', callbackId: shortcut.callbackId, channel, ts }),
    }));
  const own: MenuItem[] =
    message.author === room.me.id
      ? [
          { key: 'edit', label: 'Edit message', onPick: onEdit },
          {
            key: 'delete',
            label: 'Delete message',
            danger: true,
            onPick: () => actions.tell({ type: 'delete_message', channel, ts }),
          },
        ]
      : [];
  const reply: MenuItem[] = inThread
    ? []
    : [{ key: 'reply', label: 'Reply in a thread', onPick: () => room.openThread(message) }];
  const items = [...reply, ...shortcuts, ...own];
  return (
    <div class="message-actions">
      <ReactionPicker room={room} message={message} className="icon-button" />
      {!inThread && (
        <button
          type="button"
          class="icon-button reply-button"
          aria-label="Reply in a thread"
          title="Reply in a thread"
          onClick={() => room.openThread(message)}
        >
          <span class="icon icon-reply" aria-hidden="true" />
        </button>
      )}
      {items.length > 0 && (
        <Menu label="More actions on this message" face={<span class="dots" aria-hidden="true" />} items={items} />
      )}
    </div>
  );
}
