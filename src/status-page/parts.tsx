import { type Interval, utc } from '../core/time.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { formatDuration } from '../maintenance/rules/status.ts';
import { currentWindow, deviatedPlan } from '../maintenance/rules/times.ts';
import { endText, momentText, zoneText } from './times.ts';

/** The words and the look of a status. */
const STATUSES = {
  scheduled: 'Scheduled',
  'in-progress': 'In progress',
  succeed: 'Done',
  failed: 'Failed',
  canceled: 'Canceled',
  missed: 'Did not take place',
};

export function standing({ status, missed }: Maintenance) {
  const kind = missed ? 'missed' : status;
  return { kind, words: STATUSES[kind] };
}

/** A window in words. The script says it again in the reader's zone. */
export function Window({ window, zone, now }: { window: Interval; zone: string; now: Date }) {
  const { start, end } = window;
  return (
    <span data-window>
      <time datetime={utc(start)}>{momentText(start, zone, now)}</time> to{' '}
      <time datetime={utc(end)}>{endText(start, end, zone, now)}</time> <span data-zone>{zoneText(start, zone)}</span>
    </span>
  );
}

/** The window as it happens or happened, and the plan where that differs. */
export function Times({ of, zone, now }: { of: Maintenance; zone: string; now: Date }) {
  const plan = deviatedPlan(of);
  return (
    <>
      <Window window={currentWindow(of)} zone={zone} now={now} />
      {plan && (
        <span class="soft">
          {' '}
          (planned <Window window={plan} zone={zone} now={now} />)
        </span>
      )}
    </>
  );
}

export function Moment({ at, zone, now }: { at: Date; zone: string; now: Date }) {
  return (
    <span data-window>
      <time datetime={utc(at)}>{momentText(at, zone, now)}</time> <span data-zone>{zoneText(at, zone)}</span>
    </span>
  );
}

export function Status({ of }: { of: Maintenance }) {
  const { kind, words } = standing(of);
  return <span class={`status ${kind}`}>{words}</span>;
}

const EFFECT_ON_ONE = { up: 'stays up', degraded: 'may be slow or fail in part', down: 'is down' };
const EFFECT_ON_MORE = { up: 'stay up', degraded: 'may be slow or fail in part', down: 'are down' };

/** Its services, and what is to be expected of them. */
export function Effect({ of }: { of: Maintenance }) {
  if (of.services.length === 0) return null;
  const isOpen = of.status === 'scheduled' || of.status === 'in-progress';
  const words = of.services.length === 1 ? EFFECT_ON_ONE : EFFECT_ON_MORE;
  return (
    <div class="effect">
      <ul class="services">
        {of.services.map(({ name }) => (
          <li>{name}</li>
        ))}
      </ul>
      {isOpen && <span>{words[of.serviceStatus]} during the work</span>}
    </div>
  );
}

export const formatLength = ({ start, end }: Interval) => formatDuration(end.getTime() - start.getTime());
