import type { Catalogue } from '../catalogue/http/selection.ts';
import { statusPages } from '../texts/pages.ts';
import { type Overview, type Planned, TIMELINE_DAYS } from './overview.ts';
import { formatWindow } from './parts.tsx';
import { dayText } from './times.ts';

const DAY_MS = 86_400_000;
/** The picture moves once an hour, so that it can be cached. */
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const WIDTH = TIMELINE_DAYS * 24 * 60;
/** Shorter windows are drawn longer to be visible. */
const MIN_WIDTH_MINUTES = 200;
const MAX_ROWS = 30;
/** In the text of a row for screen readers. */
const MAX_WINDOWS_IN_TEXT = 6;

const texts = statusPages.timeline;

/** `service 2` before `service 10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** Its windows are ordered by their start. */
type Row = { readonly name: string; readonly scope: string; readonly windows: readonly Planned[] };

/** The next weeks, with a row for each service that has a maintenance. */
export function Timeline({ overview, planned }: { overview: Overview; planned: readonly Planned[] }) {
  const { catalogue, now, account } = overview;
  const zone = account.timezone;
  const rows = groupByService(planned, catalogue);
  const from = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
  if (rows.length === 0) return null;
  const weeks = Array.from({ length: TIMELINE_DAYS / 7 }, (_, week) => new Date(from.getTime() + week * 7 * DAY_MS));
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">{texts.heading}</h2>
      <div class="timeline">
        <div class="weeks" aria-hidden="true">
          {weeks.map((at, week) => (
            <span>
              {week === 0 ? (
                texts.now
              ) : (
                <time data-day datetime={at.toISOString()}>
                  {dayText(at, zone)}
                </time>
              )}
            </span>
          ))}
        </div>
        {rows.slice(0, MAX_ROWS).map((row) => (
          <div class="row">
            <span class="label">
              {row.scope === '' ? '' : <small>{row.scope} </small>}
              {row.name}
            </span>
            <svg
              viewBox={`0 0 ${WIDTH} 20`}
              preserveAspectRatio="none"
              role="img"
              aria-label={`${row.name}: ${describeWindows(row.windows, now, zone)}`}
            >
              {weeks.slice(1).map((_, week) => (
                <line class="week" x1={(week + 1) * 7 * 1440} x2={(week + 1) * 7 * 1440} y1="0" y2="20" />
              ))}
              {joinBars(row.windows, from).map(({ windows, isMade, x, width }) => (
                <rect class={isMade ? 'made' : 'repeated'} y="3" height="14" x={x} width={width}>
                  <title>{describeWindows(windows, now, zone)}</title>
                </rect>
              ))}
            </svg>
          </div>
        ))}
      </div>
      {rows.length > MAX_ROWS && <p class="more">{texts.moreServices(rows.length - MAX_ROWS)}</p>}
    </section>
  );
}

function groupByService(planned: readonly Planned[], { services }: Catalogue): Row[] {
  const byService = new Map<number | undefined, Planned[]>();
  for (const one of planned) {
    for (const id of one.services.length === 0 ? [undefined] : one.services.map((service) => service.id)) {
      const windows = byService.get(id) ?? [];
      windows.push(one);
      byService.set(id, windows);
    }
  }
  const toWindows = (id: number | undefined) =>
    (byService.get(id) ?? []).sort((a, b) => a.start.getTime() - b.start.getTime());
  const rows = services
    .map(({ id, name, scope }) => ({ name, scope: scope?.name ?? '', windows: toWindows(id) }))
    .filter(({ windows }) => windows.length > 0)
    .sort((a, b) => BY_NAME.compare(a.scope, b.scope) || BY_NAME.compare(a.name, b.name));
  const others = toWindows(undefined);
  return others.length === 0 ? rows : [...rows, { name: texts.noService, scope: '', windows: others }];
}

interface Bar {
  readonly windows: Planned[];
  readonly isMade: boolean;
  readonly x: number;
  width: number;
}

/** One bar for windows that are drawn over each other, so that a row has few however often its windows come. */
function joinBars(windows: readonly Planned[], origin: Date): Bar[] {
  const bars: Bar[] = [];
  const last: { made?: Bar; repeated?: Bar } = {};
  for (const one of windows) {
    const { x, width } = position(one, origin);
    const kind = one.made ? 'made' : 'repeated';
    const bar = last[kind];
    if (bar !== undefined && x <= bar.x + bar.width) {
      bar.windows.push(one);
      bar.width = Math.max(bar.width, x + width - bar.x);
      continue;
    }
    const next = { windows: [one], isMade: one.made, x, width };
    last[kind] = next;
    bars.push(next);
  }
  return bars;
}

function position({ start, end }: Planned, origin: Date) {
  const from = Math.max(0, (start.getTime() - origin.getTime()) / MINUTE_MS);
  const until = Math.min(WIDTH, (end.getTime() - origin.getTime()) / MINUTE_MS);
  const width = Math.max(MIN_WIDTH_MINUTES, until - from);
  return { x: Math.round(Math.min(from, WIDTH - width)), width: Math.round(width) };
}

function describeWindows(windows: readonly Planned[], now: Date, zone: string): string {
  const described = windows.slice(0, MAX_WINDOWS_IN_TEXT).map((one) => `${one.name}, ${formatWindow(one, zone, now)}`);
  const more = windows.length - described.length;
  return [...described, ...(more > 0 ? [texts.andMore(more)] : [])].join('; ');
}
