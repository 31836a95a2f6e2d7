import { tokenize } from './lexer.ts';
import { getLexicon } from './lexicon.ts';
import { getDateOrder } from './numeric-dates.ts';
import type { Phrase } from './phrases.ts';
import { findCorrections, interpret, parsePhrases, resolveQuestion, toOriginalText } from './reader.ts';
import {
  type Ambiguity,
  ambiguity,
  type Interpretation,
  refuse,
  refuseIfTooLong,
  type When,
  type WhenContext,
} from './results.ts';
import { type Annotation, findAnnotations, type Risk, type ServiceStatus } from './sentence-annotations.ts';
import { findNameSplit } from './sentence-name.ts';
import {
  createSuggester,
  findByName,
  findServices,
  type KnownService,
  resemblesService,
  type ServiceMention,
  type SuggestServices,
} from './service-names.ts';
import { applyEdits, type Edit, foldText, normalizeText, replaceSpan, type Span } from './source-text.ts';
import { QUESTIONS, REFUSALS } from './texts.ts';
import type { Correction } from './typos.ts';

export interface SentenceContext extends WhenContext {
  readonly services: readonly KnownService[];
}

interface ParserContext extends SentenceContext {
  readonly suggest: SuggestServices;
}

export interface UnknownWord {
  /** As typed. */
  readonly word: string;
  /** Services with a similar name, the most similar first. */
  readonly suggestions: readonly { readonly id: number; readonly name: string }[];
}

/** The parts of a command. */
export interface Sentence {
  readonly services: readonly number[];
  /** Words that are neither a service nor a time. Nothing may be scheduled while there are any. */
  readonly unknown: readonly UnknownWord[];
  /** Slack's id (`C0123`) if Slack sent one, else the name as typed (`#ops`). */
  readonly channels: readonly string[];
  readonly serviceStatus?: ServiceStatus;
  readonly risk?: Risk;
  readonly reference?: string;
  readonly link?: string;
  /** Selects checks in addition to those of the services. */
  readonly selector?: string;
  readonly internal: boolean;
  readonly name?: string;
  readonly when: When;
}

type SentenceParts = Omit<Sentence, 'when'> & { readonly interpretation: Interpretation };

/**
 * Reads a whole command: `api, web tomorrow 2am for 2h #ops ref:CHG-1: Postgres upgrade`. Services are found by name,
 * the name of the window follows a colon or a dash, and the rest is time. The choices of a question are whole
 * commands again.
 */
export function readSentence(text: string, sentenceContext: SentenceContext): Sentence {
  const asTyped = normalizeText(text);
  const long = refuseIfTooLong(asTyped);
  if (long !== undefined) return { services: [], unknown: [], channels: [], internal: false, when: long };
  const context = { ...sentenceContext, suggest: createSuggester(sentenceContext.services) };
  const parts = parseSentence(asTyped, context);
  const { interpretation, ...rest } = parts;
  const when = resolveQuestion(
    asTyped,
    interpretation,
    (again) => parseSentence(again, context).interpretation,
    context,
  );
  return { ...rest, when };
}

/** The parts of a command, with typos corrected if a word is unknown. */
function parseSentence(asTyped: string, context: ParserContext): SentenceParts {
  const parts = parseWithoutCorrections(asTyped, context);
  if (parts.unknown.length === 0) return parts;
  const { text, corrections } = correctTypos(asTyped, context);
  if (corrections.length === 0) return parts;
  const better = parseWithoutCorrections(text, context);
  return { ...better, interpretation: toOriginalText(better.interpretation, corrections, text, asTyped) };
}

