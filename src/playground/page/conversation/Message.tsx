/** @jsxImportSource preact */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { AppInfo, Channel, Message, Person } from '../../protocol.ts';
import { Blocks } from '../blocks/Blocks.tsx';
import { useSurfaceState } from '../blocks/useSurfaceState.ts';
import { SurfaceContext, useWorkspace } from '../contexts.ts';
import type { Actions } from '../feed/usePlayground.ts';
import { fullDate, timeOfDay } from '../text/dates.ts';
import { toTypedText } from '../text/mrkdwn.ts';
import { Emoji, MrkdwnText } from '../text/Text.tsx';
import { Avatar } from '../widgets/controls.tsx';
import { Menu, type MenuItem } from '../widgets/Menu.tsx';

/** What conversations and messages need from the app shell. It changes only when one of its parts does. */
export interface MessageContext {
  readonly actions: Actions;
  readonly app: AppInfo;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly me: Person;
  readonly person: (id: string) => Person | undefined;
  readonly openThread: (message: Message) => void;
  readonly react: (message: Message, name: string, on: boolean) => void;
  readonly dismiss: (message: Message) => void;
}

interface MessageProps {
  readonly context: MessageContext;
  readonly message: Message;
  /** Shown without its author, because the message above has the same one. */
  readonly grouped: boolean;
  readonly inThread: boolean;
}

/** Converts a Slack `ts` to epoch milliseconds. */
export function toEpochMs(ts: string): number {
  return Number(ts) * 1000;
}

function MessageBody({ context, message }: { readonly context: MessageContext; readonly message: Message }) {
  const place = { in: 'message', channel: message.channel, ts: message.ts } as const;
  const { surface, problem } = useSurfaceState(context.actions, place, message);
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

function Reactions({ context, message }: { readonly context: MessageContext; readonly message: Message }) {
  const { personName } = useWorkspace();
  if (message.reactions.length === 0) return null;
  return (
    <div class="reactions">
      {message.reactions.map(({ name, users }) => {
        const mine = users.includes(context.me.id);
        const who = users.map((id) => (id === context.me.id ? 'you' : (personName(id) ?? id))).join(', ');
        return (
          <button
            key={name}
            type="button"
            class="reaction"
            aria-pressed={mine}
            aria-label={`${name.replaceAll('_', ' ')}, ${users.length}: ${who}`}
            title={who}
            onClick={() => context.react(message, name, !mine)}
          >
            <Emoji name={name} /> {users.length}
          </button>
        );
      })}
      <ReactionPicker context={context} message={message} className="reaction reaction-add" />
    </div>
  );
}

function ThreadSummary({ context, message }: { readonly context: MessageContext; readonly message: Message }) {
  const { viewer } = useWorkspace();
  const { thread } = message;
  if (!thread || thread.replies === 0) return null;
  return (
    <button type="button" class="thread-summary" onClick={() => context.openThread(message)}>
      <span class="thread-faces" aria-hidden="true">
        {thread.users.slice(0, 3).map((id) => (
          <Avatar key={id} person={context.person(id)} small />
        ))}
      </span>
      <strong>
        {thread.replies} {thread.replies === 1 ? 'reply' : 'replies'}
      </strong>
      <span class="muted">last at {timeOfDay(toEpochMs(thread.latest), viewer)}</span>
    </button>
  );
}

function Byline({ message, author }: { readonly message: Message; readonly author: Person | undefined }) {
  const { viewer } = useWorkspace();
  const at = toEpochMs(message.ts);
  return (
    <div class="byline">
      <strong class="author">{message.authorName}</strong>
      {author && author.kind !== 'person' && <span class="badge">App</span>}
      <time class="muted" dateTime={new Date(at).toISOString()} title={fullDate(at, viewer)}>
        {timeOfDay(at, viewer)}
      </time>
    </div>
  );
}

/** One message with its blocks, reactions, thread summary and actions. */
export function MessageView({ context, message, grouped, inThread }: MessageProps) {
  const { viewer } = useWorkspace();
  const [editing, setEditing] = useState(false);
  const author = context.person(message.author);
  const at = toEpochMs(message.ts);

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
      class={`message ${grouped ? 'message-follows' : ''} ${message.ephemeral ? 'message-ephemeral' : ''}`}
      data-ts={message.ts}
    >
      <span class="gutter">
        {grouped ? (
          <time class="side-time" dateTime={new Date(at).toISOString()} title={fullDate(at, viewer)}>
            {timeOfDay(at, viewer)}
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
            <button type="button" class="link" onClick={() => context.dismiss(message)}>
              Dismiss
            </button>
          </p>
        )}
        {!grouped && <Byline message={message} author={author} />}
        {isBroadcast && (
          <p class="broadcast-note">
            replied to{' '}
            <button type="button" class="link" onClick={() => context.openThread(message)}>
              a thread
            </button>
          </p>
        )}
        {editing ? (
          <MessageEditor context={context} message={message} onDone={() => setEditing(false)} />
        ) : (
          <MessageBody context={context} message={message} />
        )}
        {message.broadcast && inThread && <p class="broadcast-note">also sent to the channel</p>}
        <Reactions context={context} message={message} />
        {!inThread && <ThreadSummary context={context} message={message} />}
      </div>
      {!message.ephemeral && !editing && (
        <MessageActions context={context} message={message} inThread={inThread} onEdit={() => setEditing(true)} />
      )}
    </li>
  );
}

