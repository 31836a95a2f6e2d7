import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { TimelineEvent } from '../../audit/events.ts';
import type { ReaderContext } from '../../audit/slack/history.ts';
import { conflictLines, mergeSince } from '../../audit/slack/merge.ts';
import { toRecorded } from '../../core/fields.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { describeQuestion, escapeMrkdwn, formatNames, quote, SLACK_LIMITS, section } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import { blockId, input, modal, overrideInput, ReplyError, readInput, readText } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { formatInstant, formatWindow } from '../../slack/time.ts';
import { slackProblemText } from '../../texts/slack-errors.ts';
import { maintenanceForms as texts } from '../../texts/slack-forms.ts';
import { maintenanceMessages } from '../../texts/slack-messages.ts';
import { type QuestionAnswer, type RefusalAnswer, readWhen } from '../../when/index.ts';
import { forecastMutes } from '../commands/coverage.ts';
import { type MaintenanceEdit, toEditable } from '../commands/edit.ts';
import { preview, type ScheduleInput } from '../commands/schedule.ts';
import { type EditableFields, MAINTENANCE_FIELDS } from '../fields.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readSelector, type Selector } from '../rules/selector.ts';
import { currentWindow } from '../rules/times.ts';
import {
  type CoverageForm,
  coverageBlocks,
  EMPTY_COVERAGE,
  FIELDS,
  mergeForms,
  type NamedCoverage,
  readCoverageForm,
  toCoverage,
  toCoverageForm,
  wordsInput,
} from './coverage-form.ts';
import type { DraftContent, DraftWindow } from './drafts.ts';
import { overlapLines, untouchedChecksText } from './preview.ts';

export const WINDOW_ACTIONS = { start: 'window.start', end: 'window.end', words: 'window.words' } as const;

export interface WindowForm extends CoverageForm {
  readonly start: Date | null;
  readonly end: Date | null;
  readonly overrideReason: string;
}

const EMPTY_FORM: WindowForm = { ...EMPTY_COVERAGE, start: null, end: null, overrideReason: '' };

const timesMetadata = z.object({
  /** IANA zone of whoever fills it in. */
  timezone: z.string(),
  /** How often its times were taken from words. */
  times: z.number().default(0),
  /** The words that its times were last taken from, and the IANA zone of the words. */
  understood: z.object({ words: z.string(), timezone: z.string() }).optional(),
});
type TimesMetadata = z.infer<typeof timesMetadata>;

/** What a form to schedule a window or a series carries along. Slack keeps at most 3,000 characters of it. */
export const createMetadata = timesMetadata.extend({
  /** Where to answer, and what to replace there. */
  responseUrl: z.string().optional(),
  draftId: z.string().optional(),
  channels: z.array(z.string()).default([]),
});
export type CreateMetadata = z.infer<typeof createMetadata>;

/** What a form to change a window or a series carries along. */
export const editMetadata = timesMetadata.extend({
  id: z.number(),
  /** The version that is edited, and the newest event of then. */
  version: z.number(),
  event: z.number(),
  /** How often others changed it since the form was opened. */
  generation: z.number().default(0),
  responseUrl: z.string().optional(),
});
export type EditMetadata = z.infer<typeof editMetadata>;

/** Whether a form has words that it does not show as understood yet. */
export function hasNewWords({ words }: CoverageForm, { understood }: TimesMetadata): boolean {
  return words !== '' && words !== understood?.words;
}

/** The metadata of a form whose times were just taken from its words. */
export function withUnderstood<Metadata extends TimesMetadata>(metadata: Metadata, words: string, timezone: string) {
  return { ...metadata, understood: { words, timezone }, times: metadata.times + 1 };
}

/** The metadata of a form that shows a newer version. */
export function withVersion({ understood: _, ...metadata }: EditMetadata, version: number, event: number) {
  return { ...metadata, version, event, generation: metadata.generation + 1 };
}

