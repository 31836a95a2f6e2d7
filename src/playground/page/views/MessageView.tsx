/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { Message, Person } from '../../protocol.ts';
import { Blocks } from '../blocks/Blocks.tsx';
import { SurfaceContext, useWorkspace } from '../blocks/surface.ts';
import { fullDate, timeOfDay } from '../text/dates.ts';
import { Emoji, MrkdwnText } from '../text/Text.tsx';
import { Avatar } from './Avatar.tsx';
import { MessageActions, ReactionPicker } from './MessageActions.tsx';
import { MessageEditor } from './MessageEditor.tsx';
import type { Room } from './room.ts';
import { useSurfaceOf } from './surfaces.ts';

interface MessageProps {
  readonly room: Room;
  readonly message: Message;
  /** Shown without its author, whose message stands right above. */
  readonly follows: boolean;
  readonly inThread: boolean;
}

/** Epoch milliseconds of a Slack `ts`. */
export function instantOf(ts: string): number {
  return Number(ts) * 1000;
}

function MessageBody({ room, message }: { readonly room: Room; readonly message: Message }) {
  const place = { in: 'message', channel: message.channel, ts: message.ts } as const;
  const { surface, problem } = useSurfaceOf(room.actions, place, message);
  return (
    <>
      {message.blocks.length > 0 ? (
        <SurfaceContext.Provider value={surface}>
          <Blocks blocks={message.blocks} />
        </SurfaceContext.Provider>
      ) : (
        <div class="message-text">
          <MrkdwnText text={message.text} />
        </div>
      )}
      {message.edited && <span class="edited">(edited)</span>}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function Reactions({ room, message }: { readonly room: Room; readonly message: Message }) {
  const { personName } = useWorkspace();
  if (message.reactions.length === 0) return null;
  return (
    <div class="reactions">
      {message.reactions.map(({ name, users }) => {
        const mine = users.includes(room.me.id);
        const who = users.map((id) => (id === room.me.id ? 'you' : (personName(id) ?? id))).join(', ');
        return (
          <button
            key={name}
            type="button"
            class="reaction"
            aria-pressed={mine}
            aria-label={`${name.replaceAll('_', ' ')}, ${users.length}: ${who}`}
            title={who}
            onClick={() => room.react(message, name, !mine)}
          >
            <Emoji name={name} /> {users.length}
          </button>
        );
      })}
      <ReactionPicker room={room} message={message} className="reaction reaction-add" />
    </div>
  );
}

function ThreadSummary({ room, message }: { readonly room: Room; readonly message: Message }) {
  const { onlooker } = useWorkspace();
  const { thread } = message;
  if (!thread || thread.replies === 0) return null;
  return (
    <button type="button" class="thread-summary" onClick={() => room.openThread(message)}>
      <span class="thread-faces" aria-hidden="true">
        {thread.users.slice(0, 3).map((id) => (
          <Avatar key={id} person={room.person(id)} small />
        ))}
      </span>
      <strong>
        {thread.replies} {thread.replies === 1 ? 'reply' : 'replies'}
      </strong>
      <span class="muted">last at {timeOfDay(instantOf(thread.latest), onlooker)}</span>
    </button>
  );
}

function Byline({ message, author }: { readonly message: Message; readonly author: Person | undefined }) {
  const { onlooker } = useWorkspace();
  const at = instantOf(message.ts);
  return (
    <div class="byline">
      <strong class="author">{message.authorName}</strong>
      {author && author.kind !== 'person' && <span class="badge">App</span>}
      <time class="muted" dateTime={new Date(at).toISOString()} title={fullDate(at, onlooker)}>
        {timeOfDay(at, onlooker)}
      </time>
    </div>
  );
}

/** One message with everything on it: blocks, reactions, its thread, and what can be done with it. */
export function MessageView({ room, message, follows, inThread }: MessageProps) {
  const { onlooker } = useWorkspace();
  const [editing, setEditing] = useState(false);
  const author = room.person(message.author);
  const at = instantOf(message.ts);

  if (message.subtype) {
    return (
      <li class="message message-system" data-ts={message.ts}>
        <span class="gutter" />
        <div class="message-main muted">
          <MrkdwnText text={message.text} />
        </div>
      </li>
    );
  }

  const isBroadcast = message.broadcast && !inThread;
  return (
    <li
      class={`message ${follows ? 'message-follows' : ''} ${message.ephemeral ? 'message-ephemeral' : ''}`}
      data-ts={message.ts}
    >
      <span class="gutter">
        {follows ? (
          <time class="side-time" dateTime={new Date(at).toISOString()} title={fullDate(at, onlooker)}>
            {timeOfDay(at, onlooker)}
          </time>
        ) : (
          <Avatar person={author} />
        )}
      </span>
      <div class="message-main">
        {message.ephemeral && (
          <p class="only-you">
            <span class="icon icon-eye" aria-hidden="true" /> Only visible to you
            <span aria-hidden="true"> · </span>
            <button type="button" class="link" onClick={() => room.dismiss(message)}>
              Dismiss
            </button>
          </p>
        )}
        {!follows && <Byline message={message} author={author} />}
        {isBroadcast && (
          <p class="broadcast-note">
            replied to{' '}
            <button type="button" class="link" onClick={() => room.openThread(message)}>
              a thread
            </button>
          </p>
        )}
        {editing ? (
          <MessageEditor room={room} message={message} onDone={() => setEditing(false)} />
        ) : (
          <MessageBody room={room} message={message} />
        )}
        {message.broadcast && inThread && <p class="broadcast-note">also sent to the channel</p>}
        <Reactions room={room} message={message} />
        {!inThread && <ThreadSummary room={room} message={message} />}
      </div>
      {!message.ephemeral && !editing && (
        <MessageActions room={room} message={message} inThread={inThread} onEdit={() => setEditing(true)} />
      )}
    </li>
  );
}
