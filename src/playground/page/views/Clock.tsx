/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { PageRequest, Person } from '../../protocol.ts';
import { zoneCity } from '../elements/zoned.ts';
import { useNow } from '../feed/useNow.ts';
import { type Playground, sentenceOf } from '../feed/usePlayground.ts';
import { formatDate, fullDate, timeOfDay } from '../text/dates.ts';

type Move = Extract<PageRequest, { type: 'move_clock' | 'move_clock_to_next_event' }>;

const STEPS: readonly { readonly label: string; readonly long: string; readonly minutes: number }[] = [
  { label: '+15 min', long: 'Move the clock 15 minutes on', minutes: 15 },
  { label: '+1 hour', long: 'Move the clock one hour on', minutes: 60 },
];

/** The playground's clock in the zone of the person looking, and the buttons that move it. */
export function Clock({ playground, me }: { readonly playground: Playground; readonly me: Person }) {
  const now = useNow(playground.state, 1000);
  const [moving, setMoving] = useState<string>();
  const [moved, setMoved] = useState(0);
  const clock = playground.state.snapshot?.clock;
  const onlooker = { zone: me.timeZone, locale: me.locale, now };
  const next = clock?.nextEvent ? Date.parse(clock.nextEvent) : undefined;

  // A screen reader is told of a move, and not of every minute that passes.
  const [told, setTold] = useState('');
  useEffect(() => {
    if (moved > 0) setTold(`It is now ${fullDate(now, onlooker)}`);
  }, [moved]);

  const move = async (name: string, request: Move) => {
    if (moving) return;
    setMoving(name);
    try {
      await playground.actions.request(request);
      setMoved((count) => count + 1);
    } catch (error) {
      playground.actions.notify(sentenceOf(error));
    }
    setMoving(undefined);
  };

  return (
    <section class="clock" aria-label="Clock">
      <span class="visually-hidden" role="status">
        {told}
      </span>
      <div class="clock-now">
        <span class="clock-label">Now</span>
        <time class="clock-time" dateTime={new Date(now).toISOString()} title={fullDate(now, onlooker)}>
          {timeOfDay(now, onlooker)}
        </time>
        <span class="clock-day">
          {new Intl.DateTimeFormat(me.locale, {
            weekday: 'short',
            month: 'short',
            day: 'numeric',
            timeZone: me.timeZone,
          }).format(now)}
          <span class="clock-zone"> · {zoneCity(me.timeZone)}</span>
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
            title={next === undefined ? 'Nothing is planned' : fullDate(next, onlooker)}
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
                : formatDate(next / 1000, '\u200b{date_short_pretty}, {time}', '', onlooker)}
            </span>
          </button>
        </div>
      )}
    </section>
  );
}
