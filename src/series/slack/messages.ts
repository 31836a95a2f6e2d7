import { describeCron } from '../../core/recurrence/index.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { answer } from '../../slack/answers.ts';
import { actions, button, type Message, names, quote } from '../../slack/blocks.ts';
import { paged } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { between } from '../../slack/time.ts';
import type { Series } from '../repository.ts';

const add = actions('series', [button(ACTIONS.addSeries, 'Add...', 'new')]);

/** One page of the series there are, each with its next run in the reader's zone. */
export function listOfSeries(
  shown: readonly Series[],
  { locale, timezone }: Pick<Person, 'locale' | 'timezone'>,
  { page, total }: { page: number; total: number },
): Message {
  if (shown.length === 0) {
    const none = answer('There is no series. To make one: `/maintenance api every sunday at 3am for 2h: Backups`');
    return { ...none, blocks: [...none.blocks, add] };
  }
  const lines = shown.map((one) => {
    const services = names(
      one.services.map((service) => service.name),
      100,
    );
    const next = one.nextRun === null ? '' : `, next ${between(one.nextRun, timezone)}`;
    const state = one.enabled ? next : `, paused${next}`;
    return `*${one.key}*  ${quote(one.name, 80)}${services === '' ? '' : ` (${services})`}\n${quote(describeCron(one.cron, locale), 150)}, ${one.timezone} time${state}`;
  });
  const title = `${total} series`;
  const list = paged({ title, lines, page, total, valueFor: (other) => JSON.stringify({ of: 'series', page: other }) });
  return { ...list, blocks: [...list.blocks, add] };
}

/** What is said to the one who made a series. */
export function seriesScheduled(
  { key, name, nextRun }: Pick<Series, 'key' | 'name' | 'nextRun'>,
  zone: string,
): Message {
  const next = nextRun === null ? '' : ` Its next run is maintenance ${nextRun.id}, ${between(nextRun, zone)}.`;
  return answer(
    `:white_check_mark: Scheduled as series ${key}: *${quote(name, 250)}*.${next} \`/maintenance skip ${key}\` leaves out a run, \`/maintenance pause ${key}\` pauses it.`,
  );
}

/** What is said to the one who changed a series. */
export function seriesChanged({ key, name, nextRun }: Pick<Series, 'key' | 'name' | 'nextRun'>, zone: string): Message {
  const next = nextRun === null ? '' : ` Its next run is ${between(nextRun, zone)}.`;
  return answer(`Changed: series ${key}, *${quote(name, 200)}*.${next}`);
}
