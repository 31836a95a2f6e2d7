import { type Interval, utc } from '../core/time.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { formatDuration } from '../maintenance/rules/status.ts';
import { currentWindow, deviatedPlan } from '../maintenance/rules/times.ts';
import { statusPages } from '../texts/pages.ts';
import { endText, momentText, zoneText } from './times.ts';

const { impact, statuses, times } = statusPages;

export function describeStatus({ status, missed }: Maintenance) {
  const kind = missed ? 'missed' : status;
  return { kind, label: statuses[kind] };
}

/** A window. The script changes its times to the reader's zone. */
export function Window({ window: { start, end }, zone, now }: { window: Interval; zone: string; now: Date }) {
  return (
    <span data-window>
      <time datetime={utc(start)}>{momentText(start, zone, now)}</time> {times.to}{' '}
      <time datetime={utc(end)}>{endText(start, end, zone, now)}</time> <span data-zone>{zoneText(start, zone)}</span>
    </span>
  );
}

/** The actual window, and the plan if it differs. */
export function Times({ of, zone, now }: { of: Maintenance; zone: string; now: Date }) {
  const plan = deviatedPlan(of);
  return (
    <>
      <Window window={currentWindow(of)} zone={zone} now={now} />
      {plan && (
        <span class="soft">
          {' '}
          ({times.planned} <Window window={plan} zone={zone} now={now} />)
        </span>
      )}
    </>
  );
}

/** The same as text. */
export function formatTimes(maintenance: Maintenance, zone: string, now: Date): string {
  const plan = deviatedPlan(maintenance);
  const planned = plan ? ` (${times.planned} ${formatWindow(plan, zone, now)})` : '';
  return `${formatWindow(currentWindow(maintenance), zone, now)}${planned}`;
}

export const formatWindow = ({ start, end }: Interval, zone: string, now: Date) =>
  times.window(momentText(start, zone, now), endText(start, end, zone, now), zoneText(start, zone));

export function Moment({ at, zone, now }: { at: Date; zone: string; now: Date }) {
  return (
    <span data-window>
      <time datetime={utc(at)}>{momentText(at, zone, now)}</time> <span data-zone>{zoneText(at, zone)}</span>
    </span>
  );
}

export function Status({ of }: { of: Maintenance }) {
  const { kind, label } = describeStatus(of);
  return <span class={`status ${kind}`}>{label}</span>;
}

/** The services of a maintenance and, until it ends, the impact on them. */
export function Impact({ of: { services, status, serviceStatus } }: { of: Maintenance }) {
  if (services.length === 0) return null;
  const isOpen = status === 'scheduled' || status === 'in-progress';
  const labels = services.length === 1 ? impact.ofOne : impact.ofSeveral;
  return (
    <div class="effect">
      <ul class="services">
        {services.map(({ name }) => (
          <li>{name}</li>
        ))}
      </ul>
      {isOpen && <span>{impact.duringWork(labels[serviceStatus])}</span>}
    </div>
  );
}

export const formatLength = ({ start, end }: Interval) => formatDuration(end.getTime() - start.getTime());
