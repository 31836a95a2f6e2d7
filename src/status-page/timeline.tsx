import type { Catalogue } from '../catalogue/http/selection.ts';
import { type Planned, TIMELINE_DAYS } from './overview.ts';
import { dayText, endText, momentText, zoneText } from './times.ts';

const DAY = 86_400_000;
/** The picture moves on by this (milliseconds), so that caches may keep it for a while. */
const HOUR = 3_600_000;
const MINUTE = 60_000;
const WIDTH = TIMELINE_DAYS * 24 * 60;
/** Shorter windows are drawn as long as this (minutes), or they could not be seen. */
const SHORTEST = 200;
/** More rows than these are no picture any more. */
const MOST_ROWS = 30;
/** What one row says of itself to those who cannot see it: no more windows than these by their times. */
const MOST_SAID = 6;

/** `service 2` before `service 10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

interface Row {
  readonly name: string;
  readonly scope: string;
  readonly windows: readonly Planned[];
}

/** The coming weeks, a row for each service that something is planned for. */
export function Timeline({
  planned,
  catalogue,
  now,
  zone,
}: {
  planned: readonly Planned[];
  catalogue: Catalogue;
  now: Date;
  zone: string;
}) {
  const rows = rowsOf(planned, catalogue);
  const from = new Date(Math.floor(now.getTime() / HOUR) * HOUR);
  if (rows.length === 0) return null;
  const weeks = Array.from({ length: TIMELINE_DAYS / 7 }, (_, week) => new Date(from.getTime() + week * 7 * DAY));
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">The next four weeks</h2>
      <div class="timeline">
        <div class="weeks" aria-hidden="true">
          {weeks.map((at, week) => (
            <span>
              {week === 0 ? (
                'Now'
              ) : (
                <time data-day datetime={at.toISOString()}>
                  {dayText(at, zone)}
                </time>
              )}
            </span>
          ))}
        </div>
        {rows.slice(0, MOST_ROWS).map((row) => (
          <div class="row">
            <span class="label">
              {row.scope === '' ? '' : <small>{row.scope} </small>}
              {row.name}
            </span>
            <svg
              viewBox={`0 0 ${WIDTH} 20`}
              preserveAspectRatio="none"
              role="img"
              aria-label={`${row.name}: ${inWords(row.windows, now, zone)}`}
            >
              {weeks.slice(1).map((_, week) => (
                <line class="week" x1={(week + 1) * 7 * 1440} x2={(week + 1) * 7 * 1440} y1="0" y2="20" />
              ))}
              {row.windows.map((one) => (
                <rect class={one.made ? 'made' : 'repeated'} y="3" height="14" {...placeOf(one, from)}>
                  <title>{`${one.name}, ${spanText(one, now, zone)}`}</title>
                </rect>
              ))}
            </svg>
          </div>
        ))}
      </div>
      {rows.length > MOST_ROWS && <p class="more">And {rows.length - MOST_ROWS} more services.</p>}
    </section>
  );
}

function rowsOf(planned: readonly Planned[], { services }: Catalogue): Row[] {
  const rows = services
    .map(({ id, name, scope }) => ({
      name,
      scope: scope?.name ?? '',
      windows: planned.filter((one) => one.services.some((service) => service.id === id)),
    }))
    .filter(({ windows }) => windows.length > 0)
    .sort((a, b) => BY_NAME.compare(a.scope, b.scope) || BY_NAME.compare(a.name, b.name));
  const others = planned.filter((one) => one.services.length === 0);
  return others.length === 0 ? rows : [...rows, { name: 'Other work', scope: '', windows: others }];
}

function placeOf({ start, end }: Planned, origin: Date) {
  const from = Math.max(0, (start.getTime() - origin.getTime()) / MINUTE);
  const until = Math.min(WIDTH, (end.getTime() - origin.getTime()) / MINUTE);
  const width = Math.max(SHORTEST, until - from);
  return { x: Math.round(Math.min(from, WIDTH - width)), width: Math.round(width) };
}

function inWords(windows: readonly Planned[], now: Date, zone: string): string {
  const said = windows
    .toSorted((a, b) => a.start.getTime() - b.start.getTime())
    .slice(0, MOST_SAID)
    .map((one) => `${one.name}, ${spanText(one, now, zone)}`);
  const more = windows.length - said.length;
  return [...said, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

const spanText = ({ start, end }: Planned, now: Date, zone: string) =>
  `${momentText(start, zone, now)} to ${endText(start, end, zone, now)} ${zoneText(start, zone)}`;
