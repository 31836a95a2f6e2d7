/** @jsxImportSource preact */

import { useState } from 'preact/hooks';
import type { Channel, Snapshot } from '../../protocol.ts';
import { type Actions, describeError } from '../feed/usePlayground.ts';
import { Avatar, closeOnEscape } from '../widgets/controls.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { Menu } from '../widgets/Menu.tsx';

interface SidebarProps {
  readonly snapshot: Snapshot;
  readonly place: string;
  readonly onOpen: (place: string) => void;
  readonly onNewChannel: () => void;
  readonly onOpenDm: (person: string) => void;
  /** For phones, where the sidebar covers the conversation. */
  readonly onClose: () => void;
}

function compareNames(one: Channel, other: Channel): number {
  return one.name.localeCompare(other.name);
}

function describeUnread(channel: Channel): string {
  if (channel.unread === 0) return '';
  const mentions = channel.mentions > 0 ? `, ${channel.mentions} for you` : '';
  return `, ${channel.unread} unread${mentions}`;
}

export function Sidebar({ snapshot, place, onOpen, onNewChannel, onOpenDm, onClose }: SidebarProps) {
  const { channels, app, people, me } = snapshot;
  const open = channels.filter((channel) => !channel.archived);
  const joined = open.filter((channel) => channel.kind !== 'dm' && channel.joined).sort(compareNames);
  const others = open.filter((channel) => channel.kind === 'public' && !channel.joined).sort(compareNames);
  const dms = open.filter((channel) => channel.kind === 'dm');
  const person = (id: string | undefined) => people.find((each) => each.id === id);

  const entry = (channel: Channel) => (
    <li key={channel.id}>
      <button
        type="button"
        class={`place ${channel.unread > 0 ? 'place-unread' : ''} ${channel.joined ? '' : 'place-other'}`}
        aria-current={place === channel.id ? 'page' : undefined}
        aria-label={`${channel.kind === 'dm' ? '' : 'Channel '}${channel.name}${describeUnread(channel)}`}
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

interface NewChannelProps {
  readonly actions: Actions;
  readonly onMade: (channel: string) => void;
  readonly onClose: () => void;
}

export function NewChannel({ actions, onMade, onClose }: NewChannelProps) {
  const [name, setName] = useState('');
  const [isPrivate, setPrivate] = useState(false);
  const [problem, setProblem] = useState<string>();
  const make = async () => {
    if (!name) {
      setProblem('A channel needs a name.');
      return;
    }
    try {
      const { channel } = await actions.request({ type: 'create_channel', name, private: isPrivate });
      onClose();
      if (channel) onMade(channel);
    } catch (error) {
      setProblem(describeError(error));
    }
  };
  return (
    <Dialog labelledBy="new-channel-title" className="dialog-small" onClose={onClose}>
      <form
        class="modal-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <header class="dialog-head">
          <h2 id="new-channel-title">New channel</h2>
        </header>
        <div class="dialog-body">
          <div class={`block input ${problem ? 'wrong' : ''}`}>
            <label for="new-channel-name">Name</label>
            <input
              id="new-channel-name"
              type="text"
              autocomplete="off"
              maxLength={80}
              value={name}
              aria-invalid={problem ? true : undefined}
              aria-describedby={problem ? 'new-channel-problem' : undefined}
              onInput={(event) => setName(event.currentTarget.value.toLowerCase().replace(/\s/g, '-'))}
            />
            {problem && (
              <p class="field-error" id="new-channel-problem" role="alert">
                {problem}
              </p>
            )}
          </div>
          <label class="box">
            <input type="checkbox" checked={isPrivate} onChange={(event) => setPrivate(event.currentTarget.checked)} />
            <span class="box-text">
              Private
              <span class="box-detail">Only people who are invited can read it, and the app only when invited.</span>
            </span>
          </label>
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Create
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
