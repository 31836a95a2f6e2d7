/** @jsxImportSource preact */
import type { Channel, Snapshot } from '../../protocol.ts';
import { Menu } from '../popup/Menu.tsx';
import { Avatar } from './Avatar.tsx';
import { closeOnEscape } from './panel.ts';

interface SidebarProps {
  readonly snapshot: Snapshot;
  readonly place: string;
  readonly onOpen: (place: string) => void;
  readonly onNewChannel: () => void;
  readonly onOpenDm: (person: string) => void;
  /** On a phone, where it covers the conversation. */
  readonly onClose: () => void;
}

function byName(one: Channel, other: Channel): number {
  return one.name.localeCompare(other.name);
}

function unreadWords(channel: Channel): string {
  if (channel.unread === 0) return '';
  const mentions = channel.mentions > 0 ? `, ${channel.mentions} for you` : '';
  return `, ${channel.unread} unread${mentions}`;
}

export function Sidebar({ snapshot, place, onOpen, onNewChannel, onOpenDm, onClose }: SidebarProps) {
  const { channels, app, people, me } = snapshot;
  const open = channels.filter((channel) => !channel.archived);
  const joined = open.filter((channel) => channel.kind !== 'dm' && channel.joined).sort(byName);
  const others = open.filter((channel) => channel.kind === 'public' && !channel.joined).sort(byName);
  const dms = open.filter((channel) => channel.kind === 'dm');
  const person = (id: string | undefined) => people.find((each) => each.id === id);

  const entry = (channel: Channel) => (
    <li key={channel.id}>
      <button
        type="button"
        class={`place ${channel.unread > 0 ? 'place-unread' : ''} ${channel.joined ? '' : 'place-other'}`}
        aria-current={place === channel.id ? 'page' : undefined}
        aria-label={`${channel.kind === 'dm' ? '' : 'Channel '}${channel.name}${unreadWords(channel)}`}
        onClick={() => onOpen(channel.id)}
      >
        {channel.kind === 'dm' ? (
          <Avatar person={person(channel.with)} small />
        ) : (
          <span class={`icon ${channel.kind === 'private' ? 'icon-lock' : 'icon-hash'}`} aria-hidden="true" />
        )}
        <span class="place-name">{channel.name}</span>
        {channel.mentions > 0 ? (
          <span class="count">{channel.mentions}</span>
        ) : (
          channel.unread > 0 && <span class="dot" />
        )}
      </button>
    </li>
  );

  return (
    <nav class="sidebar" aria-label="Channels and direct messages" onKeyDown={closeOnEscape(onClose)}>
      <div class="sidebar-group">
        <div class="sidebar-head">
          <h2 id="side-channels">Channels</h2>
          <button type="button" class="icon-button" aria-label="New channel" title="New channel" onClick={onNewChannel}>
            <span class="icon icon-plus" aria-hidden="true" />
          </button>
        </div>
        <ul aria-labelledby="side-channels">{joined.map(entry)}</ul>
        {others.length > 0 && (
          <details class="more-channels">
            <summary>
              {others.length} more {others.length === 1 ? 'channel' : 'channels'}
            </summary>
            <ul aria-label="Channels not joined">{others.map(entry)}</ul>
          </details>
        )}
      </div>
      <div class="sidebar-group">
        <div class="sidebar-head">
          <h2 id="side-dms">Direct messages</h2>
          <Menu
            label="New direct message"
            face={<span class="icon icon-plus" aria-hidden="true" />}
            items={people
              .filter((each) => each.kind !== 'slackbot' && each.id !== me)
              .map((each) => ({
                key: each.id,
                label: each.realName,
                detail: each.title,
                onPick: () => onOpenDm(each.id),
              }))}
          />
        </div>
        <ul aria-labelledby="side-dms">
          {!dms.some((dm) => dm.with === app.botUserId) && (
            <li>
              <button type="button" class="place" onClick={() => onOpenDm(app.botUserId)}>
                <Avatar person={person(app.botUserId)} small />
                <span class="place-name">{app.name}</span>
              </button>
            </li>
          )}
          {dms.map(entry)}
        </ul>
      </div>
      <div class="sidebar-group">
        <div class="sidebar-head">
          <h2 id="side-apps">App</h2>
        </div>
        <ul aria-labelledby="side-apps">
          {app.homeTab && (
            <li>
              <button
                type="button"
                class="place"
                aria-current={place === 'home' ? 'page' : undefined}
                onClick={() => onOpen('home')}
              >
                <span class="icon icon-home" aria-hidden="true" />
                <span class="place-name">{app.name} home</span>
              </button>
            </li>
          )}
          <li class={`app-state ${app.connected ? 'app-up' : 'app-down'}`}>
            <span class="state-dot" aria-hidden="true" />
            {app.connected ? `${app.name} is connected` : `${app.name} is not connected`}
          </li>
        </ul>
      </div>
    </nav>
  );
}
