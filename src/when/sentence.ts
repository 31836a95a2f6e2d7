import { type Doubt, doubt, type Edit, refusal, tooLong, type Verdict, type When, type WhenContext } from './answer.ts';
import { orderOf } from './digit-dates.ts';
import type { Item } from './items.ts';
import { lexemesOf } from './lexer.ts';
import { lexiconOf } from './lexicon.ts';
import { answered, correctionsIn, corrects, itemsIn, judged } from './read.ts';
import { type Mark, marksOf, type ServiceStatus } from './sentence-marks.ts';
import { splitOf } from './sentence-name.ts';
import { isNearName, type KnownService, type Named, namedIn, servicesNamed, suggestions } from './service-names.ts';
import { legible, plain, replaced, type Span } from './text.ts';
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

type Parts = Omit<Sentence, 'when'> & { readonly verdict: Verdict };

/**
 * Reads a whole command: `api, web tomorrow 2am for 2h #ops ref:CHG-1: Postgres upgrade`. Services are found by their names,
 * the name of the window comes after a colon or a loose dash, the rest is time. The choices of a question are whole
 * commands again.
 */
export function readSentence(text: string, context: SentenceContext): Sentence {
  const asTyped = legible(text);
  const long = tooLong(asTyped);
  if (long !== undefined) return { services: [], unknown: [], channels: [], internal: false, when: long };
  const parts = partsOf(asTyped, context);
  const { verdict, ...rest } = parts;
  const when = answered(asTyped, verdict, (again) => partsOf(again, context).verdict, context);
  return { ...rest, when };
}

/** The parts of a command; where a word is unknown, of the command with its slips of the fingers put right. */
function partsOf(asTyped: string, context: SentenceContext): Parts {
  const parts = partsAsTyped(asTyped, context);
  if (parts.unknown.length === 0) return parts;
  const { text, corrections } = corrected(asTyped, context);
  if (corrections.length === 0) return parts;
  const better = partsAsTyped(text, context);
  return { ...better, verdict: corrects(better.verdict, corrections, text, asTyped) };
}

