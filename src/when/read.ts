import { describeCron } from '../core/recurrence/index.ts';
import { wallClock } from '../core/time.ts';
import {
  type Choice,
  type Doubt,
  doubt,
  EXAMPLE,
  isStop,
  refusal,
  type SeriesAnswer,
  tooLong,
  type Verdict,
  type When,
  type WhenContext,
  type WindowAnswer,
} from './answer.ts';
import { withDates } from './chrono.ts';
import type { Lexemes } from './day-phrases.ts';
import { orderOf } from './digit-dates.ts';
import { itemsOfLexemes } from './grammar.ts';
import { type Item, type ItemOf, itemsOf } from './items.ts';
import { lexemesOf } from './lexer.ts';
import { lexiconOf } from './lexicon.ts';
import type { Setting } from './moments.ts';
import { orChoices } from './or.ts';
import { sayMinutes, saySpan } from './say.ts';
import { isSeries, seriesOf } from './series.ts';
import { legible, plain, replaced, type Span } from './text.ts';
import { type Correction, correctionsOf } from './typos.ts';
import { windowOf } from './window.ts';

/** Slack shows a handful of buttons well. */
const MOST_CHOICES = 8;
/** How often the answer to a question may be another question. */
const DEPTH = 3;

/**
 * Reads words about time: "tomorrow 2am for 2h" is a window, "every sunday at 3am" a series. Words with two meanings
 * become a question whose choices can be read in their turn; words that mean no time are refused with an example.
 *
 * @param text as typed
 * @param context `now` as an instant, the reader's IANA zone, locale, and the usual duration in minutes
 */
export function readWhen(text: string, context: WhenContext): When {
  const asTyped = legible(text);
  const long = tooLong(asTyped);
  if (long !== undefined) return long;
  const read = (again: string) => {
    const items = itemsIn(again, [], context);
    const found = items.some(({ is }) => is === 'unknown') ? correctionsIn(again, [], context, () => false) : [];
    if (found.length === 0) return judged(items, again, context);
    const corrected = replaced(again, found);
    return corrects(judged(itemsIn(corrected, [], context), corrected, context), found, corrected, again);
  };
  return answered(asTyped, read(asTyped), read, context);
}

/** The slips of the fingers in a text, apart from the stretches that are `taken`. */
export function correctionsIn(
  text: string,
  taken: readonly Span[],
  context: WhenContext,
  isName: (word: string) => boolean,
): Correction[] {
  const lexicon = lexiconOf(context.locale);
  const today = wallClock(context.now, context.timezone).toPlainDate();
  const lexemes = withDates(
    text,
    lexemesOf(text, { lexicon, order: orderOf(context.locale) }, taken),
    context.locale,
    today,
  );
  return correctionsOf(lexemes, text, plain(text), lexicon, isName);
}

/** A verdict on a corrected text as one on the text `asTyped`. */
export function corrects(
  verdict: Verdict,
  corrections: readonly Correction[],
  corrected: string,
  asTyped: string,
): Verdict {
  if (corrections.length === 0) return verdict;
  if (verdict.outcome === 'window' || verdict.outcome === 'series') {
    return { ...verdict, notices: [...corrections.map(({ notice }) => notice), ...verdict.notices] };
  }
  if (verdict.outcome === 'refusal') return verdict;
  // The options edit the corrected text, so each of them is the whole text.
  const whole = (edits: Doubt['options'][number]['edits']) => [
    { start: 0, end: asTyped.length, by: replaced(corrected, edits) },
  ];
  return { ...verdict, options: verdict.options.map((option) => ({ ...option, edits: whole(option.edits) })) };
}

/** What a text says about time, apart from the stretches that are `taken`. */
export function itemsIn(text: string, taken: readonly Span[], context: WhenContext): Item[] {
  const lexicon = lexiconOf(context.locale);
  const today = wallClock(context.now, context.timezone).toPlainDate();
  const read = lexemesOf(text, { lexicon, order: orderOf(context.locale) }, taken);
  const list = withDates(text, read, context.locale, today);
  const lexemes: Lexemes = { list, text: plain(text), year: today.year };
  return itemsOfLexemes(lexemes, lexicon.hoursAreClock);
}

