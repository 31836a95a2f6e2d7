import type { KnownBlock, ModalView } from '@slack/types';
import type { z } from 'zod';
import { findLastSubjectEventId, listSubjectEvents } from '../../audit/repository.ts';
import { conflictLines, mergeSince } from '../../audit/slack/merge.ts';
import { toRecorded } from '../../core/fields.ts';
import { describeCron } from '../../core/recurrence/index.ts';
import type { DuringFreeze } from '../../freezes/rules.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import {
  type CoverageForm,
  coverageBlocks,
  EMPTY_COVERAGE,
  FIELDS,
  loadNamedCoverage,
  loadReading,
  mergeForms,
  type NamedCoverage,
  readCoverageForm,
  toCoverage,
  toCoverageForm,
  wordsInput,
} from '../../maintenance/slack/coverage-form.ts';
import type { DraftSeries } from '../../maintenance/slack/drafts.ts';
import {
  type CreateMetadata,
  createMetadata,
  describeProblem,
  type EditMetadata,
  noticeLines,
  type ParsedWords,
  toDraftForm,
  withVersion,
} from '../../maintenance/slack/window-form.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { quote, section } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import { choiceField, drawField } from '../../slack/fields.ts';
import { blockId, modal, ReplyError, readInput, readText, textInput } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { seriesForms as texts } from '../../texts/slack-forms.ts';
import { seriesMessages } from '../../texts/slack-messages.ts';
import { readWhen, type WhenContext } from '../../when/index.ts';
import type { NewSeriesInput } from '../commands.ts';
import { getSeries, type SeriesEdit, toSeriesInput } from '../commands.ts';
import { SERIES_FIELDS } from '../fields.ts';
import type { Series } from '../repository.ts';

export const SERIES_WORDS = 'series.words';

export interface SeriesForm extends CoverageForm {
  readonly cron: string;
  readonly timezone: string;
  readonly duration: string;
  readonly duringFreeze: DuringFreeze;
}

const NAMES = {
  cron: SERIES_FIELDS.cron.name,
  timezone: SERIES_FIELDS.timezone.name,
  duration: SERIES_FIELDS.durationMinutes.name,
  duringFreeze: SERIES_FIELDS.duringFreeze.name,
} as const;

const DURING_FREEZE_FIELD = choiceField(NAMES.duringFreeze, 'radio_buttons', texts.duringFreezes, {
  label: texts.duringFreeze,
});

export function createSeriesModal(
  metadata: z.input<typeof createMetadata>,
  filled?: NamedCoverage & { readonly series: DraftSeries },
): ModalView {
  const form: SeriesForm =
    filled === undefined
      ? { ...EMPTY_COVERAGE, cron: '', timezone: metadata.timezone, duration: '', duringFreeze: 'skip' }
      : { ...toDraftForm(filled.series, filled), ...timesOf(filled.series), duringFreeze: 'skip' };
  return drawCreateSeries(createMetadata.parse(metadata), form, []);
}

export function drawCreateSeries(metadata: CreateMetadata, form: SeriesForm, remarks: readonly string[]): ModalView {
  return modal(VIEWS.createSeries, texts.create, metadata, seriesBlocks(form, metadata, remarks));
}

/** @param news what others changed since it was opened, in mrkdwn */
export function drawSeries(
  metadata: EditMetadata,
  form: SeriesForm,
  remarks: readonly string[],
  news: readonly string[] = [],
): ModalView {
  return modal(VIEWS.series, texts.edit, metadata, [
    ...(news.length === 0 ? [] : [section(news.join('\n'))]),
    section(texts.editedRuns),
    ...seriesBlocks(form, metadata, remarks, metadata.generation),
  ]);
}

/** A new series may leave its times to its words. @param generation how often others changed the edited one; absent for a new one */
function seriesBlocks(
  form: SeriesForm,
  { times }: { readonly times: number },
  remarks: readonly string[],
  generation?: number,
): KnownBlock[] {
  const id = (field: string) => blockId(field, generation ?? 0);
  const line = (property: Exclude<keyof typeof NAMES, 'duringFreeze'>, maxChars: number, optional = false) =>
    textInput(blockId(NAMES[property], (generation ?? 0) + times), texts[property], {
      value: form[property],
      maxChars,
      optional,
    });
  const isNew = generation === undefined;
  return coverageBlocks(form, {
    id,
    times: [
      line('cron', 200, isNew),
      line('timezone', 100),
      line('duration', 10, isNew),
      wordsInput(id(FIELDS.words), form, SERIES_WORDS, texts),
      drawField(
        { field: DURING_FREEZE_FIELD, value: DURING_FREEZE_FIELD.write(form.duringFreeze) },
        id(NAMES.duringFreeze),
      ),
    ],
    remarks,
    redraws: false,
  });
}

