/** @jsxImportSource preact */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Channel, ConfirmDialog, Message, Person, Snapshot } from '../protocol.ts';
import { Home, Modal } from './blocks/AppViews.tsx';
import { type ConversationChoice, type Workspace, WorkspaceContext } from './contexts.ts';
import { ConversationPane, Thread } from './conversation/ConversationPane.tsx';
import type { MessageContext } from './conversation/Message.tsx';
import type { Notice } from './feed/state.ts';
import { type Playground, useNow, usePlayground } from './feed/usePlayground.ts';
import { loadPreference, savePreference, useTheme } from './preferences.ts';
import { Inspector } from './shell/Inspector.tsx';
import { type Route, useRoute } from './shell/route.ts';
import { NewChannel, Sidebar } from './shell/Sidebar.tsx';
import { TopBar } from './shell/TopBar.tsx';
import { toPlainText } from './text/mrkdwn.ts';
import { Segments } from './widgets/controls.tsx';
import { Confirm } from './widgets/Dialog.tsx';

/**
 * Announces messages that arrive in other conversations to screen readers. The list of the open conversation announces
 * its own.
 */
export function useAnnouncement(snapshot: Snapshot, workspace: Workspace, place: string): string {
  const [words, setWords] = useState('');
  const previous = useRef<{ me: string; keys: ReadonlySet<string> }>(undefined);

  useEffect(() => {
    const key = (message: Message) => `${message.channel}/${message.ts}`;
    const before = previous.current;
    previous.current = { me: snapshot.me, keys: new Set(snapshot.messages.map(key)) };
    if (before?.me !== snapshot.me) return;
    const arrived = snapshot.messages.filter(
      (message) => !before.keys.has(key(message)) && message.author !== snapshot.me && message.channel !== place,
    );
    const latest = arrived.at(-1);
    if (!latest) return;
    const channel = snapshot.channels.find((each) => each.id === latest.channel);
    const where = channel?.kind === 'dm' ? 'to you' : `in ${channel?.name ?? 'a channel'}`;
    setWords(`${latest.authorName} ${where}: ${toPlainText(latest.text, workspace)}`);
  }, [snapshot.messages]);

  return words;
}

/** How long a notice is shown. */
const NOTICE_MS = 12_000;

function NoticeView({ notice, onDismiss }: { readonly notice: Notice; readonly onDismiss: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(notice.id), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice.id, onDismiss]);
  return (
    <li class="notice">
      <span>{notice.text}</span>
      <button
        type="button"
        class="icon-button"
        aria-label="Dismiss"
        title="Dismiss"
        onClick={() => onDismiss(notice.id)}
      >
        <span class="icon icon-close" aria-hidden="true" />
      </button>
    </li>
  );
}

interface NoticesProps {
  readonly notices: readonly Notice[];
  readonly onDismiss: (id: number) => void;
}

export function Notices({ notices, onDismiss }: NoticesProps) {
  return (
    <div class="notices" role="status">
      <ul>
        {notices.map((notice) => (
          <NoticeView key={notice.id} notice={notice} onDismiss={onDismiss} />
        ))}
      </ul>
    </div>
  );
}

interface PendingConfirm {
  readonly dialog: ConfirmDialog;
  readonly answer: (yes: boolean) => void;
}

const CONVERSATION_KIND = { public: 'public', private: 'private', dm: 'im' } as const;

function conversationChoices(channels: readonly Channel[]): ConversationChoice[] {
  return channels
    .filter((channel) => !channel.archived)
    .map((channel) => ({
      value: channel.id,
      label: channel.kind === 'dm' ? channel.name : `#${channel.name}`,
      kind: CONVERSATION_KIND[channel.kind],
      ...(channel.topic ? { detail: channel.topic } : {}),
    }));
}

