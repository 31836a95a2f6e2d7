import * as chrono from 'chrono-node';
import type { Temporal } from 'temporal-polyfill';
import type { Lexeme } from './lexemes.ts';

type Parser = Pick<chrono.Chrono, 'parse'>;

/** The languages whose dates chrono reads, English aside. */
const PARSERS: ReadonlyMap<string, Parser> = new Map([
  ['de', chrono.de.casual],
  ['es', chrono.es.casual],
  ['fi', chrono.fi.casual],
  ['fr', chrono.fr.casual],
  ['id', chrono.id.casual],
  ['it', chrono.it.casual],
  ['ja', chrono.ja.casual],
  ['nl', chrono.nl.casual],
  ['pt', chrono.pt.casual],
  ['ru', chrono.ru.casual],
  ['sv', chrono.sv.casual],
  ['uk', chrono.uk.casual],
  ['vi', chrono.vi.casual],
  ['zh', chrono.zh.casual],
]);

/**
 * Lets chrono read the dates that the language tables have no words for ("twenty-fifth of december", "domani"). Of what it
 * finds, only days that the words themselves say are taken; times of day, zones and everything it fills in are not.
 *
 * @param lexemes of the text; only stretches with an unknown word among them are looked at
 * @param today on the reader's calendar
 */
export function withDates(
  text: string,
  lexemes: readonly Lexeme[],
  locale: string | undefined,
  today: Temporal.PlainDate,
): readonly Lexeme[] {
  if (!lexemes.some((lexeme) => lexeme.kind === 'unknown')) return lexemes;
  const visible = onlyWords(text, lexemes);
  // As if the reader lived in UTC, at noon: then no zone and no clock change has a say in it.
  const instant = new Date(`${today.toString()}T12:00:00Z`);
  const own = PARSERS.get(locale?.toLowerCase().split(/[-_]/)[0] ?? '');
  let result = lexemes;
  for (const parser of own === undefined ? [chrono.en.casual] : [own, chrono.en.casual]) {
    for (const found of parser.parse(visible, { instant, timezone: 0 })) result = withDate(result, found);
  }
  return result;
}

/** Times, lengths and zones have been read already: blanks stand in their places. */
function onlyWords(text: string, lexemes: readonly Lexeme[]): string {
  const kept = lexemes.filter((lexeme) => {
    if (lexeme.kind === 'known') return lexeme.month !== undefined || lexeme.weekday !== undefined;
    return lexeme.kind === 'unknown' || lexeme.kind === 'number' || lexeme.kind === 'ordinal';
  });
  let words = '';
  for (const { start, end } of kept) words = words.padEnd(start, ' ') + text.slice(start, end);
  return words;
}

function withDate(lexemes: readonly Lexeme[], found: chrono.ParsedResult): readonly Lexeme[] {
  const [start, end] = [found.index, found.index + found.text.length];
  const first = lexemes.findIndex((lexeme) => lexeme.start === start);
  const last = lexemes.findIndex((lexeme) => lexeme.end === end);
  const covered = lexemes.slice(first, last + 1);
  if (first < 0 || last < first || !covered.some(({ kind }) => kind === 'unknown')) return lexemes;
  const day = dayOf(found);
  return day === undefined ? lexemes : [...lexemes.slice(0, first), { start, end, ...day }, ...lexemes.slice(last + 1)];
}

function dayOf(found: chrono.ParsedResult) {
  const { start, end } = found;
  const says = (component: chrono.Component) => start.isCertain(component);
  // "next week" and the like are no one day.
  if ((end !== null && end !== undefined) || says('hour') || found.tags().has('result/relativeDate')) return undefined;
  const [year, month, day, weekday] = (['year', 'month', 'day', 'weekday'] as const).map(
    (component) => start.get(component) ?? undefined,
  );
  if (says('day') && says('month') && month !== undefined && day !== undefined) {
    const inYear = says('year') && year !== undefined ? { year } : {};
    return { kind: 'date', date: { order: 'known', month, day, ...inYear } } as const;
  }
  if (says('weekday') && !says('day') && weekday !== undefined) return { kind: 'known', terms: [], weekday } as const;
  return undefined;
}