function parseWithoutCorrections(text: string, context: ParserContext): SentenceParts {
  const folded = foldText(text);
  const marks = findAnnotations(text, folded);
  const named = findServices(folded, context.services, marks);
  const quoted = findQuotedServices(marks, context.services);
  const taken = [...marks, ...named];
  const split = findNameSplit(folded, taken, createRangeParser(text, taken, context));
  const headEnd = split?.headEnd ?? text.length;
  const inHead = (span: Span) => span.start < headEnd;
  const readings = listReadings(text, named.filter(inHead), context).map((names) =>
    readWithServices(
      text,
      folded,
      [...names, ...quoted.filter(inHead)].sort((a, b) => a.start - b.start),
      marks.filter(inHead),
      headEnd,
      context,
    ),
  );
  const chosen = chooseReading(readings, text);
  const tail = split === undefined ? undefined : parseName(text, folded, split.nameStart, marks);
  const all = [...marks.filter(inHead), ...(tail?.marks ?? [])];
  const name = tail?.name ?? chosen.name;
  const first = <K extends Annotation['kind']>(kind: K) =>
    all.find((mark): mark is Annotation & { kind: K } => mark.kind === kind);
  const status = first('status')?.status;
  const risk = first('risk')?.risk;
  const reference = first('reference')?.reference;
  const link = first('link')?.link;
  const selector = all.flatMap((mark) => (mark.kind === 'selector' ? [mark.term] : [])).join(' ');
  return {
    services: chosen.services,
    unknown: chosen.unknown,
    channels: [...new Set(all.flatMap((mark) => (mark.kind === 'channel' ? [mark.channel] : [])))],
    ...(status === undefined ? {} : { serviceStatus: status }),
    ...(risk === undefined ? {} : { risk }),
    ...(reference === undefined ? {} : { reference }),
    ...(link === undefined ? {} : { link }),
    ...(selector === '' ? {} : { selector }),
    internal: first('internal') !== undefined,
    ...(name === undefined || name === '' ? {} : { name }),
    interpretation: chosen.interpretation,
  };
}

/** Corrects typos in the words about time, except in words that resemble a service. */
function correctTypos(text: string, context: ParserContext): { text: string; corrections: readonly Correction[] } {
  const folded = foldText(text);
  const marks = findAnnotations(text, folded);
  const taken = [...marks, ...findServices(folded, context.services, marks)];
  const end = findNameSplit(folded, taken, createRangeParser(text, taken, context))?.headEnd ?? text.length;
  const found = findCorrections(text, taken, context, (word) => resemblesService(word, context.services));
  const corrections = found.filter((correction) => correction.start < end);
  return { text: applyEdits(text, corrections), corrections };
}

/** Creates a parser of stretches of the text that skips what is `taken`. */
function createRangeParser(text: string, taken: readonly Span[], context: ParserContext) {
  return (start: number, end: number): readonly Phrase[] => {
    const outside = [
      { start: 0, end: start },
      { start: end, end: text.length },
    ].filter((span) => span.end > span.start);
    return parsePhrases(text, [...taken, ...outside], context);
  };
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
  readonly unknown: readonly UnknownWord[];
  readonly interpretation: Interpretation;
  readonly name: string | undefined;
}

/** All combinations of reading names such as "monday" as a service or a time. */
function listReadings(
  text: string,
  named: readonly ServiceMention[],
  context: ParserContext,
): readonly (readonly ServiceMention[])[] {
  const doubtful = named.filter((name) => readsAsTime(text, name, context)).slice(0, 3);
  const sure = named.filter((name) => !doubtful.includes(name));
  const readings: ServiceMention[][] = [];
  for (let mask = 0; mask < 2 ** doubtful.length; mask++) {
    const taken = doubtful.filter((_, index) => (mask & (1 << index)) !== 0);
    const left = doubtful.filter((name) => !taken.includes(name));
    if (taken.some((name) => followsTimeWord(text, name))) continue;
    const ids = [...sure, ...taken].flatMap((name) => name.services.map(({ id }) => id));
    const twice = new Set(ids).size < ids.length;
    // "monday monday 2am": one of the two is the service.
    const wasted = left.some((one, index) =>
      left.some((other, at) => at > index && foldWord(text, one) === foldWord(text, other)),
    );
    if (doubtful.length > 1 && (twice || wasted)) continue;
    readings.push([...sure, ...taken]);
  }
  return readings.length === 0 ? [sure] : readings;
}

function foldWord(text: string, { start, end }: Span): string {
  return foldText(text.slice(start, end));
}

function readsAsTime(text: string, { start, end }: ServiceMention, context: ParserContext): boolean {
  const lexicon = getLexicon(context.locale);
  return tokenize(text.slice(start, end), { lexicon, order: getDateOrder(context.locale) }).every(
    ({ kind }) => kind !== 'unknown',
  );
}