/** The value of `WorkspaceContext`. It changes every minute, because words such as "today" do. */
function useWorkspaceValue(
  playground: Playground,
  snapshot: Snapshot,
  me: Person,
  openChannel: (id: string) => void,
  confirm: Workspace['confirm'],
): Workspace {
  const now = useNow(playground.state, 60_000);
  const { people, channels } = snapshot;
  return useMemo(
    () => ({
      viewer: { zone: me.timeZone, locale: me.locale, now },
      personName: (id) => people.find((person) => person.id === id)?.name,
      channelName: (id) => channels.find((channel) => channel.id === id)?.name,
      openChannel,
      confirm,
      people: people
        .filter((person) => person.kind === 'person')
        .map((person) => ({ value: person.id, label: person.realName, detail: person.title })),
      conversations: conversationChoices(channels),
    }),
    [me.timeZone, me.locale, now, people, channels, openChannel, confirm],
  );
}

/** The channel to show: the requested one, else the first joined one that the app is in, else the first. */
function pickChannel(snapshot: Snapshot, place: string): Channel | undefined {
  const channels = snapshot.channels.filter((channel) => !channel.archived);
  const asked = channels.find((channel) => channel.id === place);
  const { botUserId } = snapshot.app;
  const shared = channels.find(({ kind, joined, members }) => kind !== 'dm' && joined && members.includes(botUserId));
  return asked ?? shared ?? channels.find((channel) => channel.joined) ?? channels[0];
}

