import { z } from 'zod';
import { Refusal } from '../../core/errors.ts';
import { mustBeAllowed } from '../../core/permissions.ts';
import { answer, ask } from '../../slack/answers.ts';
import { escaped, type Message, quote } from '../../slack/blocks.ts';
import type { Asked } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { between } from '../../slack/time.ts';
import { pauseSeries, resumeSeries, skipRun } from '../commands/pause.ts';
import { countSeries, findSeries, type Series, listSeries as storedSeries } from '../repository.ts';
import { createSeriesModal } from './create-form.ts';
import { seriesForm } from './form.ts';
import { listOfSeries } from './messages.ts';

export const seriesQuery = z.object({ of: z.literal('series'), page: z.number().int().min(1) });
export type SeriesQuery = z.infer<typeof seriesQuery>;

/** One page of the series; past the last one, the last. */
export async function seriesPage({ ground }: SlackContext, person: Person, query: SeriesQuery): Promise<Message> {
  const { actor } = person;
  mustBeAllowed(actor, 'read');
  const total = await countSeries(ground.database, actor.accountId);
  const page = Math.min(query.page, lastPage(total));
  const shown = await storedSeries(ground.database, actor.accountId, PAGE, (page - 1) * PAGE);
  return listOfSeries(shown, person, { page, total });
}

/** @param ref the key of a series, or its id */
async function find({ ground }: SlackContext, { actor }: Person, ref: string): Promise<Series> {
  const series = await findSeries(ground.database, actor.accountId, /^\d+$/.test(ref) ? Number(ref) : ref);
  if (series === undefined) {
    throw new Refusal('not-found', `There is no series ${ref}. \`/maintenance series\` shows those there are.`);
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
    await pauseSeries(context.ground, person.actor, series.id, runs);
  } catch (error) {
    const asks = error instanceof Refusal && error.problems.some(({ field }) => field === 'runs');
    if (!asks) throw error;
    return ask(context.ground, person, error.message, [
      { label: 'Keep what is scheduled', text: `pause ${series.key} keep` },
      { label: 'Cancel what is scheduled', text: `pause ${series.key} cancel` },
    ]);
  }
  return answer(
    `Paused: *${quote(series.name, 200)}* makes no new runs. \`/maintenance resume ${series.key}\` lets it go on.`,
  );
}

export async function resume(context: SlackContext, person: Person, ref: string): Promise<Message> {
  const { id } = await find(context, person, ref);
  const resumed = await resumeSeries(context.ground, person.actor, id);
  const run = resumed?.nextRun;
  const next = run == null ? '' : ` Its next run is ${between(run, person.timezone)}.`;
  return answer(`*${quote(resumed?.name ?? ref, 200)}* goes on.${next}`);
}

export async function skip(context: SlackContext, person: Person, ref: string): Promise<Message> {
  const { id, key } = await find(context, person, ref);
  const skipped = await skipRun(context.ground, person.actor, id);
  if (skipped === undefined) return answer(`The next run of ${escaped(key)} is skipped already.`);
  const window = { start: skipped.scheduledStart, end: skipped.scheduledEnd };
  return answer(
    `Skipped: maintenance ${skipped.id}, ${between(window, person.timezone)}. The series goes on after it.`,
  );
}

/** Opens the empty form to make a series. */
export async function openNew(
  { client }: SlackContext,
  { actor, timezone }: Person,
  press: { triggerId: string; responseUrl: string },
): Promise<void> {
  mustBeAllowed(actor, 'schedule-series');
  const view = createSeriesModal({ responseUrl: press.responseUrl }, timezone);
  await client.views.open({ trigger_id: press.triggerId, view });
}

/** Opens the form to change a series. */
export async function edit(
  context: SlackContext,
  person: Person,
  ref: string,
  asked?: Asked,
): Promise<Message | undefined> {
  const series = await find(context, person, ref);
  if (asked === undefined) return answer(`Type it: \`/maintenance edit ${series.key}\`.`);
  mustBeAllowed(person.actor, 'edit-series');
  const view = await seriesForm(context, person, series.id, asked.responseUrl);
  await context.client.views.open({ trigger_id: asked.triggerId, view });
  return undefined;
}
