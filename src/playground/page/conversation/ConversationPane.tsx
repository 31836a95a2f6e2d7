/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Channel, Message } from '../../protocol.ts';
import { loadPreference, savePreference } from '../preferences.ts';
import { PlainText } from '../text/Text.tsx';
import { closeOnEscape } from '../widgets/controls.tsx';
import { Menu, type MenuItem } from '../widgets/Menu.tsx';
import { Composer } from './Composer.tsx';
import type { MessageContext } from './Message.tsx';
import { MessageList } from './MessageList.tsx';

interface ConversationProps {
  readonly context: MessageContext;
  readonly messages: readonly Message[];
  readonly channel: Channel;
  /** Tabs in the conversation with the app. */
  readonly tabs?: ComponentChildren;
}

/** A first command to try, shown if the app has it. */
const EXAMPLE = '/maintenance api tomorrow 2am for 2h: Postgres upgrade';

/** Whether a message is shown in the channel, not only in a thread. */
function isShownInChannel(message: Message): boolean {
  return message.threadTs === undefined || message.threadTs === message.ts || message.broadcast;
}

function ChannelMenu({ context, channel }: { readonly context: MessageContext; readonly channel: Channel }) {
  const { requestOrNotify } = context.actions;
  const invites: MenuItem[] = context.people
    .filter((person) => person.kind !== 'slackbot' && !channel.members.includes(person.id))
    .map((person) => ({
      key: person.id,
      label: `Invite ${person.realName}`,
      onPick: () => requestOrNotify({ type: 'invite', channel: channel.id, person: person.id }),
    }));
  const leave: MenuItem = {
    key: 'leave',
    label: 'Leave the channel',
    danger: true,
    onPick: () => requestOrNotify({ type: 'leave_channel', channel: channel.id }),
  };
  const names = channel.members.map((id) => context.person(id)?.realName ?? id);
  return (
    <Menu
      label={`${channel.members.length} members of ${channel.name}`}
      className="members-button"
      face={
        <>
          <span class="icon icon-people" aria-hidden="true" /> {channel.members.length}
        </>
      }
      heading={names.join(', ')}
      items={[...invites, leave]}
    />
  );
}

/** Offers the example; a click puts it into the composer. */
function ExampleHint({ onTry, onDismiss }: { readonly onTry: () => void; readonly onDismiss: () => void }) {
  return (
    <section class="invitation" aria-label="Something to try">
      <span class="invitation-lead">New here? Try</span>
      <button type="button" class="invitation-sentence" onClick={onTry}>
        <code>{EXAMPLE}</code>
      </button>
      <button type="button" class="icon-button" aria-label="Hide the example" title="Hide" onClick={onDismiss}>
        <span class="icon icon-close" aria-hidden="true" />
      </button>
    </section>
  );
}

/** A channel or a direct message: header, messages and composer. */
export function ConversationPane({ context, messages: all, channel, tabs }: ConversationProps) {
  const [draft, setDraft] = useState<{ text: string; at: number }>();
  const [exampleDismissed, setExampleDismissed] = useState(() => loadPreference('sentence-tried') !== undefined);
  const messages = useMemo(
    () => all.filter((message) => message.channel === channel.id && isShownInChannel(message)),
    [all, channel.id],
  );

  // The "New" line stays where it was when the channel was opened.
  const newAfter = useRef(channel.lastRead);
  const latest = messages.at(-1)?.ts;
  const { requestOrNotify } = context.actions;
  useEffect(() => {
    const markRead = () => {
      if (document.visibilityState !== 'visible' || !channel.joined || latest === undefined) return;
      if (channel.unread > 0 || channel.lastRead < latest)
        requestOrNotify({ type: 'mark_read', channel: channel.id, ts: latest });
    };
    markRead();
    document.addEventListener('visibilitychange', markRead);
    return () => document.removeEventListener('visibilitychange', markRead);
  }, [requestOrNotify, channel.id, channel.joined, channel.lastRead, channel.unread, latest]);

  const dismissExample = () => {
    savePreference('sentence-tried', 'yes');
    setExampleDismissed(true);
  };
  const supportsExample = context.app.commands.some((each) => EXAMPLE.startsWith(`${each.command} `));
  const title = channel.kind === 'dm' ? channel.name : `#${channel.name}`;

  return (
    <>
      <header class="main-head">
        <h2 class="main-title">
          {channel.kind !== 'dm' && (
            <span class={`icon ${channel.kind === 'private' ? 'icon-lock' : 'icon-hash'}`} aria-hidden="true" />
          )}
          {channel.name}
        </h2>
        {channel.topic && (
          <p class="topic">
            <PlainText text={{ text: channel.topic }} />
          </p>
        )}
        {tabs}
        {channel.kind !== 'dm' && channel.joined && <ChannelMenu context={context} channel={channel} />}
      </header>
      <MessageList
        key={channel.id}
        context={context}
        messages={messages}
        label={`Messages in ${title}`}
        inThread={false}
        newAfter={newAfter.current === '0' ? undefined : newAfter.current}
        opening={
          <p class="opening">
            {channel.kind === 'dm'
              ? `This is the beginning of your messages with ${channel.name}.`
              : `This is the beginning of #${channel.name}.`}
          </p>
        }
      />
      {channel.joined ? (
        <div class="foot">
          {!exampleDismissed && supportsExample && (
            <ExampleHint
              onTry={() => {
                setDraft({ text: EXAMPLE, at: Date.now() });
                dismissExample();
              }}
              onDismiss={dismissExample}
            />
          )}
          <Composer
            key={channel.id}
            context={context}
            channel={channel}
            placeholder={`Message ${title}`}
            draft={draft}
            onCommand={dismissExample}
          />
        </div>
      ) : (
        <div class="foot join">
          <span>You are looking at #{channel.name}.</span>
          <button
            type="button"
            class="button primary"
            onClick={() => requestOrNotify({ type: 'join_channel', channel: channel.id })}
          >
            Join the channel
          </button>
        </div>
      )}
    </>
  );
}

interface ThreadProps {
  readonly context: MessageContext;
  readonly messages: readonly Message[];
  readonly channel: Channel;
  /** `ts` of the thread's first message. */
  readonly ts: string;
  readonly onClose: () => void;
}

/** The panel with a thread. */
export function Thread({ context, messages: all, channel, ts, onClose }: ThreadProps) {
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
      <MessageList key={ts} context={context} messages={messages} label="Messages in the thread" inThread={true} />
      {channel.joined && (
        <div class="foot">
          <Composer key={ts} context={context} channel={channel} threadTs={ts} placeholder="Reply" takesFocus={true} />
        </div>
      )}
    </aside>
  );
}
