import { LRUCache } from 'lru-cache';
import { describeCron } from '../core/recurrence/index.ts';
import { checkAlternatives } from './bounds.ts';
import { addChronoDates } from './chrono-dates.ts';
import { quote, type ReaderContext, todayIn } from './context.ts';
import { formatDuration, formatRange } from './format.ts';
import { parseTokens } from './grammar.ts';
import { tokenize } from './lexer.ts';
import { getLexicon } from './lexicon.ts';
import { getDateOrder } from './numeric-dates.ts';
import { CONNECTORS, findPhrase, hasPhrase, type Phrase, selectPhrases } from './phrases.ts';
import {
  type Ambiguity,
  ask,
  askReplacement,
  attempt,
  type Choice,
  type Interpretation,
  type RefusalAnswer,
  refusal,
  refuse,
  type SeriesAnswer,
  Unresolved,
  type When,
  type WhenContext,
  type WindowAnswer,
} from './results.ts';
import { isRecurring, resolveSeries } from './series.ts';
import { applyEdits, foldText, normalizeText, replaceSpan, type Span } from './source-text.ts';
import { NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import { type Correction, correctTokens } from './typos.ts';
import { resolveWindow } from './window.ts';

/** Bounds the work per text. */
const MAX_TEXT_CHARS = 2000;

/** Slack shows few buttons well. */
const MAX_CHOICES = 8;

/** How many questions in a row may lead to a choice. */
const MAX_QUESTION_DEPTH = 3;

/** How much is read to find the choices of a question: hundreds of short texts, or a few of the longest. */
const MAX_CHOICE_CHARS = 4000;

/**
 * Reads words about time: "tomorrow 2am for 2h" is a window, "every sunday at 3am" a series. Words with two meanings
 * become a question whose choices are unambiguous texts; words without a time are refused with an example.
 *
 * @param text as typed
 * @param context `now` as an instant, the reader's IANA zone, locale, and the usual duration in minutes
 */
export function readWhen(text: string, context: WhenContext): When {
  const asTyped = normalizeText(text);
  const read = (again: string) => {
    const phrases = parsePhrases(again, [], context);
    const corrections = hasPhrase(phrases, 'unknown') ? findCorrections(again, [], context, () => false) : [];
    if (corrections.length === 0) return interpret(phrases, again, context);
    const corrected = applyEdits(again, corrections);
    return toOriginalText(
      interpret(parsePhrases(corrected, [], context), corrected, context),
      corrections,
      corrected,
      again,
    );
  };
  return refuseIfTooLong(asTyped) ?? resolveQuestion(asTyped, read(asTyped), read, context);
}

export function refuseIfTooLong({ length }: string): RefusalAnswer | undefined {
  return length <= MAX_TEXT_CHARS ? undefined : refusal(REFUSALS.tooLong(length, MAX_TEXT_CHARS));
}

function readTokens(text: string, excluded: readonly Span[], { locale, now, timezone }: WhenContext) {
  const lexicon = getLexicon(locale);
  const today = todayIn(timezone, now);
  const tokens = tokenize(text, { lexicon, order: getDateOrder(locale) }, excluded);
  return { lexicon, folded: foldText(text), year: today.year, list: addChronoDates(text, tokens, locale, today) };
}

export function findCorrections(
  text: string,
  excluded: readonly Span[],
  context: WhenContext,
  isName: (word: string) => boolean,
): Correction[] {
  const { list, folded, lexicon } = readTokens(text, excluded, context);
  return correctTokens(list, text, folded, lexicon, isName);
}

/** Translates the interpretation of a corrected text back to the text `asTyped`. */
export function toOriginalText(
  interpretation: Interpretation,
  corrections: readonly Correction[],
  corrected: string,
  asTyped: string,
): Interpretation {
  switch (interpretation.outcome) {
    case 'refusal':
      return interpretation;
    case 'ambiguity': {
      // The options edit the corrected text, so each replaces the whole text.
      const all = { start: 0, end: asTyped.length };
      const options = interpretation.options.map((option) => ({
        ...option,
        edits: [replaceSpan(all, applyEdits(corrected, option.edits))],
      }));
      return { ...interpretation, options };
    }
    default:
      return { ...interpretation, notices: [...corrections.map(({ notice }) => notice), ...interpretation.notices] };
  }
}

export function parsePhrases(text: string, excluded: readonly Span[], context: WhenContext): Phrase[] {
  const { lexicon, ...stream } = readTokens(text, excluded, context);
  return parseTokens(stream, lexicon.hoursAreClock);
}

export function interpret(phrases: readonly Phrase[], text: string, context: WhenContext): Interpretation {
  const reader: ReaderContext = {
    now: context.now,
    timezone: context.timezone,
    uses24Hours: uses24HourClock(context.locale),
    defaultMinutes: context.defaultMinutes ?? 60,
    text,
  };
  const interpretation = attempt(() => {
    checkPhrases(phrases, reader);
    return isRecurring(phrases) ? resolveSeries(phrases, reader) : resolveWindow(phrases, reader);
  });
  if (interpretation instanceof Unresolved) return interpretation.answer;
  const about = findPhrase(phrases, 'about');
  if (about === undefined) return interpretation;
  return { ...interpretation, notices: [NOTICES.exactTimes(quote(reader, about)), ...interpretation.notices] };
}

/** Refuses or asks about phrases that no window or series can have. @throws Unresolved */
function checkPhrases(phrases: readonly Phrase[], reader: ReaderContext): void {
  const invalid = findPhrase(phrases, 'invalid');
  if (invalid !== undefined) refuse(invalid.reason);
  const unknown = selectPhrases(phrases, 'unknown').map((phrase) => `"${quote(reader, phrase)}"`);
  if (unknown.length > 0) {
    const words = unknown.join(', ');
    const isOnly = phrases.every(({ kind }) => kind === 'unknown' || CONNECTORS.includes(kind));
    refuse(isOnly ? REFUSALS.noTimeIn(words) : REFUSALS.notUnderstood(words, unknown.length === 1 ? 'is' : 'are'));
  }
  checkAlternatives(phrases);
  const count = findPhrase(phrases, 'count');
  if (count !== undefined) {
    const { value } = count;
    const units = value <= 24 ? ['hours', 'minutes'] : ['minutes'];
    const options = units.map((unit) => ({ edits: [replaceSpan(count, `${value} ${unit}`)] }));
    ask(QUESTIONS.whatUnit(value), options, refusal(REFUSALS.whatUnit(value)));
  }
  const inexact = findPhrase(phrases, 'inexact duration');
  if (inexact !== undefined) askReplacement(QUESTIONS.howLong, inexact, inexact.texts);
  if (hasPhrase(phrases, 'past')) refuse(REFUSALS.inThePast);
}

/** Turns an ambiguity into a question. Each option is interpreted again; one that is refused is dropped. */
export function resolveQuestion(
  text: string,
  interpretation: Interpretation,
  read: (text: string) => Interpretation,
  context: WhenContext,
): When {
  if (interpretation.outcome !== 'ambiguity') return interpretation;
  const { question, options, otherwise } = interpretation;
  let unread = MAX_CHOICE_CHARS;
  const readOption = (changed: string) => {
    unread -= changed.length;
    return unread < 0 ? refusal(REFUSALS.sayOtherwise(question)) : read(changed);
  };
  const choices = buildChoices(text, interpretation, readOption, context, MAX_QUESTION_DEPTH);
  if (choices.length > 0) return { outcome: 'question', question, choices };
  // When no option works, the refusal says why the first does not.
  const first = read(applyEdits(text, options[0]?.edits ?? []));
  return first.outcome === 'refusal' ? first : (otherwise ?? refusal(REFUSALS.sayOtherwise(question)));
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
      case 'ambiguity':
        return depth > 1 ? buildChoices(changed, interpretation, read, context, depth - 1) : [];
      default:
        return [{ label: option.label ?? labelChoice(interpretation, context), text: changed }];
    }
  });
  return limitChoices(byOption);
}

/** Every option contributes one choice before any contributes a second. */
function limitChoices(byOption: readonly (readonly Choice[])[]): Choice[] {
  const ranked = byOption
    .flatMap((choices) => choices.map((choice, rank) => ({ choice, rank })))
    .sort((a, b) => a.rank - b.rank);
  const texts = [...new Set(ranked.map(({ choice }) => choice.text))].slice(0, MAX_CHOICES);
  const all = byOption.flat();
  return all.filter(
    ({ text }, index) => texts.includes(text) && all.findIndex((choice) => choice.text === text) === index,
  );
}

function labelChoice(answer: WindowAnswer | SeriesAnswer, { timezone, now }: WhenContext): string {
  const label =
    answer.outcome === 'window'
      ? formatRange(answer.start, answer.end, answer.timezone, now)
      : `${describeCron(answer.cron)}, for ${formatDuration(answer.durationMinutes)}`;
  return answer.timezone === timezone ? label : `${label} (${answer.timezone})`;
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
