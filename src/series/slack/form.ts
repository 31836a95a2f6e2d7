import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { RecordedEvent } from '../../audit/events.ts';
import { findLastSubjectEventId, listSubjectEvents } from '../../audit/repository.ts';
import { listServicesIn } from '../../audit/slack/history.ts';
import type { Reading } from '../../audit/slack/history-lines.ts';
import { conflictLines, differences } from '../../audit/slack/merge.ts';
import { listServices, type Service } from '../../catalogue/services/repository.ts';
import { type Check, listChecks } from '../../checks/repository.ts';
import { mergeValues, pick, toRecorded } from '../../core/fields.ts';
import { describeCron } from '../../core/recurrence/index.ts';
import { CONTENT_FIELDS } from '../../maintenance/fields.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import {
  checksBlock,
  detailBlocks,
  EMPTY_FORM,
  FIELDS,
  MAX_WORDS_CHARS,
  nameBlocks,
  readSelectorInputs,
  readWindowForm,
  selectorBlocks,
  servicesBlock,
  type WindowForm,
} from '../../maintenance/slack/window-form.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { describeQuestion } from '../../slack/answers.ts';
import { context, quote, SLACK_LIMITS, section, truncateBlocks } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import { blockId, checkOption, input, plain, readInput, serviceOption, toOptions } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import type { FieldMessage } from '../../slack/reply-error.ts';
import { readWhen, type WhenContext } from '../../when/index.ts';
import { getSeries, type SeriesEdit, toSeriesInput } from '../commands.ts';
import { SERIES_FIELDS } from '../fields.ts';
import type { Series } from '../repository.ts';

/** The action id of the words, which Lull is told of. */
export const SERIES_WORDS = 'series.words';

/** What the form carries along, unseen. */
export const seriesMetadata = z.object({
  id: z.number(),
  key: z.string(),
  /** The version that is edited, and the newest event of then. */
  version: z.number(),
  event: z.number(),
  /** How often others changed it meanwhile. */
  generation: z.number(),
  /** How often its times were taken from words, and the words they were last taken from. */
  times: z.number(),
  understood: z.string().optional(),
  responseUrl: z.string(),
});
export type SeriesMetadata = z.infer<typeof seriesMetadata>;

/** What the form of a series holds; its own times beside what it shares with a window. */
export interface SeriesForm {
  readonly content: WindowForm;
  readonly cron: string;
  readonly timezone: string;
  /** Minutes, as typed. */
  readonly duration: string;
}

/**
 * The form to change a series.
 * @param remarks what was understood, in mrkdwn
 * @param news what others changed meanwhile, in mrkdwn
 */
export function drawSeries(
  metadata: SeriesMetadata,
  form: SeriesForm,
  remarks: readonly string[],
  news: readonly string[] = [],
): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.series,
    title: { type: 'plain_text', text: 'Edit series' },
    submit: { type: 'plain_text', text: 'Save' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify(metadata),
    blocks: [
      ...(news.length === 0 ? [] : [section(truncateBlocks(news.join('\n'), SLACK_LIMITS.section))]),
      section('Runs that have begun, and those that were changed by hand, stay as they are.'),
      ...seriesBlocks(form, metadata, remarks),
    ],
  };
}

/**
 * The fields of a series, to make one and to change one alike.
 * @param drawn.generation how often others changed it meanwhile
 * @param drawn.times how often its times were taken from words
 * @param drawn.timesMayFollow whether the times may be left empty, to be said in words
 */
