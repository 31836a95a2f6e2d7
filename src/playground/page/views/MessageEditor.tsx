/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../protocol.ts';
import { fromMrkdwn } from '../compose/mrkdwn.ts';
import type { Room } from './room.ts';

interface EditorProps {
  readonly room: Room;
  readonly message: Message;
  readonly onDone: () => void;
}

/** One's own message, being changed: Enter saves, Esc leaves it as it was. */
export function MessageEditor({ room, message, onDone }: EditorProps) {
  const { people, channels } = room;
  const [text, setText] = useState(() => fromMrkdwn(message.text, people, channels));
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);

  const save = async () => {
    if (!text.trim()) return;
    const { channel, ts } = message;
    await room.actions.tell({ type: 'edit_message', channel, ts, text });
    onDone();
  };
  return (
    <div class="editor">
      <textarea
        ref={field}
        aria-label="Edit the message"
        rows={2}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone();
          else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) save();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div class="editor-buttons">
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
        <button type="button" class="button primary" onClick={save}>
          Save
        </button>
      </div>
    </div>
  );
}
