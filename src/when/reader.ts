import { LRUCache } from 'lru-cache';
import { describeCron } from '../core/recurrence/index.ts';
import { wallClock } from '../core/time.ts';
import { askAlternatives } from './bounds.ts';
import type { ReaderContext } from './context.ts';
import { formatDuration, formatRange } from './format.ts';
import { parseTokens } from './grammar.ts';
import { tokenize } from './lexer.ts';
import { getLexicon } from './lexicon.ts';
import { addChronoDates, getDateOrder } from './numeric-dates.ts';
import { type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import {
  type Ambiguity,
  ambiguity,
  type Choice,
  EXAMPLE,
  type Interpretation,
  isUnresolved,
  refuse,
  refuseIfTooLong,
  type SeriesAnswer,
  type When,
  type WhenContext,
  type WindowAnswer,
} from './results.ts';
import { isRecurring, resolveSeries } from './series.ts';
import { applyEdits, foldText, normalizeText, replaceSpan, type Span } from './source-text.ts';
import { NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import type { TokenStream } from './tokens.ts';
import { type Correction, correctTokens } from './typos.ts';
import { resolveWindow } from './window.ts';

/** Slack shows a handful of buttons well. */
const MAX_CHOICES = 8;

/** How often the answer to a question may be another question. */
const MAX_QUESTION_DEPTH = 3;

/**
 * Reads words about time: "tomorrow 2am for 2h" is a window, "every sunday at 3am" a series. Words with two meanings
 * become a question whose choices can be read in their turn; words that mean no time are refused with an example.
 *
 * @param text as typed
 * @param context `now` as an instant, the reader's IANA zone, locale, and the usual duration in minutes
 */
export function readWhen(text: string, context: WhenContext): When {
  const asTyped = normalizeText(text);
  const long = refuseIfTooLong(asTyped);
  if (long !== undefined) return long;
  const read = (again: string) => {
    const phrases = parsePhrases(again, [], context);
    const found = phrases.some(({ kind }) => kind === 'unknown')
      ? findCorrections(again, [], context, () => false)
      : [];
    if (found.length === 0) return interpret(phrases, again, context);
    const corrected = applyEdits(again, found);
    return toOriginalText(interpret(parsePhrases(corrected, [], context), corrected, context), found, corrected, again);
  };
  return resolveQuestion(asTyped, read(asTyped), read, context);
}

/** The slips of the fingers in a text, apart from the stretches that are `taken`. */
export function findCorrections(
  text: string,
  taken: readonly Span[],
  context: WhenContext,
  isName: (word: string) => boolean,
): Correction[] {
  const lexicon = getLexicon(context.locale);
  const today = wallClock(context.now, context.timezone).toPlainDate();
  const tokens = addChronoDates(
    text,
    tokenize(text, { lexicon, order: getDateOrder(context.locale) }, taken),
    context.locale,
    today,
  );
  return correctTokens(tokens, text, foldText(text), lexicon, isName);
}

/** A verdict on a corrected text as one on the text `asTyped`. */
export function toOriginalText(
  verdict: Interpretation,
  corrections: readonly Correction[],
  corrected: string,
  asTyped: string,
): Interpretation {
  if (corrections.length === 0) return verdict;
  if (verdict.outcome === 'window' || verdict.outcome === 'series') {
    return { ...verdict, notices: [...corrections.map(({ notice }) => notice), ...verdict.notices] };
  }
  if (verdict.outcome === 'refusal') return verdict;
  // The options edit the corrected text, so each of them is the whole text.
  const whole = (edits: Ambiguity['options'][number]['edits']) => [
    { start: 0, end: asTyped.length, replacement: applyEdits(corrected, edits) },
  ];
  return { ...verdict, options: verdict.options.map((option) => ({ ...option, edits: whole(option.edits) })) };
}

/** What a text says about time, apart from the stretches that are `taken`. */
export function parsePhrases(text: string, taken: readonly Span[], context: WhenContext): Phrase[] {
  const lexicon = getLexicon(context.locale);
  const today = wallClock(context.now, context.timezone).toPlainDate();
  const read = tokenize(text, { lexicon, order: getDateOrder(context.locale) }, taken);
  const list = addChronoDates(text, read, context.locale, today);
  const tokens: TokenStream = { tokens: list, folded: foldText(text), year: today.year };
  return parseTokens(tokens, lexicon.hoursAreClock);
}

/** What the phrases of a sentence come to, before the choices of a question were tried. */
export function interpret(phrases: readonly Phrase[], text: string, context: WhenContext): Interpretation {
  const reader: ReaderContext = {
    now: context.now,
    timezone: context.timezone,
    uses24Hours: uses24HourClock(context.locale),
    defaultMinutes: context.defaultMinutes ?? 60,
    text,
  };
  const wrong = selectPhrases(phrases, 'invalid').at(0);
  if (wrong !== undefined) return refuse(wrong.reason);
  const [unknown, ...more] = selectPhrases(phrases, 'unknown').map(
    (phrase) => `"${text.slice(phrase.start, phrase.end)}"`,
  );
  if (unknown !== undefined) {
    const known = phrases.some(
      (phrase) => !['unknown', 'to', 'from', 'and', 'or', 'about', 'every', 'between'].includes(phrase.kind),
    );
    if (!known) return refuse(REFUSALS.noTimeIn([unknown, ...more].join(', ')));
    return refuse(REFUSALS.notUnderstood([unknown, ...more].join(', '), more.length === 0 ? 'is' : 'are'));
  }
  const choice = askAlternatives(phrases);
  if (choice !== undefined) return choice;
  const count = selectPhrases(phrases, 'count').at(0);
  if (count !== undefined) return askUnit(count);
  const inexact = selectPhrases(phrases, 'inexact duration').at(0);
  if (inexact !== undefined) {
    const { texts } = inexact;
    return ambiguity(
      QUESTIONS.howLong,
      texts.map((text) => ({ edits: [replaceSpan(inexact, text)] })),
    );
  }
  if (selectPhrases(phrases, 'past').length > 0) return refuse(REFUSALS.inThePast);
  const verdict = isRecurring(phrases) ? resolveSeries(phrases, reader) : resolveWindow(phrases, reader);
  const about = selectPhrases(phrases, 'about').at(0);
  if (about === undefined || isUnresolved(verdict)) return verdict;
  return {
    ...verdict,
    notices: [NOTICES.exactTimes(text.slice(about.start, about.end)), ...verdict.notices],
  };
}

/** A number of what? */
function askUnit({ start, end, value }: PhraseOf<'count'>): Interpretation {
  const units = value <= 24 ? ['hours', 'minutes'] : ['minutes'];
  const options = units.map((unit) => ({ edits: [replaceSpan({ start, end }, `${value} ${unit}`)] }));
  return ambiguity(QUESTIONS.whatUnit(value), options, refuse(REFUSALS.whatUnit(value)));
}

/**
 * Makes a doubt a question: every option is read again, a question in its turn gives its own choices, and what does not
 * read is no choice.
 */
export function resolveQuestion(
  text: string,
  verdict: Interpretation,
  read: (text: string) => Interpretation,
  context: WhenContext,
): When {
  if (!isUnresolved(verdict) || verdict.outcome === 'refusal') return verdict;
  const choices = buildChoices(text, verdict, read, context, MAX_QUESTION_DEPTH);
  if (choices.length === 0) return refuseEveryOption(text, verdict, read);
  return { outcome: 'question', question: verdict.question, choices };
}

function buildChoices(
  text: string,
  { options }: Ambiguity,
  read: (text: string) => Interpretation,
  context: WhenContext,
  depth: number,
): Choice[] {
  const byOption = options.map((option): Choice[] => {
    const changed = applyEdits(text, option.edits);
    const verdict = read(changed);
    switch (verdict.outcome) {
      case 'refusal':
        return [];
      case 'doubt':
        return depth > 1 ? buildChoices(changed, verdict, read, context, depth - 1) : [];
      default:
        return [{ label: option.label ?? labelChoice(verdict, context), text: changed }];
    }
  });
  return interleaveChoices(byOption);
}

/** So many choices as are shown: of every option one, before any has a second. */
function interleaveChoices(byOption: readonly (readonly Choice[])[]): Choice[] {
  const texts = new Set<string>();
  const longest = Math.max(0, ...byOption.map((choices) => choices.length));
  for (let round = 0; round < longest; round++) {
    for (const choices of byOption) {
      const text = choices[round]?.text;
      if (text !== undefined && texts.size < MAX_CHOICES) texts.add(text);
    }
  }
  const all = byOption.flat();
  return [...texts]
    .flatMap((text) => all.find((choice) => choice.text === text) ?? [])
    .sort((a, b) => all.indexOf(a) - all.indexOf(b));
}

function labelChoice(verdict: WindowAnswer | SeriesAnswer, context: WhenContext): string {
  const elsewhere = verdict.timezone === context.timezone ? '' : ` (${verdict.timezone})`;
  if (verdict.outcome === 'window')
    return formatRange(verdict.start, verdict.end, verdict.timezone, context.now) + elsewhere;
  return `${describeCron(verdict.cron)}, for ${formatDuration(verdict.durationMinutes)}${elsewhere}`;
}

/** Nothing that could be meant works: why the first of them does not. */
function refuseEveryOption(text: string, verdict: Ambiguity, read: (text: string) => Interpretation): When {
  const [option] = verdict.options;
  const first = option === undefined ? undefined : read(applyEdits(text, option.edits));
  if (first?.outcome === 'refusal') return first;
  return verdict.otherwise ?? refuse(REFUSALS.sayOtherwise(verdict.question), EXAMPLE);
}

/** Locales come from requests, so their number has a limit. */
const hourCycles = new LRUCache<string, { readonly is24Hour: boolean }>({ max: 200, memoMethod: readHourCycle });

/** Whether people of a locale use the 24-hour clock; false for an unknown locale. */
function uses24HourClock(locale: string | undefined): boolean {
  return locale !== undefined && hourCycles.memo(locale).is24Hour;
}

function readHourCycle(locale: string): { readonly is24Hour: boolean } {
  try {
    const { hourCycle } = new Intl.DateTimeFormat(locale.replace('_', '-'), { hour: 'numeric' }).resolvedOptions();
    return { is24Hour: hourCycle === 'h23' };
  } catch {
    return { is24Hour: false };
  }
}