function Connected({ playground, snapshot, me }: { playground: Playground; snapshot: Snapshot; me: Person }) {
  const [route, go] = useRoute();
  const [theme, toggleTheme] = useTheme();
  const [inspecting, setInspecting] = useState(() => loadPreference('inspector') === 'open');
  const [sidebarOpen, setSidebarOpen] = useState(false);
  const [makingChannel, setMakingChannel] = useState(false);
  const [pendingConfirm, setPendingConfirm] = useState<PendingConfirm>();
  const { app } = snapshot;

  const goRef = useRef(go);
  goRef.current = go;
  const open = useCallback((place: string) => {
    setSidebarOpen(false);
    goRef.current({ place });
  }, []);
  const confirm = useCallback(
    (dialog: ConfirmDialog) =>
      new Promise<boolean>((resolve) => {
        setPendingConfirm({
          dialog,
          answer: (yes) => {
            setPendingConfirm(undefined);
            resolve(yes);
          },
        });
      }),
    [],
  );
  const workspace = useWorkspaceValue(playground, snapshot, me, open, confirm);

  const atHome = route.place === 'home' && app.homeTab;
  const channel = pickChannel(snapshot, route.place);
  const place = atHome ? 'home' : (channel?.id ?? '');
  const threadTs = atHome ? undefined : route.thread;
  const announcement = useAnnouncement(snapshot, workspace, place);

  const unread = snapshot.channels.reduce((sum, each) => sum + each.mentions, 0);
  const where = atHome ? `${app.name} home` : (channel?.name ?? '');
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${where} · ${app.name} playground`;
  }, [unread, where, app.name]);

  const { requestOrNotify, request, notify } = playground.actions;
  const { people, channels } = snapshot;
  const context: MessageContext = useMemo(
    () => ({
      actions: playground.actions,
      app,
      people,
      channels,
      me,
      person: (id) => people.find((person) => person.id === id),
      openThread: (message: Message) =>
        goRef.current({ place: message.channel, thread: message.threadTs ?? message.ts }),
      react: ({ channel, ts }, name, on) => requestOrNotify({ type: 'react', channel, ts, name, on }),
      dismiss: ({ channel, ts }) => requestOrNotify({ type: 'dismiss_message', channel, ts }),
    }),
    [playground.actions, app, people, channels, me, requestOrNotify],
  );

  const toggleInspector = () => {
    savePreference('inspector', inspecting ? undefined : 'open');
    setInspecting(!inspecting);
  };
  const openDm = (person: string) => {
    request({ type: 'open_dm', person }).then(
      ({ channel: dm }) => dm && open(dm),
      () => notify('The direct message could not be opened. Try again.'),
    );
  };
  const closeThread = () => {
    const { place: back }: Route = route;
    go({ place: back });
    document.querySelector<HTMLElement>('[data-composer]')?.focus();
  };

  const appDm = snapshot.channels.find((each) => each.kind === 'dm' && each.with === app.botUserId);
  const tabs = app.homeTab && (atHome || channel?.id === appDm?.id) && (
    <Segments
      label={app.name}
      current={atHome ? 'home' : 'messages'}
      segments={[
        { key: 'home', label: 'Home', onPick: () => open('home') },
        { key: 'messages', label: 'Messages', onPick: () => (appDm ? open(appDm.id) : openDm(app.botUserId)) },
      ]}
    />
  );

  return (
    <WorkspaceContext.Provider value={workspace}>
      <a class="skip" href="#main">
        Skip to the conversation
      </a>
      <div
        class="frame"
        data-sidebar={sidebarOpen ? 'open' : undefined}
        data-thread={threadTs ? 'open' : undefined}
        data-inspector={inspecting ? 'open' : undefined}
      >
        <TopBar
          playground={playground}
          snapshot={snapshot}
          me={me}
          theme={theme}
          onToggleTheme={toggleTheme}
          inspecting={inspecting}
          onToggleInspector={toggleInspector}
          sidebarOpen={sidebarOpen}
          onToggleSidebar={() => setSidebarOpen(!sidebarOpen)}
        />
        {playground.state.line === 'lost' && (
          <p class="line-lost" role="status">
            <span class="spinner" aria-hidden="true" /> The playground has stopped. Connecting again as soon as it is
            back.
          </p>
        )}
        <Sidebar
          snapshot={snapshot}
          place={place}
          onOpen={open}
          onOpenDm={openDm}
          onClose={() => setSidebarOpen(false)}
          onNewChannel={() => setMakingChannel(true)}
        />
        {sidebarOpen && (
          <button
            type="button"
            class="veil"
            aria-label="Close the list of channels"
            onClick={() => setSidebarOpen(false)}
          />
        )}
        <main class="main" id="main" tabIndex={-1} key={`${me.id}/${place}`}>
          {atHome && (
            <>
              <header class="main-head">
                <h2 class="main-title">{app.name}</h2>
                <p class="topic">{app.description}</p>
                {tabs}
              </header>
              <Home actions={playground.actions} app={app} home={snapshot.home} />
            </>
          )}
          {!atHome && channel && (
            <ConversationPane context={context} messages={snapshot.messages} channel={channel} tabs={tabs} />
          )}
          {!atHome && !channel && <p class="empty">There are no channels yet.</p>}
        </main>
        <div class="panels">
          {threadTs && channel && (
            <Thread
              key={threadTs}
              context={context}
              messages={snapshot.messages}
              channel={channel}
              ts={threadTs}
              onClose={closeThread}
            />
          )}
          {inspecting && (
            <Inspector exchanges={snapshot.exchanges} appName={app.name} zone={me.timeZone} onClose={toggleInspector} />
          )}
        </div>
      </div>
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
      <Notices notices={playground.state.notices} onDismiss={playground.actions.dismissNotice} />
      <Modal actions={playground.actions} stack={snapshot.modal} />
      {makingChannel && (
        <NewChannel actions={playground.actions} onMade={open} onClose={() => setMakingChannel(false)} />
      )}
      {pendingConfirm && <Confirm ask={pendingConfirm.dialog} onAnswer={pendingConfirm.answer} />}
    </WorkspaceContext.Provider>
  );
}

export function App() {
  const playground = usePlayground();
  const { snapshot } = playground.state;
  const me = snapshot?.people.find((person) => person.id === snapshot.me);
  if (!snapshot || !me) {
    return (
      <main class="waiting">
        <span class="brand-mark" aria-hidden="true" />
        <p role="status">Connecting to the playground</p>
      </main>
    );
  }
  return <Connected playground={playground} snapshot={snapshot} me={me} />;
}
