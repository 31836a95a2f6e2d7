import { describeCron } from '../../core/recurrence/index.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import { actions, button, formatNames, type Message, quote } from '../../slack/blocks.ts';
import { pagedMessage } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { formatWindow } from '../../slack/time.ts';
import { seriesForms } from '../../texts/slack-forms.ts';
import { seriesMessages as texts } from '../../texts/slack-messages.ts';
import type { Series } from '../repository.ts';

export function seriesList(
  shown: readonly Series[],
  { locale, timezone }: Pick<Person, 'locale' | 'timezone'>,
  { page, total }: { page: number; total: number },
): Message {
  const list =
    shown.length === 0
      ? successMessage(texts.none)
      : pagedMessage({
          title: texts.count(total),
          lines: shown.map((series) =>
            texts.line({
              key: series.key,
              name: quote(series.name, 80),
              services: formatNames(
                series.services.map(({ name }) => name),
                100,
              ),
              recurrence: quote(describeCron(series.cron, locale), 150),
              timezone: series.timezone,
              enabled: series.enabled,
              next: series.nextRun && formatWindow(series.nextRun, timezone),
            }),
          ),
          page,
          total,
          valueFor: (other) => JSON.stringify({ of: 'series', page: other }),
        });
  const add = actions('series', [button(ACTIONS.addSeries, seriesForms.add, 'new')]);
  return { ...list, blocks: [...list.blocks, add] };
}

export function seriesScheduledMessage(
  { key, name, nextRun }: Pick<Series, 'key' | 'name' | 'nextRun'>,
  zone: string,
): Message {
  const next = nextRun && { id: nextRun.id, window: formatWindow(nextRun, zone) };
  return successMessage(texts.scheduled(key, quote(name, 250), next));
}

export function seriesChangedMessage(
  { key, name, nextRun }: Pick<Series, 'key' | 'name' | 'nextRun'>,
  zone: string,
): Message {
  return successMessage(texts.changed(key, quote(name, 200), nextRun && formatWindow(nextRun, zone)));
}