/** What the items of a sentence come to, before the choices of a question were tried. */
export function judged(items: readonly Item[], text: string, context: WhenContext): Verdict {
  const setting: Setting = {
    now: context.now,
    own: context.timezone,
    hours24: usesHours24(context.locale),
    usual: context.defaultMinutes ?? 60,
    text,
  };
  const wrong = itemsOf(items, 'wrong').at(0);
  if (wrong !== undefined) return refusal(wrong.reason);
  const [unknown, ...more] = itemsOf(items, 'unknown').map((item) => `"${text.slice(item.start, item.end)}"`);
  if (unknown !== undefined) {
    const known = items.some(
      (item) => !['unknown', 'to', 'from', 'and', 'or', 'about', 'every', 'between'].includes(item.is),
    );
    if (!known)
      return refusal(`No time is said in ${[unknown, ...more].join(', ')}. Say when it starts and how long it takes.`);
    return refusal(
      `${[unknown, ...more].join(', ')} ${more.length === 0 ? 'is' : 'are'} not understood. Leave it out, or say it in other words.`,
    );
  }
  const choice = orChoices(items);
  if (choice !== undefined) return choice;
  const count = itemsOf(items, 'count').at(0);
  if (count !== undefined) return askUnit(count);
  const inexact = itemsOf(items, 'lengths').at(0);
  if (inexact !== undefined) {
    const { start, end, texts } = inexact;
    return doubt(
      'How long exactly?',
      texts.map((by) => ({ edits: [{ start, end, by }] })),
    );
  }
  if (itemsOf(items, 'past').length > 0) return refusal('That is in the past. A window starts now or later.');
  const verdict = isSeries(items) ? seriesOf(items, setting) : windowOf(items, setting);
  const about = itemsOf(items, 'about').at(0);
  if (about === undefined || isStop(verdict)) return verdict;
  return {
    ...verdict,
    notices: [`"${text.slice(about.start, about.end)}" changes nothing: the times are exact.`, ...verdict.notices],
  };
}

/** A number of what? */
function askUnit({ start, end, value }: ItemOf<'count'>): Verdict {
  const units = value <= 24 ? ['hours', 'minutes'] : ['minutes'];
  const options = units.map((unit) => ({ edits: [{ start, end, by: `${value} ${unit}` }] }));
  return doubt(`"${value}" of what: hours, or minutes?`, options, refusal(`"${value}" of what? Say hours or minutes.`));
}

/**
 * Makes a doubt a question: every option is read again, a question in its turn gives its own choices, and what does not
 * read is no choice.
 */
export function answered(text: string, verdict: Verdict, read: (text: string) => Verdict, context: WhenContext): When {
  if (!isStop(verdict) || verdict.outcome === 'refusal') return verdict;
  const choices = choicesOf(text, verdict, read, context, DEPTH);
  if (choices.length === 0) return refusalOf(text, verdict, read);
  return { outcome: 'question', question: verdict.question, choices };
}

function choicesOf(
  text: string,
  { options }: Doubt,
  read: (text: string) => Verdict,
  context: WhenContext,
  depth: number,
): Choice[] {
  const byOption = options.map((option): Choice[] => {
    const changed = replaced(text, option.edits);
    const verdict = read(changed);
    switch (verdict.outcome) {
      case 'refusal':
        return [];
      case 'doubt':
        return depth > 1 ? choicesOf(changed, verdict, read, context, depth - 1) : [];
      default:
        return [{ label: option.label ?? labelOf(verdict, context), text: changed }];
    }
  });
  return fairly(byOption);
}

/** So many choices as are shown: of every option one, before any has a second. */
function fairly(byOption: readonly (readonly Choice[])[]): Choice[] {
  const texts = new Set<string>();
  const longest = Math.max(0, ...byOption.map((choices) => choices.length));
  for (let round = 0; round < longest; round++) {
    for (const choices of byOption) {
      const text = choices[round]?.text;
      if (text !== undefined && texts.size < MOST_CHOICES) texts.add(text);
    }
  }
  const all = byOption.flat();
  return [...texts]
    .flatMap((text) => all.find((choice) => choice.text === text) ?? [])
    .sort((a, b) => all.indexOf(a) - all.indexOf(b));
}

function labelOf(verdict: WindowAnswer | SeriesAnswer, context: WhenContext): string {
  const elsewhere = verdict.timezone === context.timezone ? '' : ` (${verdict.timezone})`;
  if (verdict.outcome === 'window')
    return saySpan(verdict.start, verdict.end, verdict.timezone, context.now) + elsewhere;
  return `${describeCron(verdict.cron)}, for ${sayMinutes(verdict.durationMinutes)}${elsewhere}`;
}

/** Nothing that could be meant works: why the first of them does not. */
function refusalOf(text: string, verdict: Doubt, read: (text: string) => Verdict): When {
  const [option] = verdict.options;
  const first = option === undefined ? undefined : read(replaced(text, option.edits));
  if (first?.outcome === 'refusal') return first;
  return verdict.otherwise ?? refusal(`${verdict.question} Say it in other words.`, EXAMPLE);
}

const clocks = new Map<string, boolean>();

/** Whether people of a locale use the 24-hour clock; false when nothing is known. */
function usesHours24(locale: string | undefined): boolean {
  if (locale === undefined) return false;
  const known = clocks.get(locale);
  if (known !== undefined) return known;
  let hours24 = false;
  try {
    hours24 =
      new Intl.DateTimeFormat(locale.replace('_', '-'), { hour: 'numeric' }).resolvedOptions().hourCycle === 'h23';
  } catch {
    // A locale that is not one says nothing.
  }
  clocks.set(locale, hours24);
  return hours24;
}