/** What was understood so far, as a form shows it: at most as many services and checks as a select takes. */
export function toDraftForm(draft: DraftContent, { services, checks }: NamedCoverage): CoverageForm {
  return toCoverageForm(draft, {
    services: services.slice(0, SLACK_LIMITS.options),
    checks: checks.slice(0, SLACK_LIMITS.options),
  });
}

export function createModal(
  metadata: z.input<typeof createMetadata>,
  filled?: NamedCoverage & { readonly window: DraftWindow },
): ModalView {
  const form =
    filled === undefined
      ? EMPTY_FORM
      : { ...EMPTY_FORM, ...toDraftForm(filled.window, filled), start: filled.window.start, end: filled.window.end };
  return drawCreate(createMetadata.parse(metadata), form, []);
}

/** @param remarks about its times, in mrkdwn. @param asksReason whether to ask why a freeze should not hold */
export function drawCreate(
  metadata: CreateMetadata,
  form: WindowForm,
  remarks: readonly string[],
  asksReason = false,
): ModalView {
  return modal(VIEWS.create, texts.create, metadata, windowBlocks(form, metadata, remarks, { asksReason }));
}

/** As `drawCreate`. @param more.news what others changed since it was opened, in mrkdwn */
export function drawEdit(
  metadata: EditMetadata,
  maintenance: Maintenance,
  form: WindowForm,
  remarks: readonly string[],
  { news = [], asksReason = false }: { news?: readonly string[]; asksReason?: boolean } = {},
): ModalView {
  const { timezone, generation } = metadata;
  const begun =
    maintenance.status === 'in-progress'
      ? texts.begun(formatInstant(currentWindow(maintenance).start, timezone), timezone)
      : undefined;
  return modal(VIEWS.edit, texts.edit, metadata, [
    ...(news.length === 0 ? [] : [section(news.join('\n'))]),
    ...windowBlocks(form, metadata, remarks, { generation, asksReason, begun }),
  ]);
}

/** @param more.begun when it began, in words: then only its end can be changed */
function windowBlocks(
  form: WindowForm,
  { timezone, times }: TimesMetadata,
  remarks: readonly string[],
  { generation = 0, asksReason, begun }: { generation?: number; asksReason: boolean; begun?: string | undefined },
): KnownBlock[] {
  const id = (field: string) => blockId(field, generation);
  // Neither is required, as words are another way to say it; without either, submitting says what is missing.
  const picker = (edge: 'start' | 'end') => {
    const at = form[edge];
    return input(
      blockId(FIELDS[edge], generation + times),
      texts[edge](timezone),
      {
        type: 'datetimepicker',
        action_id: WINDOW_ACTIONS[edge],
        ...(at === null ? {} : { initial_date_time: Math.floor(at.getTime() / 1000) }),
      },
      { optional: true, dispatches: true },
    );
  };
  return coverageBlocks(form, {
    id,
    times: [
      begun === undefined ? picker('start') : section(begun),
      picker('end'),
      ...(begun === undefined ? [wordsInput(id(FIELDS.words), form, WINDOW_ACTIONS.words, texts)] : []),
    ],
    remarks,
    afterRemarks: asksReason ? [overrideInput(id(FIELDS.override), form.overrideReason)] : [],
    redraws: true,
  });
}

export function toForm(maintenance: Maintenance, named: NamedCoverage): WindowForm {
  return { ...EMPTY_FORM, ...toCoverageForm(maintenance, named), ...currentWindow(maintenance) };
}

/** What a form holds now, complete or not. `values` is Slack's `view.state.values`. */
export function readWindowForm(values: unknown): WindowForm {
  const inputs = readInput(values);
  const readInstant = (field: string) => {
    const seconds = inputs.get(field)?.selected_date_time;
    return seconds == null ? null : new Date(seconds * 1000);
  };
  return {
    ...readCoverageForm(inputs),
    start: readInstant(FIELDS.start),
    end: readInstant(FIELDS.end),
    overrideReason: readText(inputs, FIELDS.override),
  };
}