function timesOf({ cron, timezone, durationMinutes }: Pick<Series, 'cron' | 'timezone' | 'durationMinutes'>) {
  return { cron, timezone, duration: String(durationMinutes) };
}

/** What the form holds now. `values` is Slack's `view.state.values`. */
export function readSeriesForm(values: unknown): SeriesForm {
  const inputs = readInput(values);
  return {
    ...readCoverageForm(inputs),
    cron: readText(inputs, NAMES.cron),
    timezone: readText(inputs, NAMES.timezone),
    duration: readText(inputs, NAMES.duration),
    duringFreeze: DURING_FREEZE_FIELD.read(inputs.get(NAMES.duringFreeze) ?? {}),
  };
}

/** What a form makes of a series. What it does not show stays as it is. */
export function toSeriesEdit(form: SeriesForm) {
  const { cron, timezone, duration, duringFreeze } = form;
  return { ...toCoverage(form), cron, timezone, durationMinutes: Number(duration), duringFreeze } satisfies SeriesEdit;
}

/** @throws ReplyError with what is missing, by field */
export function readNewSeries(form: SeriesForm, { channels }: Pick<CreateMetadata, 'channels'>): NewSeriesInput {
  const missing = (['cron', 'duration'] as const).filter((property) => form[property] === '');
  if (missing.length > 0) {
    const message = seriesMessages.timeMissing;
    throw new ReplyError(missing.map((property) => ({ field: NAMES[property], message })));
  }
  return { services: [], checks: null, ...toSeriesEdit(form), scopeId: null, channels };
}

/**
 * The form with its times taken from its words, and how they were understood.
 * @throws ReplyError with what is wrong with them
 */
export function parseSeriesWords(form: SeriesForm, when: WhenContext): ParsedWords<SeriesForm> {
  const read = readWhen(form.words, { ...when, defaultMinutes: Number(form.duration) || undefined });
  if (read.outcome !== 'series') {
    const message =
      read.outcome === 'window'
        ? seriesMessages.seriesExpected
        : describeProblem(read.outcome === 'refusal' ? { ...read, example: texts.wordsPlaceholder } : read);
    throw new ReplyError([{ field: FIELDS.words, message }]);
  }
  const { cron, timezone, durationMinutes, notices } = read;
  const words = quote(describeCron(cron, when.locale), 300);
  return {
    form: { ...form, ...timesOf(read) },
    timezone,
    remarks: [
      seriesMessages.understood(words, timezone, formatDuration(durationMinutes * 60_000)),
      ...noticeLines(notices),
    ],
  };
}

export async function seriesForm(context: SlackContext, person: Person, id: number, responseUrl: string) {
  const { series, named, event } = await loadEditable(context, person, id);
  const { version } = series;
  const { timezone } = person;
  const metadata = { id, version, event, generation: 0, times: 0, timezone, responseUrl };
  return drawSeries(metadata, toSeriesForm(series, named), []);
}

async function loadEditable({ ctx }: SlackContext, { actor }: Person, id: number) {
  // Before the series, so that no change falls between the two.
  const event = await findLastSubjectEventId(ctx.database, actor.accountId, { kind: 'series', id });
  const series = await getSeries(ctx, actor, id);
  const services = series.services.map((service) => service.id);
  const named = await loadNamedCoverage(ctx.database, actor.accountId, { ...series, services });
  return { series, named, event };
}

function toSeriesForm(series: Series, named: NamedCoverage): SeriesForm {
  return { ...toCoverageForm(series, named), ...timesOf(series), duringFreeze: series.duringFreeze };
}

/** The same form for whoever edited another version: with the newest values, and who changed what. Nothing is overwritten. */
export async function reloadSeriesForm(
  context: SlackContext,
  person: Person,
  metadata: EditMetadata,
  mine: SeriesForm,
): Promise<ModalView> {
  const { database } = context.ctx;
  const { series, named, event } = await loadEditable(context, person, metadata.id);
  const since = { after: metadata.event, limit: 100 };
  const subject = { kind: 'series', id: metadata.id } as const;
  const events = await listSubjectEvents(database, person.actor.accountId, subject, since);
  const reading = await loadReading(database, person, events, mine);
  const current = toSeriesInput(series);
  const wanted = toRecorded(SERIES_FIELDS, { ...current, ...toSeriesEdit(mine) });
  const found = mergeSince(events, wanted, toRecorded(SERIES_FIELDS, current));
  const times = (['cron', 'timezone', 'duration', 'duringFreeze'] as const).map(
    (property) => [property, NAMES[property]] as const,
  );
  const form = mergeForms(mine, toSeriesForm(series, named), found.theirs, times);
  const news = conflictLines(events, found, wanted, reading);
  return drawSeries(withVersion(metadata, series.version, event), form, [], news);
}
