import { tokenize } from './lexer.ts';
import { getLexicon } from './lexicon.ts';
import { getDateOrder } from './numeric-dates.ts';
import { CONNECTORS, hasPhrase, type Phrase, selectPhrases } from './phrases.ts';
import {
  findCorrections,
  interpret,
  parsePhrases,
  refuseIfTooLong,
  resolveQuestion,
  toOriginalText,
} from './reader.ts';
import { type Ambiguity, type Interpretation, refusal, type When, type WhenContext } from './results.ts';
import { type Annotation, findAnnotations, type Risk, type ServiceStatus } from './sentence-annotations.ts';
import { findNameSplit } from './sentence-name.ts';
import type { KnownService, ServiceMention } from './service-names.ts';
import { findByName, findServices, resemblesService, suggestServices } from './service-names.ts';
import { applyEdits, foldText, normalizeText, replaceSpan, type Span } from './source-text.ts';
import { LABELS, QUESTIONS, REFUSALS } from './texts.ts';
import type { Correction } from './typos.ts';

export interface SentenceContext extends WhenContext {
  readonly services: readonly KnownService[];
}

export interface UnknownWord {
  /** As typed. */
  readonly word: string;
  /** Services with a similar name, the most similar first. Only of the first few words, as people are asked about one. */
  readonly suggestions: readonly { readonly id: number; readonly name: string }[];
}

export interface Sentence {
  readonly services: readonly number[];
  /** Words that are neither a service nor a time. Nothing may be scheduled while there are any. */
  readonly unknown: readonly UnknownWord[];
  /** Slack's id (`C0123`) if Slack sent one, else the name as typed (`#ops`). */
  readonly channels: readonly string[];
  readonly serviceStatus?: ServiceStatus | undefined;
  readonly risk?: Risk | undefined;
  readonly reference?: string | undefined;
  readonly link?: string | undefined;
  /** Selects checks in addition to those of the services. */
  readonly selector?: string | undefined;
  readonly internal: boolean;
  readonly name?: string | undefined;
  readonly when: When;
}

/** Bounds the work per text. */
const MAX_SUGGESTED_WORDS = 3;

/** An unknown word; `services` if it can only be one of these. */
type Unknown = { readonly word: string; readonly services?: readonly KnownService[] };

type SentenceParts = Omit<Sentence, 'when' | 'unknown'> & {
  readonly unknown: readonly Unknown[];
  readonly interpretation: Interpretation;
};

/**
 * Reads a whole command: `api, web tomorrow 2am for 2h #ops ref:CHG-1: Postgres upgrade`. Services are found by name,
 * the name of the window follows a colon or a dash, and the rest is time. The choices of a question are whole
 * commands again.
 */
export function readSentence(text: string, context: SentenceContext): Sentence {
  const asTyped = normalizeText(text);
  const tooLong = refuseIfTooLong(asTyped);
  if (tooLong !== undefined) return { services: [], unknown: [], channels: [], internal: false, when: tooLong };
  const { interpretation, unknown, ...parts } = parseSentence(asTyped, context);
  const read = (again: string) => parseSentence(again, context).interpretation;
  return {
    ...parts,
    unknown: unknown.map((each, index) => toUnknownWord(each, index < MAX_SUGGESTED_WORDS ? context.services : [])),
    when: resolveQuestion(asTyped, interpretation, read, context),
  };
}

function toUnknownWord({ word, services }: Unknown, all: readonly KnownService[]): UnknownWord {
  const suggested = services ?? suggestServices(word, all);
  // The name alone is ambiguous.
  const isQualified = services !== undefined;
  const suggestions = suggested.map(({ id, name, scope }) => ({
    id,
    name: isQualified && scope ? `${scope.name}/${name}` : name,
  }));
  return { word, suggestions };
}

function parseSentence(asTyped: string, context: SentenceContext): SentenceParts {
  const split = splitSentence(asTyped, context);
  const parts = parseWithoutCorrections(asTyped, split, context);
  if (parts.unknown.length === 0) return parts;
  const { text, corrections } = correctTypos(asTyped, split, context);
  if (corrections.length === 0) return parts;
  const better = parseWithoutCorrections(text, splitSentence(text, context), context);
  return { ...better, interpretation: toOriginalText(better.interpretation, corrections, text, asTyped) };
}

type SentenceSplit = ReturnType<typeof splitSentence>;