export function seriesBlocks(
  form: SeriesForm,
  { generation, times, timesMayFollow = false }: { generation: number; times: number; timesMayFollow?: boolean },
  remarks: readonly string[],
): KnownBlock[] {
  const id = (field: string) => blockId(field, generation);
  const timed = (field: string) => blockId(field, generation + times);
  return [
    ...nameBlocks(form.content, id),
    servicesBlock(form.content, id(FIELDS.services)),
    line(timed('cron'), 'When, as a cron line', form.cron, 200, timesMayFollow),
    line(timed('timezone'), 'Time zone', form.timezone, 100),
    line(timed('duration_minutes'), 'How long, in minutes', form.duration, 10, timesMayFollow),
    input(
      id(FIELDS.words),
      'Or when in your own words',
      {
        type: 'plain_text_input',
        action_id: SERIES_WORDS,
        max_length: MAX_WORDS_CHARS,
        placeholder: plain('every sunday at 3am for 2h'),
        dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
        ...(form.content.words === '' ? {} : { initial_value: form.content.words.toWellFormed() }),
      },
      { optional: true, hint: 'Press Enter to see how it is understood.', tells: true },
    ),
    ...(remarks.length === 0 ? [] : [context([truncateBlocks(remarks.join('\n'), SLACK_LIMITS.field)])]),
    ...detailBlocks(form.content, id),
    checksBlock(form.content, id(FIELDS.checks)),
    ...selectorBlocks(form.content, id),
  ];
}

function line(id: string, label: string, text: string, most: number, optional = false): KnownBlock {
  const shown = text === '' ? {} : { initial_value: text.toWellFormed() };
  return input(id, label, { type: 'plain_text_input', action_id: 'value', max_length: most, ...shown }, { optional });
}

/** A series with its services and checks as they are called. */
export interface EditableSeries {
  readonly series: Series;
  readonly services: readonly Service[];
  readonly checks: readonly Check[];
}

export function toSeriesForm({ series, services, checks }: EditableSeries): SeriesForm {
  return {
    content: {
      ...EMPTY_FORM,
      ...pick(CONTENT_FIELDS, series),
      services: toOptions(services, serviceOption),
      checks: series.checks === null ? [] : toOptions(checks, checkOption),
      selector: series.selector ?? EMPTY_FORM.selector,
    },
    cron: series.cron,
    timezone: series.timezone,
    duration: String(series.durationMinutes),
  };
}

/** What the form holds now. `values` is Slack's `view.state.values`. */
export function readSeriesForm(values: unknown): SeriesForm {
  const held = readInput(values);
  const text = (field: string) => held.get(field)?.value?.trim() ?? '';
  return {
    content: readWindowForm(values),
    cron: text('cron'),
    timezone: text('timezone'),
    duration: text('duration_minutes'),
  };
}

/** What a form makes of a series. What it does not show stays as it is. */
export function toSeriesEdit({ content, cron, timezone, duration }: SeriesForm): SeriesEdit {
  const checks = content.checks?.map(({ value }) => value ?? '');
  return {
    ...pick(CONTENT_FIELDS, content),
    cron,
    timezone,
    durationMinutes: Number(duration),
    ...(content.services === null ? {} : { services: content.services.map(({ value }) => Number(value)) }),
    ...(checks === undefined ? {} : { checks: checks.length === 0 ? null : checks }),
    selector: readSelectorInputs(content),
  };
}

/**
 * Brings what somebody filled in together with what others changed since the form was opened. Where both changed the same
 * field the newest is shown, and what this person wrote is kept in sight.
 * @param events what happened since, oldest first
 */
export function mergeSeries(
  mine: SeriesForm,
  now: EditableSeries,
  events: readonly RecordedEvent[],
  reading: Reading,
): { form: SeriesForm; news: string[] } {
  const current = toSeriesForm(now);
  const is = toSeriesInput(now.series);
  const wanted = toRecorded(SERIES_FIELDS, { ...is, ...toSeriesEdit(mine) });
  const found = differences(events, wanted, toRecorded(SERIES_FIELDS, is));
  const newest = (field: string) => found.theirs.includes(field);
  const take = <K extends keyof WindowForm>(key: K, field: string) =>
    newest(field) ? current.content[key] : mine.content[key];
  const form: SeriesForm = {
    content: {
      ...mine.content,
      ...mergeValues(CONTENT_FIELDS, mine.content, current.content, found.theirs),
      services: take('services', 'services'),
      words: '',
      checks: take('checks', 'checks'),
      selector: {
        text: take('selector', 'selector').text,
        follows: take('selector', 'selector_follows').follows,
      },
    },
    cron: newest('cron') ? current.cron : mine.cron,
    timezone: newest('timezone') ? current.timezone : mine.timezone,
    duration: newest('duration_minutes') ? current.duration : mine.duration,
  };
  return { form, news: conflictLines(events, found, wanted, reading) };
}

