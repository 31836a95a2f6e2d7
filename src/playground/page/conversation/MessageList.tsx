/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Message } from '../../protocol.ts';
import { useWorkspace } from '../contexts.ts';
import { formatDate, toIsoDay } from '../text/dates.ts';
import { type MessageContext, MessageView, toEpochMs } from './Message.tsx';

/** Messages of one author within this time are grouped. */
const GROUP_WITHIN_MS = 5 * 60_000;

/** A list scrolled this close to its end follows new messages. */
const NEAR_END_PX = 120;

interface ListProps {
  readonly context: MessageContext;
  readonly messages: readonly Message[];
  readonly label: string;
  readonly inThread: boolean;
  /** Later messages are new; `undefined` shows no "New" line. */
  readonly newAfter?: string | undefined;
  /** Shown above the first message. */
  readonly opening?: ComponentChildren;
}

function continuesGroup(message: Message, before: Message | undefined): boolean {
  return (
    before !== undefined &&
    !before.subtype &&
    before.author === message.author &&
    before.authorName === message.authorName &&
    before.ephemeral === message.ephemeral &&
    !message.ephemeral &&
    !message.broadcast &&
    toEpochMs(message.ts) - toEpochMs(before.ts) < GROUP_WITHIN_MS
  );
}

type RowsProps = Pick<ListProps, 'context' | 'messages' | 'inThread' | 'newAfter'>;

function Rows({ context, messages, inThread, newAfter }: RowsProps) {
  const { viewer } = useWorkspace();
  let day = '';
  let markedNew = false;
  return (
    <ol class="messages">
      {messages.map((message, index) => {
        const before = messages[index - 1];
        const messageDay = toIsoDay(toEpochMs(message.ts), viewer.zone);
        const newDay = !inThread && messageDay !== day;
        day = messageDay;
        const isNew =
          !markedNew &&
          newAfter !== undefined &&
          message.ts > newAfter &&
          message.author !== context.me.id &&
          index > 0;
        if (isNew) markedNew = true;
        return [
          newDay && (
            <li class="day" key={`day-${messageDay}`}>
              <span>{formatDate(Number(message.ts), '{day_divider_pretty}', '', viewer)}</span>
            </li>
          ),
          isNew && (
            <li class="new-line" key="new">
              <span>New</span>
            </li>
          ),
          inThread && index === 1 && (
            <li class="day day-replies" key="replies">
              <span>
                {messages.length - 1} {messages.length === 2 ? 'reply' : 'replies'}
              </span>
            </li>
          ),
          <MessageView
            key={`${message.channel}-${message.ts}`}
            context={context}
            message={message}
            inThread={inThread}
            grouped={!newDay && !isNew && !(inThread && index === 1) && continuesGroup(message, before)}
          />,
        ];
      })}
    </ol>
  );
}

/** The messages of a channel or a thread. It announces new ones, and scrolls to them if the end was in view. */
export function MessageList({ context, messages, label, inThread, newAfter, opening }: ListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const last = messages.at(-1);

  const toEnd = () => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
    setBelow(false);
  };

  // Scroll when there is a new last message.
  useLayoutEffect(() => {
    if (atEnd.current || last?.author === context.me.id || last?.ephemeral) toEnd();
    else setBelow(true);
  }, [last?.ts]);

  // Messages also grow through edits, errors and loaded images.
  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    const watch = new ResizeObserver(() => atEnd.current && toEnd());
    watch.observe(content);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  // Memoized, so that keystrokes elsewhere do not render all messages again.
  const rows = useMemo(
    () => <Rows context={context} messages={messages} inThread={inThread} newAfter={newAfter} />,
    [context, messages, inThread, newAfter],
  );
  return (
    <div class="list-frame">
      <div
        class="list-scroll"
        ref={scroller}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
          if (atEnd.current) setBelow(false);
        }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by the keyboard
        tabIndex={0}
        role="log"
        aria-label={label}
        aria-relevant="additions"
      >
        <div class="list-content">
          {opening}
          {rows}
        </div>
      </div>
      {below && (
        <button type="button" class="to-end" onClick={toEnd}>
          New messages below
        </button>
      )}
    </div>
  );
}