/** @throws ReplyError with what is missing, by field */
export function readScheduleInput(form: WindowForm, metadata: CreateMetadata): ScheduleInput {
  const { start, end, overrideReason } = form;
  if (start === null || end === null) {
    const missing = (['start', 'end'] as const).filter((edge) => form[edge] === null);
    throw new ReplyError(missing.map((edge) => ({ field: FIELDS[edge], message: maintenanceMessages.timeMissing })));
  }
  return {
    services: [],
    checks: null,
    ...toCoverage(form),
    start,
    end,
    timezone: metadata.understood?.timezone ?? metadata.timezone,
    scopeId: null,
    channels: metadata.channels,
    ...(overrideReason === '' ? {} : { overrideReason }),
  };
}

/** What a form makes of a maintenance. What it does not show stays as it is. */
export function toEdit(form: WindowForm, maintenance: Maintenance, { understood }: EditMetadata): MaintenanceEdit {
  const start = sameMinute(form.start, maintenance.scheduledStart);
  const end = sameMinute(form.end, currentWindow(maintenance).end);
  return {
    ...toCoverage(form),
    ...(maintenance.status === 'in-progress' ? { endsAt: end } : { start, end }),
    ...(understood === undefined ? {} : { timezone: understood.timezone }),
  };
}

/** The picker knows minutes; an instant within the minute it shows was not changed. */
function sameMinute(chosen: Date | null, current: Date): Date {
  if (chosen === null) return current;
  const minute = (instant: Date) => Math.floor(instant.getTime() / 60_000);
  return minute(chosen) === minute(current) ? current : chosen;
}

/**
 * Brings what somebody filled in together with what others changed since the form was opened. Where both changed the same
 * field the newest is shown, and what this person wrote is kept in sight.
 * @param events what happened since, oldest first
 * @returns the form, and in mrkdwn who changed what, and what this person had written there
 */
export function mergeForm(
  mine: WindowForm,
  maintenance: Maintenance,
  named: NamedCoverage,
  events: readonly TimelineEvent[],
  metadata: EditMetadata,
  reading: ReaderContext,
): { form: WindowForm; news: string[] } {
  const current = toEditable(maintenance);
  const values: EditableFields = { ...current, ...toEdit(mine, maintenance, metadata) };
  const wanted = toRecorded(MAINTENANCE_FIELDS, values);
  const found = mergeSince(events, wanted, toRecorded(MAINTENANCE_FIELDS, current));
  const form = mergeForms(mine, toForm(maintenance, named), found.theirs, [
    ['start', FIELDS.start],
    ['end', maintenance.status === 'in-progress' ? MAINTENANCE_FIELDS.endsAt.name : FIELDS.end],
  ]);
  return { form, news: conflictLines(events, found, wanted, reading) };
}

/** A form with its times taken from its words, the IANA zone of the words, and remarks in mrkdwn. */
export interface ParsedWords<Form extends CoverageForm> {
  readonly form: Form;
  readonly timezone: string;
  readonly remarks: readonly string[];
}

export function describeProblem(read: RefusalAnswer | (QuestionAnswer & { readonly example?: string })): string {
  return read.outcome === 'question'
    ? describeQuestion(read.question, read.choices)
    : maintenanceMessages.refusal(read.reason, read.example);
}

/** What `parse` gives; only a remark where it throws what is wrong with the words. */
export function parseOrRemark<Parsed extends { readonly remarks: readonly string[] }>(
  parse: () => Parsed,
): Parsed | { readonly remarks: readonly string[] } {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    return { remarks: [problemRemark(error.message)] };
  }
}

/**
 * Where the words do not say how long the window is, it keeps the length that the form has so far.
 * @throws ReplyError with what is wrong with the words
 */