const COMMON_REACTIONS = [
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
  readonly context: MessageContext;
  readonly message: Message;
  readonly className: string;
}

export function ReactionPicker({ context, message, className }: PickerProps) {
  const mine = (name: string) =>
    message.reactions.some((reaction) => reaction.name === name && reaction.users.includes(context.me.id));
  return (
    <Menu
      label="Add a reaction"
      className={className}
      layout="grid"
      face={<span class="icon icon-react" aria-hidden="true" />}
      items={COMMON_REACTIONS.map((name) => ({
        key: name,
        label: <Emoji name={name} />,
        onPick: () => context.react(message, name, !mine(name)),
      }))}
    />
  );
}

interface ActionsProps {
  readonly context: MessageContext;
  readonly message: Message;
  readonly inThread: boolean;
  readonly onEdit: () => void;
}

/** The toolbar of a message: react, reply, and a menu with the app's message shortcuts. */
export function MessageActions({ context, message, inThread, onEdit }: ActionsProps) {
  const { app, actions } = context;
  const { channel, ts } = message;
  const shortcuts: MenuItem[] = app.shortcuts
    .filter((shortcut) => shortcut.type === 'message')
    .map((shortcut) => ({
      key: shortcut.callbackId,
      label: shortcut.name,
      detail: `${app.name} · ${shortcut.description}`,
      onPick: () => actions.requestOrNotify({ type: 'message_shortcut', callbackId: shortcut.callbackId, channel, ts }),
    }));
  const own: MenuItem[] =
    message.author === context.me.id
      ? [
          { key: 'edit', label: 'Edit message', onPick: onEdit },
          {
            key: 'delete',
            label: 'Delete message',
            danger: true,
            onPick: () => actions.requestOrNotify({ type: 'delete_message', channel, ts }),
          },
        ]
      : [];
  const reply: MenuItem[] = inThread
    ? []
    : [{ key: 'reply', label: 'Reply in a thread', onPick: () => context.openThread(message) }];
  const items = [...reply, ...shortcuts, ...own];
  return (
    <div class="message-actions">
      <ReactionPicker context={context} message={message} className="icon-button" />
      {!inThread && (
        <button
          type="button"
          class="icon-button reply-button"
          aria-label="Reply in a thread"
          title="Reply in a thread"
          onClick={() => context.openThread(message)}
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

interface EditorProps {
  readonly context: MessageContext;
  readonly message: Message;
  readonly onDone: () => void;
}

/** Edits one's own message: Enter saves, Esc cancels. */
export function MessageEditor({ context, message, onDone }: EditorProps) {
  const { people, channels } = context;
  const [text, setText] = useState(() => toTypedText(message.text, people, channels));
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);

  const save = async () => {
    if (!text.trim()) return;
    const { channel, ts } = message;
    await context.actions.requestOrNotify({ type: 'edit_message', channel, ts, text });
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
