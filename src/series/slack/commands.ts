import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { askChoice } from '../../maintenance/slack/choices.ts';
import { successMessage } from '../../slack/answers.ts';
import { escapeMrkdwn, type Message, quote } from '../../slack/blocks.ts';
import type { CommandRequest } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { formatWindow } from '../../slack/time.ts';
import { slackErrorText } from '../../texts/slack-errors.ts';
import { pauseSeries, resumeSeries, skipRun } from '../commands.ts';
import { scheduledRunsUndecided, seriesNotFound } from '../errors.ts';
import { countSeries, findSeries, type Series, listSeries as storedSeries } from '../repository.ts';
import { createSeriesModal } from './create-form.ts';
import { seriesForm } from './form.ts';
import { seriesList } from './messages.ts';

export const seriesQuery = z.object({ of: z.literal('series'), page: z.number().int().min(1) });
export type SeriesQuery = z.infer<typeof seriesQuery>;

/** One page of the series; past the last one, the last. */
export async function seriesPage({ ctx }: SlackContext, person: Person, query: SeriesQuery): Promise<Message> {
  const { actor } = person;
  authorize(actor, 'read');
  const total = await countSeries(ctx.database, actor.accountId);
  const page = Math.min(query.page, lastPage(total));
  const shown = await storedSeries(ctx.database, actor.accountId, PAGE_SIZE, (page - 1) * PAGE_SIZE);
  return seriesList(shown, person, { page, total });
}

/** @param ref the key of a series, or its id */
async function find({ ctx }: SlackContext, { actor }: Person, ref: string): Promise<Series> {
  const series = await findSeries(ctx.database, actor.accountId, /^\d+$/.test(ref) ? Number(ref) : ref);
  if (series === undefined) {
    throw seriesNotFound({ ref });
  }
  return series;
}

/** What to do with the runs that are made already is asked for, unless it was said: `keep` or `cancel`. */
export async function pause(
  context: SlackContext,
  person: Person,
  ref: string,
  said: string | undefined,
): Promise<Message> {
  const series = await find(context, person, ref);
  const runs = said === 'keep' || said === 'cancel' ? said : undefined;
  try {
    await pauseSeries(context.ctx, person.actor, series.id, runs);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== scheduledRunsUndecided.code) throw error;
    return askChoice(context.ctx, person, slackErrorText(error, person.timezone), [
      { label: 'Keep what is scheduled', text: `pause ${series.key} keep` },
      { label: 'Cancel what is scheduled', text: `pause ${series.key} cancel` },
    ]);
  }
  return successMessage(
    `Paused: *${quote(series.name, 200)}* makes no new runs. \`/maintenance resume ${series.key}\` lets it go on.`,
  );
}

export async function resume(context: SlackContext, person: Person, ref: string): Promise<Message> {
  const { id } = await find(context, person, ref);
  const resumed = await resumeSeries(context.ctx, person.actor, id);
  const run = resumed?.nextRun;
  const next = run == null ? '' : ` Its next run is ${formatWindow(run, person.timezone)}.`;
  return successMessage(`*${quote(resumed?.name ?? ref, 200)}* goes on.${next}`);
}

export async function skip(context: SlackContext, person: Person, ref: string): Promise<Message> {
  const { id, key } = await find(context, person, ref);
  const skipped = await skipRun(context.ctx, person.actor, id);
  if (skipped === undefined) return successMessage(`The next run of ${escapeMrkdwn(key)} is skipped already.`);
  const window = { start: skipped.scheduledStart, end: skipped.scheduledEnd };
  return successMessage(
    `Skipped: maintenance ${skipped.id}, ${formatWindow(window, person.timezone)}. The series goes on after it.`,
  );
}

/** Opens the empty form to make a series. */
export async function openCreateSeries(
  { client }: SlackContext,
  { actor, timezone }: Person,
  press: { triggerId: string; responseUrl: string },
): Promise<void> {
  authorize(actor, 'schedule-series');
  const view = createSeriesModal({ responseUrl: press.responseUrl }, timezone);
  await client.views.open({ trigger_id: press.triggerId, view });
}

/** Opens the form to change a series. */
export async function edit(
  context: SlackContext,
  person: Person,
  ref: string,
  asked?: CommandRequest,
): Promise<Message | undefined> {
  const series = await find(context, person, ref);
  if (asked === undefined) return successMessage(`Type it: \`/maintenance edit ${series.key}\`.`);
  authorize(person.actor, 'edit-series');
  const view = await seriesForm(context, person, series.id, asked.responseUrl);
  await context.client.views.open({ trigger_id: asked.triggerId, view });
  return undefined;
}
