import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSentence, readWhen } from '../../src/when/index.ts';

/**
 * How much work a text is, whatever it says: how often a pattern is tried on it, and how often the name of a service is
 * looked at. Every pattern of the parsers runs through `RegExp.prototype.exec`, those of chrono-node as well.
 */
const MAX_CHARS = 2000;
/** Sentences of everyday length need a few thousand. */
const MAX_PATTERNS = 150_000;
const MAX_LOOKS_PER_SERVICE = 8;
const SERVICES = 1000;

let patterns = 0;
let looks = 0;
const names = [
  'monday',
  'now',
  '2am',
  ...Array.from({ length: SERVICES - 3 }, (_, id) => `service-${id}-of-team-${id % 37}`),
];
const createServices = () =>
  names.map((name, id) => ({
    id,
    scope: id % 2 === 0 ? { name: `scope ${id % 7}` } : null,
    get name() {
      looks += 1;
      return name;
    },
  }));

beforeEach(() => {
  const { exec } = RegExp.prototype;
  vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
    patterns += 1;
    return Reflect.apply(exec, this, [text]);
  });
});
afterEach(() => void vi.restoreAllMocks());

function measure(work: () => unknown) {
  [patterns, looks] = [0, 0];
  work();
  return { patterns, looksPerService: looks / SERVICES };
}

const context = { now: new Date('2027-02-03T16:00:00Z'), timezone: 'America/Chicago' };

const fill = (part: string | ((index: number) => string)) => {
  let text = '';
  for (let index = 0; text.length < MAX_CHARS; index++) text += typeof part === 'string' ? part : part(index);
  return text.slice(0, MAX_CHARS);
};

const PROSE =
  'we replace the disks of the primary because one reported errors last week and the vendor recommends it. ';

const TEXTS: Readonly<Record<string, string>> = {
  'unknown words': fill((index) => `wrd${index.toString(36)}x `),
  'almost services': fill((index) => `servce-${index}-of-team-${index % 37}, `),
  services: fill((index) => `service-${index}-of-team-${index % 37} `),
  'services, then a question': `${fill((index) => `service-${index}-of-team-${index % 37}, `).slice(0, 1900)} monday at 5`,
  prose: fill(PROSE),
  'a time, then prose': fill((index) => (index === 0 ? 'tomorrow 2am for 2h ' : PROSE)),
  'prose, then a time': `${fill(PROSE).slice(0, 1970)} tomorrow 2am for 2h`,
  'services that can be times': fill('monday now 2am '),
  'times of day': fill((index) => `${index % 24}:00 `),
  'ambiguous times': fill('5 or 6, '),
  'ambiguous dates': fill('06/07/2027 '),
  alternatives: fill('2am or '),
  weekdays: fill('sunday,monday,'),
  'misspelled words': fill('saturdey tomorow '),
  colons: `tomorrow ${fill(': tomorrow ').slice(9)}`,
  dashes: fill('2am - x '),
  'one long word': fill('a'),
  digits: fill('1'),
  'digits and dashes': fill('1-'),
  'digits and dots': fill('1.'),
  'digits and slashes': fill('1/'),
  quotes: fill('"a b" '),
  'open quotes': fill('`a'),
  brackets: fill('('),
  mentions: fill('<@'),
  channels: fill('#a '),
  links: fill('http://a. '),
  selector: `tag:${fill('a,').slice(4)}`,
  zones: fill('Europe/Berlix CET '),
  cities: fill('new york '),
  slashes: fill('a/'),
  cron: fill('* * * * * '),
  'a list of cron': `cron ${fill('1,').slice(20)} * * * *`,
  durations: fill('2 hours and a half '),
  'days after days': fill('2 days after '),
  'dates in words': fill('twenty-fifth of december '),
  ordinals: fill('first and second '),
  recurrences: fill('every other '),
  Japanese: fill('午前3時月'),
  emoji: fill('🚧'),
  accents: fill('é'),
};

describe('a text of hostile size', () => {
  it.each(Object.entries(TEXTS))('of %s is bounded work', (_, text) => {
    for (const locale of ['en-US', 'de-DE', 'ja-JP']) {
      const services = createServices();
      const command = measure(() => readSentence(text, { ...context, locale, services }));
      expect(command.patterns).toBeLessThan(MAX_PATTERNS);
      expect(command.looksPerService).toBeLessThanOrEqual(MAX_LOOKS_PER_SERVICE);
      expect(measure(() => readWhen(text, { ...context, locale })).patterns).toBeLessThan(MAX_PATTERNS);
    }
  });

  it('of any parts is bounded work', () => {
    const part = fc.constantFrom(...Object.values(TEXTS).map((text) => text.slice(0, 30)));
    const texts = fc
      .array(part, { minLength: 1, maxLength: 6 })
      .map((parts) => fill((index) => `${parts[index % parts.length]} `));
    const services = createServices();
    const check = (text: string) => {
      const { patterns: tried } = measure(() => readSentence(text, { ...context, services }));
      expect(tried).toBeLessThan(MAX_PATTERNS);
    };
    fc.assert(fc.property(texts, check), { numRuns: 50 });
  });
});