function partsAsTyped(text: string, context: SentenceContext): Parts {
  const folded = plain(text);
  const marks = marksOf(text, folded);
  const named = namedIn(folded, context.services, marks);
  const quoted = quotedNames(marks, context.services);
  const taken = [...marks, ...named];
  const split = splitOf(folded, taken, stretches(text, taken, context));
  const headEnd = split?.headEnd ?? text.length;
  const inHead = (span: Span) => span.start < headEnd;
  const readings = readingsOf(text, named.filter(inHead), context).map((names) =>
    oneReading(
      text,
      folded,
      [...names, ...quoted.filter(inHead)].sort((a, b) => a.start - b.start),
      marks.filter(inHead),
      headEnd,
      context,
    ),
  );
  const chosen = chosenOf(readings, text);
  const tail = split === undefined ? undefined : tailOf(text, folded, split.nameStart, marks);
  const all = [...marks.filter(inHead), ...(tail?.marks ?? [])];
  const name = tail?.name ?? chosen.name;
  const first = <K extends Mark['is']>(is: K) => all.find((mark): mark is Mark & { is: K } => mark.is === is);
  const status = first('status')?.status;
  const reference = first('reference')?.reference;
  const link = first('link')?.link;
  const selector = all.flatMap((mark) => (mark.is === 'selector' ? [mark.term] : [])).join(' ');
  return {
    services: chosen.services,
    unknown: chosen.unknown,
    channels: [...new Set(all.flatMap((mark) => (mark.is === 'channel' ? [mark.channel] : [])))],
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
function corrected(text: string, context: SentenceContext): { text: string; corrections: readonly Correction[] } {
  const folded = plain(text);
  const marks = marksOf(text, folded);
  const taken = [...marks, ...namedIn(folded, context.services, marks)];
  const end = splitOf(folded, taken, stretches(text, taken, context))?.headEnd ?? text.length;
  const found = correctionsIn(text, taken, context, (word) => isNearName(word, context.services));
  const corrections = found.filter((correction) => correction.start < end);
  return { text: replaced(text, corrections), corrections };
}

/** Reads a stretch of the text, apart from what is `taken`. */
function stretches(text: string, taken: readonly Span[], context: SentenceContext) {
  return (start: number, end: number): readonly Item[] => {
    const outside = [
      { start: 0, end: start },
      { start: end, end: text.length },
    ].filter((span) => span.end > span.start);
    return itemsIn(text, [...taken, ...outside], context);
  };
}

function quotedNames(marks: readonly Mark[], services: readonly KnownService[]): Named[] {
  return marks.flatMap((mark) => {
    const found = mark.is === 'quoted' ? servicesNamed(mark.text, services) : [];
    return found.length === 0 ? [] : [{ start: mark.start, end: mark.end, services: found, quoted: true }];
  });
}

interface Reading {
  readonly names: readonly Named[];
  readonly services: readonly number[];
  readonly unknown: readonly UnknownWord[];
  readonly verdict: Verdict;
  readonly name: string | undefined;
}

/** Names such as "monday" are time as well: every way to read them. */
function readingsOf(text: string, named: readonly Named[], context: SentenceContext): readonly (readonly Named[])[] {
  const doubtful = named.filter((name) => isTimely(text, name, context)).slice(0, 3);
  const sure = named.filter((name) => !doubtful.includes(name));
  const readings: Named[][] = [];
  for (let mask = 0; mask < 2 ** doubtful.length; mask++) {
    const taken = doubtful.filter((_, index) => (mask & (1 << index)) !== 0);
    const left = doubtful.filter((name) => !taken.includes(name));
    if (taken.some((name) => saidAsTime(text, name))) continue;
    const ids = [...sure, ...taken].flatMap((name) => name.services.map(({ id }) => id));
    const twice = new Set(ids).size < ids.length;
    // "monday monday 2am": one of the two is the service.
    const wasted = left.some((one, index) =>
      left.some((other, at) => at > index && word(text, one) === word(text, other)),
    );
    if (doubtful.length > 1 && (twice || wasted)) continue;
    readings.push([...sure, ...taken]);
  }
  return readings.length === 0 ? [sure] : readings;
}

function word(text: string, { start, end }: Span): string {
  return plain(text.slice(start, end));
}

function isTimely(text: string, { start, end }: Named, context: SentenceContext): boolean {
  const lexicon = lexiconOf(context.locale);
  return lexemesOf(text.slice(start, end), { lexicon, order: orderOf(context.locale) }).every(
    ({ kind }) => kind !== 'unknown',
  );
}

/** A word before it says that it is a time: "on monday", "starting now". */
function saidAsTime(text: string, { start }: Span): boolean {
  return /(?:^|[^\p{L}])(?:on|at|starting|every|each|next|this|until|till|from) +$/iu.test(text.slice(0, start));
}

const IDLE =
  /^(?:schedule|scheduled|plan|planned|maintenance|maint|window|downtime|service|services|create|add|new|work)$/;

function oneReading(
  text: string,
  folded: string,
  names: readonly Named[],
  marks: readonly Mark[],
  headEnd: number,
  context: SentenceContext,
): Reading {
  const quotedAsName = marks.filter((mark) => mark.is === 'quoted' && !names.some((name) => name.start === mark.start));
  const taken: Span[] = [...marks, ...names, { start: headEnd, end: text.length }].filter(
    (span) => span.end > span.start,
  );
  const items = itemsIn(text, taken, context);
  const timed = items.filter(
    (item) => !['unknown', 'and', 'or', 'about', 'from', 'to', 'every', 'between'].includes(item.is),
  );
  const firstTime = Math.min(...timed.map((item) => item.start), text.length);
  const strangers = items.filter((item) => item.is === 'unknown' && !IDLE.test(folded.slice(item.start, item.end)));
  const places = strangers.filter((item) => item.start < firstTime || listed(folded, item, names));
  const words = groups(strangers, folded).map(({ start, end }) =>
    unknownWord(text.slice(start, end), context.services),
  );
  const strays = marks.flatMap((mark) => (mark.is === 'stray' ? [unknownWord(mark.text, [])] : []));
  // A quoted text after the time is the name of the window, before it a service that nobody knows.
  const title = quotedAsName.find((mark) => mark.start > firstTime);
  const quotedUnknown = quotedAsName.flatMap((mark) =>
    mark !== title && mark.is === 'quoted' ? [unknownWord(mark.text, context.services)] : [],
  );
  const shared = names.flatMap(({ start, end, services }) =>
    services.length > 1 ? [unknownWord(text.slice(start, end), services, true)] : [],
  );
  const rest = items.filter((item) => !places.includes(item) && !(item.is === 'unknown' && !strangers.includes(item)));
  const joint = rest.filter((item) => !((item.is === 'and' || item.is === 'or') && beforeService(item, names, text)));
  return {
    names,
    services: [
      ...new Set(names.flatMap(({ services }) => (services.length === 1 ? services.map(({ id }) => id) : []))),
    ],
    unknown: [...words, ...quotedUnknown, ...shared, ...strays],
    verdict: judged(joint, text, context),
    name: title?.is === 'quoted' ? title.text.trim() : undefined,
  };
}

/** In a list with services: `api, wbe tomorrow`. */
function listed(folded: string, item: Item, names: readonly Named[]): boolean {
  const joints = /^ *(?:,|and|&amp;|&|\+|und|et|y|e)? *$/u;
  return names.some((name) =>
    name.end <= item.start
      ? joints.test(folded.slice(name.end, item.start))
      : joints.test(folded.slice(item.end, name.start)),
  );
}

/** The "and" of a list of services joins no times. */
function beforeService(item: Item, names: readonly Named[], text: string): boolean {
  return names.some((name) => name.start >= item.end && text.slice(item.end, name.start).trim() === '');
}

/** Unknown words side by side are one name. */
function groups(strangers: readonly Item[], folded: string): Span[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of strangers) {
    const last = result.at(-1);
    if (last !== undefined && folded.slice(last.end, start).trim() === '') last.end = end;
    else result.push({ start, end });
  }
  return result;
}

function unknownWord(word: string, services: readonly KnownService[], all = false): UnknownWord {
  const near = all ? services : suggestions(word, services);
  return {
    word,
    suggestions: near.map(({ id, name, scope }) => ({
      id,
      name: all && scope !== undefined ? `${scope}/${name}` : name,
    })),
  };
}

/** The reading that works; of several, a question. */
function chosenOf(readings: readonly Reading[], text: string): Reading {
  const works = readings.filter(({ verdict }) => verdict.outcome !== 'refusal');
  const distinct = works.filter((one, index) => works.findIndex((other) => same(one, other)) === index);
  const [only, second] = distinct;
  const fallback = readings.at(-1);
  if (fallback === undefined) throw new Error('a sentence has at least one reading');
  if (only === undefined) return fallback;
  if (second === undefined) return only;
  return { ...second, verdict: doubtOf(distinct, text) };
}

function same(a: Reading, b: Reading): boolean {
  return JSON.stringify([a.services, a.verdict]) === JSON.stringify([b.services, b.verdict]);
}

function doubtOf(readings: readonly Reading[], text: string): Doubt {
  const all = readings.flatMap(({ names }) => names).filter((name) => !name.quoted);
  const contested = all.filter((name, index) => {
    const first = all.findIndex((other) => other.start === name.start) === index;
    return first && readings.some(({ names }) => !names.some((other) => other.start === name.start));
  });
  const options = readings.map(({ names }) => ({
    edits: contested.map((name): Edit => {
      const said = text.slice(name.start, name.end);
      const isName = names.some((other) => other.start === name.start);
      return { start: name.start, end: name.end, by: isName ? `"${said}"` : `on ${said}` };
    }),
    label: contested
      .map(
        (name) =>
          `${text.slice(name.start, name.end)}: ${names.some((other) => other.start === name.start) ? 'the service' : 'the time'}`,
      )
      .join(', '),
  }));
  const words = [...new Set(contested.map(({ start, end }) => `"${text.slice(start, end)}"`))].join(' and ');
  return doubt(
    `Is ${words} a service or a time?`,
    options,
    refusal(`${words} can be a service and a time. Put the service in quotes.`),
  );
}

/** The name, without the marks that stand at its end. */
function tailOf(
  text: string,
  folded: string,
  start: number,
  marks: readonly Mark[],
): { name: string; marks: readonly Mark[] } {
  const keyed = marks.filter((mark) => mark.start >= start && ['status', 'reference', 'selector'].includes(mark.is));
  const links = marks.filter(
    (mark) => mark.start >= start && mark.is === 'link' && folded.startsWith('link', mark.start),
  );
  const cut: Mark[] = [...keyed, ...links];
  for (let end = text.trimEnd().length; ; ) {
    const last = marks.find(
      (mark) =>
        mark.start >= start && mark.end === end && (['channel', 'internal'].includes(mark.is) || cut.includes(mark)),
    );
    if (last === undefined || (last.is === 'channel' && /^#\d+$/.test(last.channel))) break;
    if (!cut.includes(last)) cut.push(last);
    end = text.slice(0, last.start).trimEnd().length;
    if (end <= start) break;
  }
  const rest = replaced(
    text.slice(start),
    cut.map((mark) => ({ start: mark.start - start, end: mark.end - start, by: '' })),
  );
  const name = unquoted(rest.replace(/^[\s:\u2010-\u2015-]+/u, '').trim())
    .replace(/<#([A-Z0-9]+)(?:\|([^<>]*))?>/gu, (_, id: string, label = '') => `#${label || id}`)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return { name, marks: cut };
}

function unquoted(name: string): string {
  const inner = /^"([^"]*)"$/u.exec(plain(name));
  return inner === null ? name : name.slice(1, -1).trim();
}
