/** @jsxImportSource preact */

import { useEffect, useState } from 'preact/hooks';
import type { PageRequest, Person, Snapshot } from '../../protocol.ts';
import { describeError, type Playground, useNow } from '../feed/usePlayground.ts';
import type { Theme } from '../preferences.ts';
import { formatDate, formatZone, fullDate, timeOfDay } from '../text/dates.ts';
import { Avatar } from '../widgets/controls.tsx';
import { Menu } from '../widgets/Menu.tsx';

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
        <PersonMenu snapshot={snapshot} me={me} now={now} onChoose={playground.actions.switchPerson} />
      </div>
    </header>
  );
}

type Move = Extract<PageRequest, { type: 'move_clock' | 'move_clock_to_next_event' }>;

const STEPS: readonly { readonly label: string; readonly long: string; readonly minutes: number }[] = [
  { label: '+15 min', long: 'Move the clock 15 minutes on', minutes: 15 },
  { label: '+1 hour', long: 'Move the clock one hour on', minutes: 60 },
];

/** The playground's clock in the viewer's zone, with the buttons that move it. */
export function Clock({ playground, me }: { readonly playground: Playground; readonly me: Person }) {
  const now = useNow(playground.state, 1000);
  const [moving, setMoving] = useState<string>();
  const [moved, setMoved] = useState(0);
  const clock = playground.state.snapshot?.clock;
  const viewer = { zone: me.timeZone, locale: me.locale, now };
  const next = clock?.nextEvent ? Date.parse(clock.nextEvent) : undefined;

  // Screen readers announce a move, not every minute.
  const [announcement, setAnnouncement] = useState('');
  useEffect(() => {
    if (moved > 0) setAnnouncement(`It is now ${fullDate(now, viewer)}`);
  }, [moved]);

  const move = async (name: string, request: Move) => {
    if (moving) return;
    setMoving(name);
    try {
      await playground.actions.request(request);
      setMoved((count) => count + 1);
    } catch (error) {
      playground.actions.notify(describeError(error));
    }
    setMoving(undefined);
  };

  return (
    <section class="clock" aria-label="Clock">
      <span class="visually-hidden" role="status">
        {announcement}
      </span>
      <div class="clock-now">
        <span class="clock-label">Now</span>
        <time class="clock-time" dateTime={new Date(now).toISOString()} title={fullDate(now, viewer)}>
          {timeOfDay(now, viewer)}
        </time>
        <span class="clock-day">
          {new Intl.DateTimeFormat(me.locale, {
            weekday: 'short',
            month: 'short',
            day: 'numeric',
            timeZone: me.timeZone,
          }).format(now)}
          <span class="clock-zone"> · {formatZone(me.timeZone)}</span>
        </span>
      </div>
      {clock && (
        <div class="clock-buttons">
          {STEPS.map(({ label, long, minutes }) => (
            <button
              key={label}
              type="button"
              class="button button-quiet"
              title={long}
              aria-label={`${label}: ${long.toLowerCase()}`}
              aria-disabled={moving ? true : undefined}
              onClick={() => move(label, { type: 'move_clock', by: { minutes } })}
            >
              {moving === label && <span class="spinner" aria-hidden="true" />}
              {label}
            </button>
          ))}
          <button
            type="button"
            class="button button-jump"
            aria-disabled={moving || next === undefined ? true : undefined}
            title={next === undefined ? 'Nothing is planned' : fullDate(next, viewer)}
            onClick={() => next !== undefined && move('next', { type: 'move_clock_to_next_event' })}
          >
            <span class="jump-label">
              {moving === 'next' && <span class="spinner" aria-hidden="true" />}
              <span>
                <span class="jump-long">Jump to the </span>
                <span class="jump-short">next event</span>
              </span>
            </span>
            <span class="jump-when">
              {next === undefined
                ? 'nothing planned'
                : formatDate(next / 1000, '\u200b{date_short_pretty}, {time}', '', viewer)}
            </span>
          </button>
        </div>
      )}
    </section>
  );
}

interface PersonMenuProps {
  readonly snapshot: Snapshot;
  readonly me: Person;
  readonly now: number;
  readonly onChoose: (id: string) => void;
}

function describeRole(person: Person): string {
  const role = person.guest ? 'Guest' : person.admin ? 'admin' : '';
  return person.title === role ? role : [person.title, role].filter(Boolean).join(', ');
}

/** The menu to switch to another person. */
export function PersonMenu({ snapshot, me, now, onChoose }: PersonMenuProps) {
  const describeLocalTime = (person: Person) =>
    `${formatZone(person.timeZone)}, ${timeOfDay(now, { zone: person.timeZone, locale: person.locale, now })}`;
  return (
    <Menu
      label={`You are ${me.realName}. Be someone else`}
      title="Be someone else"
      className="person-button"
      heading="You are"
      face={
        <>
          <Avatar person={me} small />
          <span class="person-name">{me.realName}</span>
          <span class="chevron" aria-hidden="true" />
        </>
      }
      items={snapshot.people
        .filter((person) => person.kind === 'person')
        .map((person) => ({
          key: person.id,
          checked: person.id === me.id,
          label: (
            <span class="person-item">
              <Avatar person={person} small />
              <span>
                <span class="person-item-name">{person.realName}</span>
                <span class="menu-detail">
                  {[describeRole(person), describeLocalTime(person)].filter(Boolean).join(' · ')}
                </span>
              </span>
            </span>
          ),
          onPick: () => onChoose(person.id),
        }))}
    />
  );
}
