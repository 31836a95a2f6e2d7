/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Channel, Message } from '../../protocol.ts';
import { recall, remember } from '../feed/memory.ts';
import { Menu, type MenuItem } from '../popup/Menu.tsx';
import { PlainText } from '../text/Text.tsx';
import { Composer } from './Composer.tsx';
import { MessageList } from './MessageList.tsx';
import type { Room } from './room.ts';

interface ConversationProps {
  readonly room: Room;
  readonly messages: readonly Message[];
  readonly channel: Channel;
  /** The tabs of the conversation with the app. */
  readonly tabs?: ComponentChildren;
}

/** What a newcomer is invited to type, where the app knows the command. */
const SENTENCE = '/maintenance api tomorrow 2am for 2h: Postgres upgrade';

/** Whether a message stands in the channel itself and not only in a thread. */
function standsInChannel(message: Message): boolean {
  return message.threadTs === undefined || message.threadTs === message.ts || message.broadcast;
}

function ChannelMenu({ room, channel }: { readonly room: Room; readonly channel: Channel }) {
  const { tell } = room.actions;
  const invited: MenuItem[] = room.people
    .filter((person) => person.kind !== 'slackbot' && !channel.members.includes(person.id))
    .map((person) => ({
      key: person.id,
      label: `Invite ${person.realName}`,
      onPick: () => tell({ type: 'invite', channel: channel.id, person: person.id }),
    }));
  const leave: MenuItem = {
    key: 'leave',
    label: 'Leave the channel',
    danger: true,
    onPick: () => tell({ type: 'leave_channel', channel: channel.id }),
  };
  const names = channel.members.map((id) => room.person(id)?.realName ?? id);
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
      items={[...invited, leave]}
    />
  );
}

/** The invitation to try a sentence; one click puts it into the composer. */
function Invitation({ onTry, onDismiss }: { readonly onTry: () => void; readonly onDismiss: () => void }) {
  return (
    <section class="invitation" aria-label="Something to try">
      <span class="invitation-lead">New here? Try</span>
      <button type="button" class="invitation-sentence" onClick={onTry}>
        <code>{SENTENCE}</code>
      </button>
      <button type="button" class="icon-button" aria-label="Hide the example" title="Hide" onClick={onDismiss}>
        <span class="icon icon-close" aria-hidden="true" />
      </button>
    </section>
  );
}

/** A channel or a direct message: who is in it, what was said, and the field to say more. */
export function Conversation({ room, messages: all, channel, tabs }: ConversationProps) {
  const [draft, setDraft] = useState<{ text: string; at: number }>();
  const [tried, setTried] = useState(() => recall('sentence-tried') !== undefined);
  const messages = useMemo(
    () => all.filter((message) => message.channel === channel.id && standsInChannel(message)),
    [all, channel.id],
  );

  // Where reading stopped when the channel was opened: the line stays there while the channel is looked at.
  const newAfter = useRef(channel.lastRead);
  const latest = messages.at(-1)?.ts;
  const { tell } = room.actions;
  useEffect(() => {
    const markRead = () => {
      if (document.visibilityState !== 'visible' || !channel.joined || latest === undefined) return;
      if (channel.unread > 0 || channel.lastRead < latest) tell({ type: 'mark_read', channel: channel.id, ts: latest });
    };
    markRead();
    document.addEventListener('visibilitychange', markRead);
    return () => document.removeEventListener('visibilitychange', markRead);
  }, [tell, channel.id, channel.joined, channel.lastRead, channel.unread, latest]);

  const endInvitation = () => {
    remember('sentence-tried', 'yes');
    setTried(true);
  };
  const knowsSentence = room.app.commands.some((each) => SENTENCE.startsWith(`${each.command} `));
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
        {channel.kind !== 'dm' && channel.joined && <ChannelMenu room={room} channel={channel} />}
      </header>
      <MessageList
        key={channel.id}
        room={room}
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
          {!tried && knowsSentence && (
            <Invitation
              onTry={() => {
                setDraft({ text: SENTENCE, at: Date.now() });
                endInvitation();
              }}
              onDismiss={endInvitation}
            />
          )}
          <Composer
            key={channel.id}
            room={room}
            channel={channel}
            placeholder={`Message ${title}`}
            draft={draft}
            onCommand={endInvitation}
          />
        </div>
      ) : (
        <div class="foot join">
          <span>You are looking at #{channel.name}.</span>
          <button
            type="button"
            class="button primary"
            onClick={() => tell({ type: 'join_channel', channel: channel.id })}
          >
            Join the channel
          </button>
        </div>
      )}
    </>
  );
}