/** The form with its times taken from its words, and how they were understood; or what is wrong with them. */
export function parseSeriesWords(
  form: SeriesForm,
  when: WhenContext,
): { ok: true; form: SeriesForm; remarks: string[] } | { ok: false; problem: FieldMessage } {
  const read = readWhen(form.content.words, { ...when, defaultMinutes: Number(form.duration) || undefined });
  const wrong = (message: string) => ({ ok: false as const, problem: { field: FIELDS.words, message } });
  if (read.outcome === 'refusal') return wrong(`${read.reason} For example: every sunday at 3am for 2h`);
  if (read.outcome === 'window') return wrong('This is one window. Say how often it comes: every sunday at 3am for 2h');
  if (read.outcome === 'question') return wrong(describeQuestion(read.question, read.choices));
  const { cron, timezone, durationMinutes, notices } = read;
  const lasts = formatDuration(durationMinutes * 60_000);
  return {
    ok: true,
    form: { ...form, cron, timezone, duration: String(durationMinutes) },
    remarks: [
      `:white_check_mark: Understood: *${quote(describeCron(cron, when.locale), 300)}* (${timezone}), ${lasts} each.`,
      ...notices.map((notice) => `:information_source: ${quote(notice, 300)}`),
    ],
  };
}

/** A series with its services and checks as they are called. */
async function editable({ ctx }: SlackContext, series: Series): Promise<EditableSeries> {
  const { accountId } = series;
  const services = await listServices(ctx.database, accountId, { ids: series.services.map(({ id }) => id) });
  const checks = series.checks === null ? [] : await listChecks(ctx.database, accountId, { ids: series.checks });
  return { series, services, checks };
}

const about = (id: number) => ({ kind: 'series', id }) as const;

/** The form to change a series as it is now. */
export async function seriesForm(context: SlackContext, person: Person, id: number, responseUrl: string) {
  // Before the series, so that no change falls between the two.
  const event = await findLastSubjectEventId(context.ctx.database, person.actor.accountId, about(id));
  const now = await editable(context, await getSeries(context.ctx, person.actor, id));
  const { key, version } = now.series;
  return drawSeries({ id, key, version, event, generation: 0, times: 0, responseUrl }, toSeriesForm(now), []);
}

/** The same form for whoever edited another version: with the newest values, and who changed what meanwhile. */
export async function reloadSeriesForm(
  context: SlackContext,
  person: Person,
  metadata: SeriesMetadata,
  mine: SeriesForm,
): Promise<ModalView> {
  const { database } = context.ctx;
  const { accountId } = person.actor;
  const subject = about(metadata.id);
  const event = await findLastSubjectEventId(database, accountId, subject);
  const events = await listSubjectEvents(database, accountId, subject, { after: metadata.event, limit: 100 });
  const now = await editable(context, await getSeries(context.ctx, person.actor, metadata.id));
  const chosen = (mine.content.services ?? []).map(({ value }) => Number(value));
  const named = await listServices(database, accountId, { ids: [...listServicesIn(events), ...chosen] });
  const reading = { zone: person.timezone, services: new Map(named.map(({ id, name }) => [id, name])) };
  const { form, news } = mergeSeries(mine, now, events, reading);
  const { understood: _, ...kept } = metadata;
  const newest = { ...kept, version: now.series.version, event, generation: metadata.generation + 1 };
  return drawSeries(newest, form, [], news);
}
