/** @jsxImportSource preact */
import { useMemo } from 'preact/hooks';
import type { Channel, Message } from '../../protocol.ts';
import { Composer } from './Composer.tsx';
import { MessageList } from './MessageList.tsx';
import { closeOnEscape } from './panel.ts';
import type { Room } from './room.ts';

interface ThreadProps {
  readonly room: Room;
  readonly messages: readonly Message[];
  readonly channel: Channel;
  /** `ts` of the message that opened it. */
  readonly ts: string;
  readonly onClose: () => void;
}

/** A thread beside its channel. */
export function Thread({ room, messages: all, channel, ts, onClose }: ThreadProps) {
  const messages = useMemo(
    () => all.filter((message) => message.channel === channel.id && (message.ts === ts || message.threadTs === ts)),
    [all, channel.id, ts],
  );
  return (
    <aside class="panel thread" aria-label="Thread" onKeyDown={closeOnEscape(onClose)}>
      <header class="main-head">
        <h2 class="main-title">Thread</h2>
        <p class="topic">{channel.kind === 'dm' ? channel.name : `#${channel.name}`}</p>
        <button type="button" class="icon-button" aria-label="Close the thread" title="Close" onClick={onClose}>
          <span class="icon icon-close" aria-hidden="true" />
        </button>
      </header>
      <MessageList key={ts} room={room} messages={messages} label="Messages in the thread" inThread={true} />
      {channel.joined && (
        <div class="foot">
          <Composer key={ts} room={room} channel={channel} threadTs={ts} placeholder="Reply" takesFocus={true} />
        </div>
      )}
    </aside>
  );
}