function splitSentence(text: string, context: SentenceContext) {
  const folded = foldText(text);
  const marks = findAnnotations(text, folded);
  const named = findServices(folded, context.services, marks);
  const excluded = [...marks, ...named];
  const split = findNameSplit(folded, excluded, (start, end) => {
    const outside = [
      { start: 0, end: start },
      { start: end, end: text.length },
    ];
    return parsePhrases(text, [...excluded, ...outside.filter((span) => span.end > span.start)], context);
  });
  return { folded, marks, named, excluded, headEnd: split?.headEnd ?? text.length, nameStart: split?.nameStart };
}

function parseWithoutCorrections(
  text: string,
  { folded, marks, named, headEnd, nameStart }: SentenceSplit,
  context: SentenceContext,
): SentenceParts {
  const inHead = (span: Span) => span.start < headEnd;
  const headMarks = marks.filter(inHead);
  const quoted = findQuotedServices(headMarks, context.services);
  const readings = listReadings(text, named.filter(inHead), context).map((names) => {
    const mentions = [...names, ...quoted].sort((a, b) => a.start - b.start);
    return readWithServices(text, folded, mentions, headMarks, headEnd, context);
  });
  const chosen = chooseReading(readings, text);
  const tail = nameStart === undefined ? undefined : parseName(text, folded, nameStart, marks);
  const all = [...headMarks, ...(tail?.marks ?? [])];
  const select = <K extends Annotation['kind']>(kind: K) =>
    all.filter((mark): mark is Annotation & { kind: K } => mark.kind === kind);
  const terms = select('selector').map(({ term }) => term);
  return {
    services: chosen.services,
    unknown: chosen.unknown,
    channels: [...new Set(select('channel').map(({ channel }) => channel))],
    serviceStatus: select('status')[0]?.status,
    risk: select('risk')[0]?.risk,
    reference: select('reference')[0]?.reference,
    link: select('link')[0]?.link,
    selector: terms.join(' ') || undefined,
    internal: select('internal').length > 0,
    name: (tail?.name ?? chosen.name) || undefined,
    interpretation: chosen.interpretation,
  };
}

/** Corrects typos in the words about time, except in words that resemble a service. */
function correctTypos(
  text: string,
  { excluded, headEnd }: SentenceSplit,
  context: SentenceContext,
): { text: string; corrections: readonly Correction[] } {
  const found = findCorrections(text, excluded, context, (word) => resemblesService(word, context.services));
  const corrections = found.filter((correction) => correction.start < headEnd);
  return { text: applyEdits(text, corrections), corrections };
}

function findQuotedServices(marks: readonly Annotation[], services: readonly KnownService[]): ServiceMention[] {
  return marks.flatMap((mark) => {
    const found = mark.kind === 'quoted' ? findByName(mark.text, services) : [];
    return found.length === 0 ? [] : [{ start: mark.start, end: mark.end, services: found, quoted: true }];
  });
}

interface SentenceReading {
  readonly names: readonly ServiceMention[];
  readonly services: readonly number[];
  readonly unknown: readonly Unknown[];
  readonly interpretation: Interpretation;
  readonly name: string | undefined;
}

/** All combinations of reading names such as "monday" as a service or a time. */
function listReadings(text: string, named: readonly ServiceMention[], context: SentenceContext) {
  const doubtful = findDoubtful(text, named, context);
  const sure = named.filter((name) => !doubtful.includes(name));
  const readings: ServiceMention[][] = [];
  for (let mask = 0; mask < 2 ** doubtful.length; mask++) {
    const isTaken = (_: ServiceMention, index: number) => (mask & (1 << index)) !== 0;
    const names = doubtful.filter(isTaken);
    const times = doubtful.filter((name) => !names.includes(name)).map((name) => foldText(sliceSpan(text, name)));
    if (names.some((name) => followsTimeWord(text, name))) continue;
    const ids = [...sure, ...names].flatMap((name) => name.services.map(({ id }) => id));
    // "monday monday 2am": one of the two is the service.
    const isRepeated = hasDuplicates(ids) || hasDuplicates(times);
    if (doubtful.length < 2 || !isRepeated) readings.push([...sure, ...names]);
  }
  return readings.length === 0 ? [sure] : readings;
}

function hasDuplicates(values: readonly unknown[]): boolean {
  return new Set(values).size < values.length;
}

