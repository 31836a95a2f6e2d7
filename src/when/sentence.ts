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
import { type Annotation, findAnnotations, type ServiceStatus } from './sentence-annotations.ts';
import { findNameSplit } from './sentence-name.ts';
import {
  findByName,
  findServices,
  type KnownService,
  resemblesService,
  type ServiceMention,
  suggestServices,
} from './service-names.ts';
import { applyEdits, type Edit, foldText, normalizeText, replaceSpan, type Span } from './source-text.ts';
import { QUESTIONS, REFUSALS } from './texts.ts';
import type { Correction } from './typos.ts';

export interface SentenceContext extends WhenContext {
  readonly services: readonly KnownService[];
}

export interface UnknownWord {
  /** As typed. */
  readonly word: string;
  /** Services with a like name, the likeliest first. */
  readonly suggestions: readonly { readonly id: number; readonly name: string }[];
}

/** A whole command line, taken apart. */
export interface Sentence {
  readonly services: readonly number[];
  /** Words that are neither a service nor a time. While there are any, nothing may be scheduled. */
  readonly unknown: readonly UnknownWord[];
  /** Slack's id (`C0123`) where Slack sent one, else the name as typed (`#ops`). */
  readonly channels: readonly string[];
  readonly serviceStatus?: ServiceStatus;
  readonly reference?: string;
  readonly link?: string;
  /** Chooses checks beside those of the services (domain/selector). */
  readonly selector?: string;
  readonly internal: boolean;
  readonly name?: string;
  readonly when: When;
}

type SentenceParts = Omit<Sentence, 'when'> & { readonly verdict: Interpretation };

/**
 * Reads a whole command: `api, web tomorrow 2am for 2h #ops ref:CHG-1: Postgres upgrade`. Services are found by their names,
 * the name of the window comes after a colon or a loose dash, the rest is time. The choices of a question are whole
 * commands again.
 */
export function readSentence(text: string, context: SentenceContext): Sentence {
  const asTyped = normalizeText(text);
  const long = refuseIfTooLong(asTyped);
  if (long !== undefined) return { services: [], unknown: [], channels: [], internal: false, when: long };
  const parts = parseSentence(asTyped, context);
  const { verdict, ...rest } = parts;
  const when = resolveQuestion(asTyped, verdict, (again) => parseSentence(again, context).verdict, context);
  return { ...rest, when };
}

/** The parts of a command; where a word is unknown, of the command with its slips of the fingers put right. */
function parseSentence(asTyped: string, context: SentenceContext): SentenceParts {
  const parts = parseWithoutCorrections(asTyped, context);
  if (parts.unknown.length === 0) return parts;
  const { text, corrections } = correctTypos(asTyped, context);
  if (corrections.length === 0) return parts;
  const better = parseWithoutCorrections(text, context);
  return { ...better, verdict: toOriginalText(better.verdict, corrections, text, asTyped) };
}

function parseWithoutCorrections(text: string, context: SentenceContext): SentenceParts {
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
  const reference = first('reference')?.reference;
  const link = first('link')?.link;
  const selector = all.flatMap((mark) => (mark.kind === 'selector' ? [mark.term] : [])).join(' ');
  return {
    services: chosen.services,
    unknown: chosen.unknown,
    channels: [...new Set(all.flatMap((mark) => (mark.kind === 'channel' ? [mark.channel] : [])))],
    ...(status === undefined ? {} : { serviceStatus: status }),
    ...(reference === undefined ? {} : { reference }),
    ...(link === undefined ? {} : { link }),
    ...(selector === '' ? {} : { selector }),
    internal: first('internal') !== undefined,
    ...(name === undefined || name === '' ? {} : { name }),
    verdict: chosen.verdict,
  };
}

/** Slips of the fingers put right in the words about time, where no service is called so. */
function correctTypos(text: string, context: SentenceContext): { text: string; corrections: readonly Correction[] } {
  const folded = foldText(text);
  const marks = findAnnotations(text, folded);
  const taken = [...marks, ...findServices(folded, context.services, marks)];
  const end = findNameSplit(folded, taken, createRangeParser(text, taken, context))?.headEnd ?? text.length;
  const found = findCorrections(text, taken, context, (word) => resemblesService(word, context.services));
  const corrections = found.filter((correction) => correction.start < end);
  return { text: applyEdits(text, corrections), corrections };
}

/** Reads a stretch of the text, apart from what is `taken`. */
function createRangeParser(text: string, taken: readonly Span[], context: SentenceContext) {
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
  readonly verdict: Interpretation;
  readonly name: string | undefined;
}

