import { describeQuestion } from '../../slack/answers.ts';
import { escapeMrkdwn, formatNames, quote } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import type { FieldMessage } from '../../slack/reply-error.ts';
import { formatWindow } from '../../slack/time.ts';
import { slackProblemText } from '../../texts/slack-errors.ts';
import { readWhen } from '../../when/index.ts';
import { forecastMutes } from '../commands/coverage.ts';
import { preview } from '../commands/schedule.ts';
import { readSelector } from '../rules/selector.ts';
import { overlapLines, untouchedChecksText } from './preview.ts';
import { FIELDS, readSelectorInputs, type WindowForm } from './window-form.ts';

/** Words about time as a form takes them: a window, with what is to be known of how it was read, or what is wrong. */
export type ParsedWindow =
  | {
      readonly ok: true;
      readonly start: Date;
      readonly end: Date;
      readonly timezone: string;
      readonly remarks: string[];
    }
  | { readonly ok: false; readonly problem: FieldMessage };

/** @param minutes how long the window is when the words do not say it */
export function parseWords({ ctx }: SlackContext, person: Person, words: string, minutes?: number): ParsedWindow {
  const { timezone, locale } = person;
  const when = readWhen(words, { now: ctx.clock.now(), timezone, locale, defaultMinutes: minutes });
  const wrong = (message: string): ParsedWindow => ({ ok: false, problem: { field: FIELDS.words, message } });
  switch (when.outcome) {
    case 'refusal':
      return wrong(`${when.reason} For example: ${when.example}`);
    case 'question':
      return wrong(describeQuestion(when.question, when.choices));
    case 'series':
      return wrong('This is one window. For a recurring one type /maintenance api every sunday at 3am for 2h: Backups');
    case 'window': {
      const assumed = when.assumed.includes('duration') && minutes === undefined ? ' The length was assumed.' : '';
      const remarks = [
        `:white_check_mark: Understood: *${formatWindow(when, timezone)}*.${assumed}`,
        ...when.notices.map((notice) => `:information_source: ${quote(notice, 300)}`),
      ];
      return { ok: true, start: when.start, end: when.end, timezone: when.timezone, remarks };
    }
  }
}

/** What a window overlaps, in mrkdwn. */
export interface Overlaps {
  readonly lines: readonly string[];
  /** A freeze blocks it, which whoever fills in the form may override with a reason. */
  readonly asksReason: boolean;
}

const NONE: Overlaps = { lines: [], asksReason: false };

/**
 * What the window of a form would overlap, as far as it is filled in.
 * @param id of the maintenance that is edited, and its services and checks where the form has too many to show them
 */
export async function describeOverlaps(
  context: SlackContext,
  person: Person,
  form: WindowForm,
  edited?: { id: number; services: readonly number[]; checks: readonly string[] | null },
): Promise<Overlaps> {
  const { start, end } = form;
  const chosen = await chosenLines(context, person, form);
  if (start === null || end === null || end <= start) return { ...NONE, lines: chosen };
  const services = form.services?.map(({ value }) => Number(value)) ?? edited?.services ?? [];
  const named = form.checks?.map(({ value }) => value ?? '') ?? edited?.checks ?? [];
  const checks = named.length === 0 ? null : named;
  const selector = readSelectorInputs(form);
  if (services.length === 0 && checks === null && selector === null) return NONE;
  const { visibility } = form;
  const window = { start, end, services, checks, selector, visibility, scopeId: null, channels: [] };
  const meant = await preview(context.ctx, person.actor, window, edited?.id);
  const blocked = meant.freezes.some(({ effect }) => effect === 'block');
  return { lines: [...chosen, ...overlapLines(meant, person.timezone)], asksReason: blocked && meant.mayOverride };
}

/** How many checks that a selector chooses are named. */
const NAMED = 300;

/** Which checks the selector of a form chooses now, in mrkdwn; or what is wrong with it. */
async function chosenLines({ ctx }: SlackContext, { actor }: Person, form: WindowForm): Promise<string[]> {
  const selector = readSelectorInputs(form);
  if (selector === null) return [];
  const reading = readSelector(selector.text);
  if (!reading.ok)
    return [problemRemark({ field: FIELDS.selector, message: slackProblemText(reading.problem, 'UTC', 'elsewhere') })];
  const chosen = { services: [], checks: [], selector };
  const { switched, leftAlone } = await forecastMutes(ctx.database, actor.accountId, chosen);
  const checks = [...switched, ...leftAlone];
  const when = selector.follows ? 'This is kept up to date while it runs.' : 'They are chosen anew at the start.';
  if (checks.length === 0) return [`:warning: \`${quote(selector.text, 100)}\` chooses no check now. ${when}`];
  const off = switched.filter(({ enabled, mutedBy }) => !enabled && mutedBy.length === 0).length;
  const some = formatNames(
    checks.map(({ name }) => name),
    NAMED,
  );
  const already = off === 0 ? '' : ` ${off} of them ${off === 1 ? 'is' : 'are'} off already.`;
  const alone = leftAlone.length === 0 ? '' : ` ${untouchedChecksText(leftAlone)}.`;
  const count = checks.length === 1 ? '1 check' : `${checks.length} checks`;
  return [
    `:white_check_mark: \`${quote(selector.text, 100)}\` chooses ${count} now: ${some}.${already}${alone} ${when}`,
  ];
}

/** What was wrong with words about time, as a remark. */
export function problemRemark({ message }: FieldMessage): string {
  return `:warning: ${escapeMrkdwn(message)}`;
}
