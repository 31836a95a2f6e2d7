/** @jsxImportSource preact */
import type { Person, Snapshot } from '../../protocol.ts';
import { useNow } from '../feed/useNow.ts';
import type { Playground } from '../feed/usePlayground.ts';
import { Clock } from './Clock.tsx';
import { PersonMenu } from './PersonMenu.tsx';
import type { Theme } from './theme.ts';

interface TopBarProps {
  readonly playground: Playground;
  readonly snapshot: Snapshot;
  readonly me: Person;
  readonly theme: Theme;
  readonly onToggleTheme: () => void;
  readonly inspecting: boolean;
  readonly onToggleInspector: () => void;
  readonly sidebarOpen: boolean;
  readonly onToggleSidebar: () => void;
}

export function TopBar(props: TopBarProps) {
  const { playground, snapshot, me } = props;
  const now = useNow(playground.state, 60_000);
  const otherTheme = props.theme === 'dark' ? 'Light theme' : 'Dark theme';
  return (
    <header class="topbar">
      <button
        type="button"
        class="icon-button sidebar-button"
        aria-label="Channels"
        title="Channels"
        aria-expanded={props.sidebarOpen}
        onClick={props.onToggleSidebar}
      >
        <span class="icon icon-list" aria-hidden="true" />
      </button>
      <h1 class="brand">
        <span class="brand-mark" aria-hidden="true" />
        <span class="brand-name">{snapshot.app.name}</span>
        <span class="brand-note">playground</span>
      </h1>
      <Clock playground={playground} me={me} />
      <div class="topbar-end">
        <button
          type="button"
          class="icon-button inspector-button"
          aria-pressed={props.inspecting}
          aria-label="Inspector"
          title="Inspector: the requests between the workspace and the app"
          onClick={props.onToggleInspector}
        >
          <span class="icon icon-inspect" aria-hidden="true" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={otherTheme}
          title={otherTheme}
          onClick={props.onToggleTheme}
        >
          <span class={`icon ${props.theme === 'dark' ? 'icon-sun' : 'icon-moon'}`} aria-hidden="true" />
        </button>
        <PersonMenu snapshot={snapshot} me={me} now={now} onChoose={playground.actions.beSomeoneElse} />
      </div>
    </header>
  );
}