/** Names such as "monday" are time as well: every way to read them. */
function listReadings(
  text: string,
  named: readonly ServiceMention[],
  context: SentenceContext,
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

function readsAsTime(text: string, { start, end }: ServiceMention, context: SentenceContext): boolean {
  const lexicon = getLexicon(context.locale);
  return tokenize(text.slice(start, end), { lexicon, order: getDateOrder(context.locale) }).every(
    ({ kind }) => kind !== 'unknown',
  );
}

/** A word before it says that it is a time: "on monday", "starting now". */
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
  context: SentenceContext,
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
    toUnknownWord(text.slice(start, end), context.services),
  );
  const strays = marks.flatMap((mark) => (mark.kind === 'invalid' ? [toUnknownWord(mark.text, [])] : []));
  // A quoted text after the time is the name of the window, before it a service that nobody knows.
  const title = quotedAsName.find((mark) => mark.start > firstTime);
  const quotedUnknown = quotedAsName.flatMap((mark) =>
    mark !== title && mark.kind === 'quoted' ? [toUnknownWord(mark.text, context.services)] : [],
  );
  const shared = names.flatMap(({ start, end, services }) =>
    services.length > 1 ? [toUnknownWord(text.slice(start, end), services, true)] : [],
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
    verdict: interpret(joint, text, context),
    name: title?.kind === 'quoted' ? title.text.trim() : undefined,
  };
}

/** In a list with services: `api, wbe tomorrow`. */
function isListedWithService(folded: string, phrase: Phrase, names: readonly ServiceMention[]): boolean {
  const joints = /^ *(?:,|and|&amp;|&|\+|und|et|y|e)? *$/u;
  return names.some((name) =>
    name.end <= phrase.start
      ? joints.test(folded.slice(name.end, phrase.start))
      : joints.test(folded.slice(phrase.end, name.start)),
  );
}

/** The "and" of a list of services joins no times. */
function precedesService(phrase: Phrase, names: readonly ServiceMention[], text: string): boolean {
  return names.some((name) => name.start >= phrase.end && text.slice(phrase.end, name.start).trim() === '');
}

/** Unknown words bound by bound are one name. */
function joinAdjacent(strangers: readonly Phrase[], folded: string): Span[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of strangers) {
    const last = result.at(-1);
    if (last !== undefined && folded.slice(last.end, start).trim() === '') last.end = end;
    else result.push({ start, end });
  }
  return result;
}

function toUnknownWord(word: string, services: readonly KnownService[], all = false): UnknownWord {
  const near = all ? services : suggestServices(word, services);
  return {
    word,
    suggestions: near.map(({ id, name, scope }) => ({
      id,
      name: all && scope !== undefined ? `${scope}/${name}` : name,
    })),
  };
}

/** The reading that works; of several, a question. */
function chooseReading(readings: readonly SentenceReading[], text: string): SentenceReading {
  const works = readings.filter(({ verdict }) => verdict.outcome !== 'refusal');
  const distinct = works.filter((one, index) => works.findIndex((other) => isSameReading(one, other)) === index);
  const [only, second] = distinct;
  const fallback = readings.at(-1);
  if (fallback === undefined) throw new Error('a sentence has at least one reading');
  if (only === undefined) return fallback;
  if (second === undefined) return only;
  return { ...second, verdict: askServiceOrTime(distinct, text) };
}

function isSameReading(a: SentenceReading, b: SentenceReading): boolean {
  return JSON.stringify([a.services, a.verdict]) === JSON.stringify([b.services, b.verdict]);
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

/** The name, without the marks that stand at its end. */
function parseName(
  text: string,
  folded: string,
  start: number,
  marks: readonly Annotation[],
): { name: string; marks: readonly Annotation[] } {
  const keyed = marks.filter((mark) => mark.start >= start && ['status', 'reference', 'selector'].includes(mark.kind));
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

/** The sentence with the name of a service in the place of a word; in quotes when it has spaces. */
export function replaceWord(text: string, word: string, name: string): string {
  const put = /\s/.test(name) ? `"${name}"` : name;
  const at = findWord(text, word);
  return at < 0 ? `${put} ${text}` : `${text.slice(0, at)}${put}${text.slice(at + word.length)}`;
}

/** The sentence without a word. */
export function removeWord(text: string, word: string): string {
  const at = findWord(text, word);
  return at < 0 ? text : `${text.slice(0, at)}${text.slice(at + word.length)}`.replace(/\s+/g, ' ').trim();
}

function findWord(text: string, word: string): number {
  return text.toLowerCase().indexOf(word.toLowerCase());
}
