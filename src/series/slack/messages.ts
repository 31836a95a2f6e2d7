import { describeCron } from '../../core/recurrence/index.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import { actions, button, formatNames, type Message, quote } from '../../slack/blocks.ts';
import { pagedMessage } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { formatWindow } from '../../slack/time.ts';
import type { Series } from '../repository.ts';

const add = actions('series', [button(ACTIONS.addSeries, 'Add...', 'new')]);

/** One page of the series there are, each with its next run in the reader's zone. */
export function seriesList(
  shown: readonly Series[],
  { locale, timezone }: Pick<Person, 'locale' | 'timezone'>,
  { page, total }: { page: number; total: number },
): Message {
  if (shown.length === 0) {
    const none = successMessage(
      'There is no series. To make one: `/maintenance api every sunday at 3am for 2h: Backups`',
    );
    return { ...none, blocks: [...none.blocks, add] };
  }
  const lines = shown.map((one) => {
    const services = formatNames(
      one.services.map((service) => service.name),
      100,
    );
    const next = one.nextRun === null ? '' : `, next ${formatWindow(one.nextRun, timezone)}`;
    const state = one.enabled ? next : `, paused${next}`;
    return `*${one.key}*  ${quote(one.name, 80)}${services === '' ? '' : ` (${services})`}\n${quote(describeCron(one.cron, locale), 150)}, ${one.timezone} time${state}`;
  });
  const title = `${total} series`;
  const list = pagedMessage({
    title,
    lines,
    page,
    total,
    valueFor: (other) => JSON.stringify({ of: 'series', page: other }),
  });
  return { ...list, blocks: [...list.blocks, add] };
}

/** What is said to the one who made a series. */
export function seriesScheduledMessage(
  { key, name, nextRun }: Pick<Series, 'key' | 'name' | 'nextRun'>,
  zone: string,
): Message {
  const next = nextRun === null ? '' : ` Its next run is maintenance ${nextRun.id}, ${formatWindow(nextRun, zone)}.`;
  return successMessage(
    `:white_check_mark: Scheduled as series ${key}: *${quote(name, 250)}*.${next} \`/maintenance skip ${key}\` leaves out a run, \`/maintenance pause ${key}\` pauses it.`,
  );
}

/** What is said to the one who changed a series. */
export function seriesChangedMessage(
  { key, name, nextRun }: Pick<Series, 'key' | 'name' | 'nextRun'>,
  zone: string,
): Message {
  const next = nextRun === null ? '' : ` Its next run is ${formatWindow(nextRun, zone)}.`;
  return successMessage(`Changed: series ${key}, *${quote(name, 200)}*.${next}`);
}
