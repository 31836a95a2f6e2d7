import { describeQuestion } from '../../slack/answers.ts';
import { escapeMrkdwn, formatNames, quote } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { formatWindow } from '../../slack/time.ts';
import { slackProblemText } from '../../texts/slack-errors.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import { type QuestionAnswer, type RefusalAnswer, readWhen } from '../../when/index.ts';
import { forecastMutes } from '../commands/coverage.ts';
import { preview } from '../commands/schedule.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readSelector, type Selector } from '../rules/selector.ts';
import { type CoverageForm, FIELDS, toCoverage } from './coverage-form.ts';
import { overlapLines, untouchedChecksText } from './preview.ts';
import type { WindowForm } from './window-form.ts';

/** A form with its times taken from its words, the IANA zone of the words, and remarks in mrkdwn. */
export interface ParsedWords<Form extends CoverageForm> {
  readonly form: Form;
  readonly timezone: string;
  readonly remarks: readonly string[];
}

export function describeProblem(read: RefusalAnswer | (QuestionAnswer & { readonly example?: string })): string {
  return read.outcome === 'question'
    ? describeQuestion(read.question, read.choices)
    : texts.refusal(read.reason, read.example);
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
    const message = when.outcome === 'series' ? texts.oneWindowExpected : describeProblem(when);
    throw new ReplyError([{ field: FIELDS.words, message }]);
  }
  const assumed = when.assumed.includes('duration') && minutes === undefined;
  return {
    form: { ...form, start: when.start, end: when.end },
    timezone: when.timezone,
    remarks: [texts.understoodWindow(formatWindow(when, timezone), assumed), ...noticeLines(when.notices)],
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
  return [texts.windowWillBe(formatWindow(form, timezone))];
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
  if (!reading.ok) {
    return [problemRemark(slackProblemText(reading.problem, 'UTC', 'elsewhere'))];
  }
  const { switched, leftAlone } = await forecastMutes(ctx.database, actor.accountId, {
    services: [],
    checks: [],
    selector,
  });
  const checks = [...switched, ...leftAlone];
  const text = quote(selector.text, 100);
  if (checks.length === 0) return [texts.selectorChoosesNone(text, selector.follows)];
  const names = formatNames(
    checks.map(({ name }) => name),
    NAMED,
  );
  const off = switched.filter(({ enabled, mutedBy }) => !enabled && mutedBy.length === 0).length;
  const untouched = leftAlone.length === 0 ? '' : ` ${untouchedChecksText(leftAlone)}.`;
  return [texts.selectorChooses({ text, count: checks.length, names, off, untouched, follows: selector.follows })];
}
