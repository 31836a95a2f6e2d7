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

/** Slack shows few buttons well. */
const MAX_CHOICES = 8;

/** How many questions in a row may lead to a choice. */
const MAX_QUESTION_DEPTH = 3;

/**
 * Reads words about time: "tomorrow 2am for 2h" is a window, "every sunday at 3am" a series. Words with two meanings
 * become a question whose choices are unambiguous texts; words without a time are refused with an example.
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

/** Finds typos outside of the stretches in `taken`. */
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

/** Translates the interpretation of a corrected text back to the text `asTyped`. */
export function toOriginalText(
  interpretation: Interpretation,
  corrections: readonly Correction[],
  corrected: string,
  asTyped: string,
): Interpretation {
  if (corrections.length === 0) return interpretation;
  if (interpretation.outcome === 'window' || interpretation.outcome === 'series') {
    return { ...interpretation, notices: [...corrections.map(({ notice }) => notice), ...interpretation.notices] };
  }
  if (interpretation.outcome === 'refusal') return interpretation;
  // The options edit the corrected text, so each replaces the whole text.
  const whole = (edits: Ambiguity['options'][number]['edits']) => [
    { start: 0, end: asTyped.length, replacement: applyEdits(corrected, edits) },
  ];
  return {
    ...interpretation,
    options: interpretation.options.map((option) => ({ ...option, edits: whole(option.edits) })),
  };
}

/** Parses a text into phrases, except the stretches in `taken`. */
export function parsePhrases(text: string, taken: readonly Span[], context: WhenContext): Phrase[] {
  const lexicon = getLexicon(context.locale);
  const today = wallClock(context.now, context.timezone).toPlainDate();
  const read = tokenize(text, { lexicon, order: getDateOrder(context.locale) }, taken);
  const list = addChronoDates(text, read, context.locale, today);
  const tokens: TokenStream = { tokens: list, folded: foldText(text), year: today.year };
  return parseTokens(tokens, lexicon.hoursAreClock);
}

/** Interprets phrases as a window, a series, an ambiguity or a refusal. */
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
  const interpretation = isRecurring(phrases) ? resolveSeries(phrases, reader) : resolveWindow(phrases, reader);
  const about = selectPhrases(phrases, 'about').at(0);
  if (about === undefined || isUnresolved(interpretation)) return interpretation;
  return {
    ...interpretation,
    notices: [NOTICES.exactTimes(text.slice(about.start, about.end)), ...interpretation.notices],
  };
}

/** Asks for the unit of a number. */
function askUnit({ start, end, value }: PhraseOf<'count'>): Interpretation {
  const units = value <= 24 ? ['hours', 'minutes'] : ['minutes'];
  const options = units.map((unit) => ({ edits: [replaceSpan({ start, end }, `${value} ${unit}`)] }));
  return ambiguity(QUESTIONS.whatUnit(value), options, refuse(REFUSALS.whatUnit(value)));
}

/**
 * Turns an ambiguity into a question. Every option is interpreted again: another ambiguity contributes its own choices, and
 * an option that is refused is dropped.
 */
export function resolveQuestion(
  text: string,
  interpretation: Interpretation,
  read: (text: string) => Interpretation,
  context: WhenContext,
): When {
  if (!isUnresolved(interpretation) || interpretation.outcome === 'refusal') return interpretation;
  const choices = buildChoices(text, interpretation, read, context, MAX_QUESTION_DEPTH);
  if (choices.length === 0) return refuseEveryOption(text, interpretation, read);
  return { outcome: 'question', question: interpretation.question, choices };
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
    const interpretation = read(changed);
    switch (interpretation.outcome) {
      case 'refusal':
        return [];
      case 'doubt':
        return depth > 1 ? buildChoices(changed, interpretation, read, context, depth - 1) : [];
      default:
        return [{ label: option.label ?? labelChoice(interpretation, context), text: changed }];
    }
  });
  return interleaveChoices(byOption);
}

/** Limits the choices; every option contributes one before any contributes a second. */
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

function labelChoice(interpretation: WindowAnswer | SeriesAnswer, context: WhenContext): string {
  const elsewhere = interpretation.timezone === context.timezone ? '' : ` (${interpretation.timezone})`;
  if (interpretation.outcome === 'window')
    return formatRange(interpretation.start, interpretation.end, interpretation.timezone, context.now) + elsewhere;
  return `${describeCron(interpretation.cron)}, for ${formatDuration(interpretation.durationMinutes)}${elsewhere}`;
}

/** When no option works: why the first does not. */
function refuseEveryOption(text: string, interpretation: Ambiguity, read: (text: string) => Interpretation): When {
  const [option] = interpretation.options;
  const first = option === undefined ? undefined : read(applyEdits(text, option.edits));
  if (first?.outcome === 'refusal') return first;
  return interpretation.otherwise ?? refuse(REFUSALS.sayOtherwise(interpretation.question), EXAMPLE);
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