/** Whether the word before makes it a time: "on monday", "starting now". */
function followsTimeWord(text: string, { start }: Span): boolean {
  return /(?:^|[^\p{L}])(?:on|at|starting|every|each|next|this|until|till|from) +$/iu.test(text.slice(0, start));
}

const IGNORED_WORDS =
  /^(?:schedule|scheduled|plan|planned|maintenance|maint|window|downtime|service|services|create|add|new|work)$/;

function readWithServices(
  text: string,
  folded: string,
  names: readonly ServiceMention[],
  marks: readonly Annotation[],
  headEnd: number,
  context: ParserContext,
): SentenceReading {
  const quotedAsName = marks.filter(
    (mark) => mark.kind === 'quoted' && !names.some((name) => name.start === mark.start),
  );
  const taken: Span[] = [...marks, ...names, { start: headEnd, end: text.length }].filter(
    (span) => span.end > span.start,
  );
  const phrases = parsePhrases(text, taken, context);
  const timed = phrases.filter(
    (phrase) => !['unknown', 'and', 'or', 'about', 'from', 'to', 'every', 'between'].includes(phrase.kind),
  );
  const firstTime = Math.min(...timed.map((phrase) => phrase.start), text.length);
  const strangers = phrases.filter(
    (phrase) => phrase.kind === 'unknown' && !IGNORED_WORDS.test(folded.slice(phrase.start, phrase.end)),
  );
  const places = strangers.filter((phrase) => phrase.start < firstTime || isListedWithService(folded, phrase, names));
  const words = joinAdjacent(strangers, folded).map(({ start, end }) =>
    toUnknownWord(text.slice(start, end), context.suggest),
  );
  const strays = marks.flatMap((mark) => (mark.kind === 'invalid' ? [toUnknownWord(mark.text, () => [])] : []));
  // A quoted text after the time is the name of the window; before it, an unknown service.
  const title = quotedAsName.find((mark) => mark.start > firstTime);
  const quotedUnknown = quotedAsName.flatMap((mark) =>
    mark !== title && mark.kind === 'quoted' ? [toUnknownWord(mark.text, context.suggest)] : [],
  );
  const shared = names.flatMap(({ start, end, services }) =>
    services.length > 1 ? [toUnknownWord(text.slice(start, end), () => services, true)] : [],
  );
  const rest = phrases.filter(
    (phrase) => !places.includes(phrase) && !(phrase.kind === 'unknown' && !strangers.includes(phrase)),
  );
  const joint = rest.filter(
    (phrase) => !((phrase.kind === 'and' || phrase.kind === 'or') && precedesService(phrase, names, text)),
  );
  return {
    names,
    services: [
      ...new Set(names.flatMap(({ services }) => (services.length === 1 ? services.map(({ id }) => id) : []))),
    ],
    unknown: [...words, ...quotedUnknown, ...shared, ...strays],
    interpretation: interpret(joint, text, context),
    name: title?.kind === 'quoted' ? title.text.trim() : undefined,
  };
}

/** Whether an unknown word is in a list with services: `api, wbe tomorrow`. */
function isListedWithService(folded: string, phrase: Phrase, names: readonly ServiceMention[]): boolean {
  const joints = /^ *(?:,|and|&amp;|&|\+|und|et|y|e)? *$/u;
  return names.some((name) =>
    name.end <= phrase.start
      ? joints.test(folded.slice(name.end, phrase.start))
      : joints.test(folded.slice(phrase.end, name.start)),
  );
}

/** Whether the "and" belongs to a list of services. */
function precedesService(phrase: Phrase, names: readonly ServiceMention[], text: string): boolean {
  return names.some((name) => name.start >= phrase.end && text.slice(phrase.end, name.start).trim() === '');
}

/** Joins adjacent unknown words into one name. */
function joinAdjacent(strangers: readonly Phrase[], folded: string): Span[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of strangers) {
    const last = result.at(-1);
    if (last !== undefined && folded.slice(last.end, start).trim() === '') last.end = end;
    else result.push({ start, end });
  }
  return result;
}