export function parseWords(form: WindowForm, { ctx }: SlackContext, person: Person): ParsedWords<WindowForm> {
  const { timezone, locale } = person;
  const minutes = isWindow(form) ? Math.round((form.end.getTime() - form.start.getTime()) / 60_000) : undefined;
  const when = readWhen(form.words, { now: ctx.clock.now(), timezone, locale, defaultMinutes: minutes });
  if (when.outcome !== 'window') {
    const message = when.outcome === 'series' ? maintenanceMessages.oneWindowExpected : describeProblem(when);
    throw new ReplyError([{ field: FIELDS.words, message }]);
  }
  const assumed = when.assumed.includes('duration') && minutes === undefined;
  return {
    form: { ...form, start: when.start, end: when.end },
    timezone: when.timezone,
    remarks: [
      maintenanceMessages.understoodWindow(formatWindow(when, timezone), assumed),
      ...noticeLines(when.notices),
    ],
  };
}

export function noticeLines(notices: readonly string[]): string[] {
  return notices.map((notice) => `:information_source: ${quote(notice, 300)}`);
}

function problemRemark(message: string): string {
  return `:warning: ${escapeMrkdwn(message)}`;
}

function isWindow(form: WindowForm): form is WindowForm & { start: Date; end: Date } {
  return form.start !== null && form.end !== null && form.end > form.start;
}

/** Words stay next to the times that were taken from them, and so does the window. */
export function understoodLines(form: WindowForm, { timezone }: Person, understood: { words: string } | undefined) {
  if (form.words === '' || form.words !== understood?.words || !isWindow(form)) return [];
  return [maintenanceMessages.windowWillBe(formatWindow(form, timezone))];
}

/**
 * What the window of a form would overlap, as far as it is filled in.
 * @param edited the maintenance that is edited; what the form has too many of to show is as it is there
 * @returns lines of mrkdwn, and whether a freeze blocks it that this person may override with a reason
 */
export async function describeOverlaps(
  context: SlackContext,
  person: Person,
  form: WindowForm,
  edited?: Maintenance,
): Promise<{ lines: readonly string[]; asksReason: boolean }> {
  const coverage = {
    services: edited?.services.map(({ id }) => id) ?? [],
    checks: edited?.checks ?? null,
    ...toCoverage(form),
  };
  const chosen = coverage.selector === null ? [] : await describeSelector(context, person, coverage.selector);
  if (!isWindow(form)) return { lines: chosen, asksReason: false };
  const { services, checks, selector } = coverage;
  if (services.length === 0 && checks === null && selector === null) return { lines: [], asksReason: false };
  const { start, end } = form;
  const forecast = await preview(
    context.ctx,
    person.actor,
    { ...coverage, start, end, scopeId: null, channels: [] },
    edited?.id,
  );
  const blocked = forecast.freezes.some(({ effect }) => effect === 'block');
  return {
    lines: [...chosen, ...overlapLines(forecast, person.timezone)],
    asksReason: blocked && forecast.mayOverride,
  };
}

const NAMED = 300;

/** Which checks a selector chooses now, in mrkdwn; or what is wrong with it. */
async function describeSelector({ ctx }: SlackContext, { actor }: Person, selector: Selector): Promise<string[]> {
  const reading = readSelector(selector.text);
  if (!reading.ok) return [problemRemark(slackProblemText(reading.problem, 'UTC', 'elsewhere'))];
  const coverage = { services: [], checks: [], selector };
  const { switched, leftAlone } = await forecastMutes(ctx.database, actor.accountId, coverage);
  const checks = [...switched, ...leftAlone];
  const text = quote(selector.text, 100);
  if (checks.length === 0) return [maintenanceMessages.selectorChoosesNone(text, selector.follows)];
  const names = formatNames(
    checks.map(({ name }) => name),
    NAMED,
  );
  const off = switched.filter(({ enabled, mutedBy }) => !enabled && mutedBy.length === 0).length;
  const untouched = leftAlone.length === 0 ? '' : ` ${untouchedChecksText(leftAlone)}.`;
  return [
    maintenanceMessages.selectorChooses({
      text,
      count: checks.length,
      names,
      off,
      untouched,
      follows: selector.follows,
    }),
  ];
}
