import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { describeCron } from '../../core/recurrence/index.ts';
import { plannedWindow } from '../../maintenance/rules/times.ts';
import { askChoice } from '../../maintenance/slack/drafts.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { actions, button, formatNames, type Message, quote, successMessage } from '../../slack/blocks.ts';
import type { Entry, Run } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE, pagedMessage } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { formatInstant, formatWindow } from '../../slack/time.ts';
import { slackErrorText } from '../../texts/slack-errors.ts';
import { seriesForms } from '../../texts/slack-forms.ts';
import { maintenanceMessages, seriesMessages as texts } from '../../texts/slack-messages.ts';
import { pauseSeries, resumeSeries, skipRun } from '../commands.ts';
import { scheduledRunsUndecided, seriesNotFound } from '../errors.ts';
import { overrideFreezes } from '../overrides.ts';
import { countSeries, findSeries, listSeries, type Series } from '../repository.ts';
import { createSeriesModal, seriesForm } from './form.ts';

export const seriesQuery = z.object({ of: z.literal('series'), page: z.number().int().min(1) });

/** One page of the series; past the last one, the last. */
export async function seriesPage(
  { ctx }: SlackContext,
  person: Person,
  query: Pick<z.infer<typeof seriesQuery>, 'page'>,
): Promise<Message> {
  const { actor } = person;
  authorize(actor, 'read');
  const total = await countSeries(ctx.database, actor.accountId);
  const page = Math.min(query.page, lastPage(total));
  const shown = await listSeries(ctx.database, actor.accountId, PAGE_SIZE, (page - 1) * PAGE_SIZE);
  return seriesList(shown, person, { page, total });
}

async function find({ ctx }: SlackContext, { actor }: Person, ref = ''): Promise<Series> {
  const series = await findSeries(ctx.database, actor.accountId, /^\d+$/.test(ref) ? Number(ref) : ref);
  if (series === undefined) throw seriesNotFound({ ref });
  return series;
}

/** Asks what to do with the runs that are scheduled already, unless the command says `keep` or `cancel`. */
const pause: Run = async (context, person, [ref, runs]) => {
  const { id, key, name } = await find(context, person, ref);
  try {
    await pauseSeries(context.ctx, person.actor, id, z.enum(['keep', 'cancel']).safeParse(runs?.toLowerCase()).data);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== scheduledRunsUndecided.code) throw error;
    return askChoice(context.ctx, person, slackErrorText(error, person.timezone), [
      { label: texts.keepRuns, text: `pause ${key} keep` },
      { label: texts.cancelRuns, text: `pause ${key} cancel` },
    ]);
  }
  return successMessage(texts.paused(key, quote(name, 200)));
};

const resume: Run = async (context, person, [ref]) => {
  const { id } = await find(context, person, ref);
  const { name, nextRun } = await resumeSeries(context.ctx, person.actor, id);
  return successMessage(texts.resumed(quote(name, 200), nextRun && formatWindow(nextRun, person.timezone)));
};

const skip: Run = async (context, person, [ref]) => {
  const { id, nextRun } = await find(context, person, ref);
  const skipped = await skipRun(context.ctx, person.actor, id, nextRun?.id);
  return successMessage(texts.skipped(skipped.id, formatWindow(plannedWindow(skipped), person.timezone)));
};

/** `override K7PQ2M next 2: Disk is failing`: the next two runs that freezes skip or move take place. */
const override: Run = async (context, person, [ref, count = '1', reason = '']) => {
  const { id, key } = await find(context, person, ref);
  const { timezone } = person;
  const { occurrences } = await overrideFreezes(context.ctx, person.actor, id, { count: Number(count), reason });
  return successMessage(
    texts.overridden(
      key,
      occurrences.map((at) => formatInstant(at, timezone)),
      timezone,
    ),
  );
};

export async function openCreateSeries(
  { client }: SlackContext,
  { actor, timezone }: Person,
  { triggerId, responseUrl }: { triggerId: string; responseUrl: string },
): Promise<void> {
  authorize(actor, 'schedule-series');
  await client.views.open({ trigger_id: triggerId, view: createSeriesModal({ responseUrl, timezone }) });
}

const create: Run = async (context, person, _, request) => {
  if (request === undefined) return successMessage(maintenanceMessages.typeIt('every'));
  await openCreateSeries(context, person, request);
  return undefined;
};

const edit: Run = async (context, person, [ref], request) => {
  const { id, key } = await find(context, person, ref);
  if (request === undefined) return successMessage(maintenanceMessages.typeIt(`edit ${key}`));
  authorize(person.actor, 'edit-series');
  const view = await seriesForm(context, person, id, request.responseUrl);
  await context.client.views.open({ trigger_id: request.triggerId, view });
  return undefined;
};

export const seriesCommands: readonly Entry[] = [
  { form: /^edit\s+#?([2-9BCDFGHJKLMNPQRSTVWXZ]{6})$/i, run: edit },
  {
    form: /^series(?:\s+(\d{1,4}))?$/i,
    run: (context, person, [page]) => seriesPage(context, person, { page: Number(page ?? 1) || 1 }),
  },
  { form: /^every$/i, run: create },
  { form: /^pause\s+#?(\w+)(?:\s+(keep|cancel))?$/i, run: pause },
  { form: /^resume\s+#?(\w+)$/i, run: resume },
  { form: /^override\s+#?(\w+)\s+next(?:\s+(\d{1,2}))?\s*:\s*([\s\S]+)$/i, run: override },
  { form: /^skip\s+#?(\w+)$/i, run: skip },
];

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
              approvedUntil: series.standingApproval && formatInstant(series.standingApproval.until, timezone),
            }),
          ),
          page,
          total,
          valueFor: (other) => JSON.stringify({ of: 'series', page: other }),
        });
  const add = actions('series', [button(ACTIONS.addSeries, seriesForms.add, 'new')]);
  return { ...list, blocks: [...list.blocks, add] };
}

export function seriesScheduledMessage({ key, name, nextRun }: Series, zone: string): Message {
  const next = nextRun && { id: nextRun.id, window: formatWindow(nextRun, zone) };
  return successMessage(texts.scheduled(key, quote(name, 250), next));
}

export function seriesChangedMessage({ key, name, nextRun }: Series, zone: string): Message {
  return successMessage(texts.changed(key, quote(name, 200), nextRun && formatWindow(nextRun, zone)));
}