function sliceSpan(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

/** Each doubles the readings. */
const MAX_DOUBTFUL_NAMES = 3;

/** The first names that can be times. */
function findDoubtful(text: string, named: readonly ServiceMention[], { locale }: SentenceContext): ServiceMention[] {
  const options = { lexicon: getLexicon(locale), order: getDateOrder(locale) };
  const areTimes = new Map<string, boolean>();
  const doubtful: ServiceMention[] = [];
  for (const name of named) {
    if (doubtful.length === MAX_DOUBTFUL_NAMES) break;
    const word = sliceSpan(text, name);
    const isTime = areTimes.get(word) ?? tokenize(word, options).every(({ kind }) => kind !== 'unknown');
    areTimes.set(word, isTime);
    if (isTime) doubtful.push(name);
  }
  return doubtful;
}

/** Whether the word before makes it a time: "on monday", "starting now". */
function followsTimeWord(text: string, { start }: Span): boolean {
  const before = text.slice(Math.max(0, start - 10), start);
  return /(?:^|[^\p{L}])(?:on|at|starting|every|each|next|this|until|till|from) $/iu.test(before);
}

const IGNORED_WORDS =
  /^(?:schedule|scheduled|plan|planned|maintenance|maint|window|downtime|service|services|create|add|new|work)$/;

function readWithServices(
  text: string,
  folded: string,
  names: readonly ServiceMention[],
  marks: readonly Annotation[],
  headEnd: number,
  context: SentenceContext,
): SentenceReading {
  const outside = headEnd < text.length ? [{ start: headEnd, end: text.length }] : [];
  const phrases = parsePhrases(text, [...marks, ...names, ...outside], context);
  const timed = phrases.filter(({ kind }) => kind !== 'unknown' && !CONNECTORS.includes(kind));
  const firstTime = Math.min(...timed.map((phrase) => phrase.start), text.length);
  const strangers = selectPhrases(phrases, 'unknown').filter(
    (phrase) => !IGNORED_WORDS.test(sliceSpan(folded, phrase)),
  );
  const quoted = marks
    .filter((mark) => mark.kind === 'quoted')
    .filter(({ start }) => !names.some((name) => name.start === start));
  // A quoted text after the time is the name of the window; before it, an unknown service.
  const title = quoted.find((mark) => mark.start > firstTime);
  const isReported = (phrase: Phrase) =>
    phrase.kind === 'unknown' &&
    (!strangers.includes(phrase) || phrase.start < firstTime || isListedWithService(folded, phrase, names));
  const isJoint = (phrase: Phrase) => hasPhrase([phrase], 'and', 'or') && precedesService(phrase, names, text);
  const timePhrases = phrases.filter((phrase) => !isReported(phrase) && !isJoint(phrase));
  const ids = names.flatMap(({ services }) => (services.length === 1 ? services.map(({ id }) => id) : []));
  return {
    names,
    services: [...new Set(ids)],
    unknown: [
      ...joinAdjacent(strangers, folded).map((span) => ({ word: sliceSpan(text, span) })),
      ...quoted.filter((mark) => mark !== title).map((mark) => ({ word: mark.text })),
      ...names
        .filter(({ services }) => services.length > 1)
        .map((name) => ({ word: sliceSpan(text, name), services: name.services })),
      ...marks.filter((mark) => mark.kind === 'invalid').map((mark) => ({ word: mark.text, services: [] })),
    ],
    interpretation: interpret(timePhrases, text, context),
    name: title?.text.trim(),
  };
}

/** As long as ` &amp; `. */
const MAX_JOINT_CHARS = 7;

/** Whether an unknown word is in a list with services: `api, wbe tomorrow`. */
function isListedWithService(folded: string, phrase: Span, names: readonly ServiceMention[]): boolean {
  return names.some(({ start, end }) => {
    const [from, to] = end <= phrase.start ? [end, phrase.start] : [phrase.end, start];
    const between = to - from <= MAX_JOINT_CHARS ? folded.slice(from, to) : undefined;
    return between !== undefined && /^ *(?:,|and|&amp;|&|\+|und|et|y|e)? *$/u.test(between);
  });
}

/** Whether the "and" belongs to a list of services. */
function precedesService({ end }: Span, names: readonly ServiceMention[], text: string): boolean {
  return names.some(({ start }) => start === end || (start === end + 1 && text[end] === ' '));
}

/** Joins adjacent unknown words into one name. */
function joinAdjacent(strangers: readonly Span[], folded: string): Span[] {
  const result: Span[] = [];
  for (const span of strangers) {
    const last = result.at(-1);
    const isAdjacent = last !== undefined && folded.slice(last.end, span.start).trim() === '';
    if (isAdjacent) result.pop();
    result.push({ start: isAdjacent ? last.start : span.start, end: span.end });
  }
  return result;
}

/** The reading that works, or a question if there are several. */
function chooseReading(readings: readonly SentenceReading[], text: string): SentenceReading {
  const works = readings.filter(({ interpretation }) => interpretation.outcome !== 'refusal');
  const keys = works.map(({ services, interpretation }) => JSON.stringify([services, interpretation]));
  const distinct = works.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
  const [only, second] = distinct;
  if (second !== undefined) return { ...second, interpretation: askServiceOrTime(distinct, text) };
  const chosen = only ?? readings.at(-1);
  if (chosen === undefined) throw new Error('a sentence has at least one reading');
  return chosen;
}

function askServiceOrTime(readings: readonly SentenceReading[], text: string): Ambiguity {
  const mentions = readings.flatMap(({ names }) => names).filter((name) => !name.quoted);
  const starts = new Map(readings.map((reading) => [reading, new Set(reading.names.map(({ start }) => start))]));
  const isNamed = (reading: SentenceReading, { start }: Span) => starts.get(reading)?.has(start) === true;
  const distinct = [...new Map(mentions.map((name) => [name.start, name])).values()];
  const contested = distinct.filter((name) => !readings.every((reading) => isNamed(reading, name)));
  const options = readings.map((reading) => {
    const meanings = contested.map((name) => ({
      name,
      word: sliceSpan(text, name),
      isService: isNamed(reading, name),
    }));
    return {
      edits: meanings.map(({ name, word, isService }) => replaceSpan(name, isService ? `"${word}"` : `on ${word}`)),
      label: meanings.map(({ word, isService }) => LABELS.serviceOrTime(word, isService)).join(', '),
    };
  });
  const words = [...new Set(contested.map((name) => `"${sliceSpan(text, name)}"`))].join(' and ');
  return {
    outcome: 'ambiguity',
    question: QUESTIONS.serviceOrTime(words),
    options,
    otherwise: refusal(REFUSALS.serviceOrTime(words)),
  };
}

/** The name of the window, without the annotations at its end, and these annotations. */
function parseName(text: string, folded: string, start: number, marks: readonly Annotation[]) {
  const inName = marks.filter((mark) => mark.start >= start);
  const cut = inName.filter(
    (mark) =>
      ['status', 'risk', 'reference', 'selector'].includes(mark.kind) ||
      (mark.kind === 'link' && folded.startsWith('link', mark.start)),
  );
  for (let end = text.trimEnd().length; end > start; ) {
    const last = inName.find((mark) => mark.end === end);
    if (last === undefined || (last.kind === 'channel' && /^#\d+$/.test(last.channel))) break;
    if (!cut.includes(last)) {
      if (last.kind !== 'channel' && last.kind !== 'internal') break;
      cut.push(last);
    }
    end = text.slice(0, last.start).trimEnd().length;
  }
  const rest = applyEdits(
    text.slice(start),
    cut.map((mark) => replaceSpan({ start: mark.start - start, end: mark.end - start }, '')),
  );
  const name = unquote(rest.replace(/^[\s:\u2010-\u2015-]+/u, '').trim())
    .replace(/<#([A-Z0-9]+)(?:\|([^<>]*))?>/gu, (_, id: string, label = '') => `#${label || id}`)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return { name, marks: cut };
}

function unquote(name: string): string {
  return /^"[^"]*"$/u.test(foldText(name)) ? name.slice(1, -1).trim() : name;
}

/** Replaces a word of a sentence by the name of a service, in quotes if it has spaces. */
export function replaceWord(text: string, word: string, name: string): string {
  const put = /\s/.test(name) ? `"${name}"` : name;
  const at = findWord(text, word);
  return at < 0 ? `${put} ${text}` : `${text.slice(0, at)}${put}${text.slice(at + word.length)}`;
}

export function removeWord(text: string, word: string): string {
  const at = findWord(text, word);
  return at < 0 ? text : `${text.slice(0, at)}${text.slice(at + word.length)}`.replace(/\s+/g, ' ').trim();
}

function findWord(text: string, word: string): number {
  return text.toLowerCase().indexOf(word.toLowerCase());
}