/** @param qualified suggest names with their scope, because the word alone is ambiguous */
function toUnknownWord(word: string, suggest: SuggestServices, qualified = false): UnknownWord {
  const suggestions = suggest(word).map(({ id, name, scope }) => ({
    id,
    name: qualified && scope ? `${scope.name}/${name}` : name,
  }));
  return { word, suggestions };
}

/** The reading that works, or a question if there are several. */
function chooseReading(readings: readonly SentenceReading[], text: string): SentenceReading {
  const works = readings.filter(({ interpretation }) => interpretation.outcome !== 'refusal');
  const distinct = works.filter((one, index) => works.findIndex((other) => isSameReading(one, other)) === index);
  const [only, second] = distinct;
  const fallback = readings.at(-1);
  if (fallback === undefined) throw new Error('a sentence has at least one reading');
  if (only === undefined) return fallback;
  if (second === undefined) return only;
  return { ...second, interpretation: askServiceOrTime(distinct, text) };
}

function isSameReading(a: SentenceReading, b: SentenceReading): boolean {
  return JSON.stringify([a.services, a.interpretation]) === JSON.stringify([b.services, b.interpretation]);
}

function askServiceOrTime(readings: readonly SentenceReading[], text: string): Ambiguity {
  const all = readings.flatMap(({ names }) => names).filter((name) => !name.quoted);
  const contested = all.filter((name, index) => {
    const first = all.findIndex((other) => other.start === name.start) === index;
    return first && readings.some(({ names }) => !names.some((other) => other.start === name.start));
  });
  const options = readings.map(({ names }) => ({
    edits: contested.map((name): Edit => {
      const said = text.slice(name.start, name.end);
      const isName = names.some((other) => other.start === name.start);
      return replaceSpan(name, isName ? `"${said}"` : `on ${said}`);
    }),
    label: contested
      .map(
        (name) =>
          `${text.slice(name.start, name.end)}: ${names.some((other) => other.start === name.start) ? 'the service' : 'the time'}`,
      )
      .join(', '),
  }));
  const words = [...new Set(contested.map(({ start, end }) => `"${text.slice(start, end)}"`))].join(' and ');
  return ambiguity(QUESTIONS.serviceOrTime(words), options, refuse(REFUSALS.serviceOrTime(words)));
}

/** The name of the window, without the annotations at its end. */
function parseName(
  text: string,
  folded: string,
  start: number,
  marks: readonly Annotation[],
): { name: string; marks: readonly Annotation[] } {
  const keyed = marks.filter(
    (mark) => mark.start >= start && ['status', 'risk', 'reference', 'selector'].includes(mark.kind),
  );
  const links = marks.filter(
    (mark) => mark.start >= start && mark.kind === 'link' && folded.startsWith('link', mark.start),
  );
  const cut: Annotation[] = [...keyed, ...links];
  for (let end = text.trimEnd().length; ; ) {
    const last = marks.find(
      (mark) =>
        mark.start >= start && mark.end === end && (['channel', 'internal'].includes(mark.kind) || cut.includes(mark)),
    );
    if (last === undefined || (last.kind === 'channel' && /^#\d+$/.test(last.channel))) break;
    if (!cut.includes(last)) cut.push(last);
    end = text.slice(0, last.start).trimEnd().length;
    if (end <= start) break;
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
  const inner = /^"([^"]*)"$/u.exec(foldText(name));
  return inner === null ? name : name.slice(1, -1).trim();
}

/** Replaces a word of a sentence by the name of a service, in quotes if it has spaces. */
export function replaceWord(text: string, word: string, name: string): string {
  const put = /\s/.test(name) ? `"${name}"` : name;
  const at = findWord(text, word);
  return at < 0 ? `${put} ${text}` : `${text.slice(0, at)}${put}${text.slice(at + word.length)}`;
}

/** Removes a word from a sentence. */
export function removeWord(text: string, word: string): string {
  const at = findWord(text, word);
  return at < 0 ? text : `${text.slice(0, at)}${text.slice(at + word.length)}`.replace(/\s+/g, ' ').trim();
}

function findWord(text: string, word: string): number {
  return text.toLowerCase().indexOf(word.toLowerCase());
}
