import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type KnownService, readSentence, type Sentence } from '../../src/when/index.ts';

/** A command and its expected parts. A part that is left out must be absent. */
interface Command {
  readonly text: string;
  readonly services: readonly string[];
  /** With the suggested services. */
  readonly unknown?: Readonly<Record<string, readonly string[]>>;
  readonly channels?: readonly string[];
  readonly serviceStatus?: string;
  readonly reference?: string;
  readonly link?: string;
  readonly name?: string;
  readonly internal?: boolean;
  readonly start?: string;
  readonly end?: string;
  readonly cron?: string;
  readonly minutes?: number;
  readonly question?: string;
  readonly choices?: readonly string[];
  readonly refusal?: string;
}

const { services, sentences } = JSON.parse(readFileSync(new URL('sentences.json', import.meta.url), 'utf8')) as {
  services: KnownService[];
  sentences: Command[];
};
const context = { now: new Date('2027-02-03T16:00:00Z'), timezone: 'America/Chicago', services };

const getQualifiedName = ({ name, scope }: KnownService) => (scope ? `${scope.name}/${name}` : name);

function summarize({
  services: ids,
  unknown,
  channels,
  serviceStatus,
  reference,
  link,
  name,
  internal,
  when,
}: Sentence): object {
  return {
    services: ids.map((id) =>
      services
        .filter((service) => service.id === id)
        .map(getQualifiedName)
        .join(),
    ),
    unknown: Object.fromEntries(unknown.map(({ word, suggestions }) => [word, suggestions.map((each) => each.name)])),
    channels,
    serviceStatus,
    reference,
    link,
    name,
    internal,
    ...(when.outcome === 'window' ? { start: when.start, end: when.end } : {}),
    ...(when.outcome === 'series' ? { cron: when.cron, minutes: when.durationMinutes } : {}),
    ...(when.outcome === 'question'
      ? { question: when.question, choices: when.choices.map((choice) => choice.text) }
      : {}),
    ...(when.outcome === 'refusal' ? { refusal: when.reason } : {}),
  };
}

describe('commands', () => {
  it.each(sentences)('$text', ({ text, start, end, unknown = {}, channels = [], internal = false, ...expected }) => {
    expect(summarize(readSentence(text, context))).toEqual({
      unknown,
      channels,
      internal,
      ...expected,
      ...(start === undefined ? {} : { start: new Date(start) }),
      ...(end === undefined ? {} : { end: new Date(end) }),
    });
  });
});

describe('an unknown word', () => {
  it('causes a refusal after the time, rather than another time', () => {
    for (const text of [
      'api tomorrow 2am purple for 2h',
      'api tomorrow 2am for 2h purple',
      'tomorrow 2am flurbish for 2h',
    ]) {
      const { unknown, when } = readSentence(text, context);
      expect(unknown, text).toHaveLength(1);
      expect(when.outcome, text).toBe('refusal');
    }
  });

  it('is reported as a service before the time', () => {
    const { unknown, when } = readSentence('purple tomorrow 2am for 2h', context);
    expect(unknown).toEqual([{ word: 'purple', suggestions: [] }]);
    expect(when).toMatchObject({ outcome: 'window', start: new Date('2027-02-04T08:00:00Z') });
  });

  it('is corrected if it is a typo of a word about time and not a service', () => {
    expect(readSentence('api wendesday 3am for 2h', context).when).toMatchObject({
      outcome: 'window',
      notices: ['"wendesday" is read as "wednesday".', expect.stringContaining('Wednesday 10 February 2027')],
    });
    const wenday = [...services, { id: 99, name: 'wendesday' }];
    expect(readSentence('wendesday 3am for 2h', { ...context, services: wenday })).toMatchObject({
      services: [99],
      unknown: [],
    });
  });
});

describe('services', () => {
  const many = [
    { id: 1, name: 'now' },
    { id: 2, name: 'sat' },
    { id: 3, name: '2h' },
    { id: 4, name: 'Ünïcode' },
    { id: 5, name: 'c++ (build)' },
    { id: 6, name: 'at' },
  ];
  const read = (text: string) => readSentence(text, { ...context, services: many });

  it('named like a time cause a question, but not in quotes', () => {
    expect(read('now now for 1h')).toMatchObject({ services: [1], when: { outcome: 'window' } });
    expect(read('sat sat 3am for 1h')).toMatchObject({
      services: [2],
      when: { start: new Date('2027-02-06T09:00:00Z') },
    });
    expect(read('sat 3am for 1h').when).toMatchObject({
      outcome: 'question',
      choices: [{ text: 'on sat 3am for 1h' }, { text: '"sat" 3am for 1h' }],
    });
    expect(read('"sat" 3am for 1h')).toMatchObject({
      services: [2],
      when: { start: new Date('2027-02-04T09:00:00Z') },
    });
    expect(read('on sat 3am for 1h')).toMatchObject({
      services: [],
      when: { start: new Date('2027-02-06T09:00:00Z') },
    });
  });

  it('are found with accents and punctuation in their names', () => {
    expect(read('ünïcode and c++ (build) tomorrow 2am')).toMatchObject({ services: [4, 5], unknown: [] });
    expect(read('unicode tomorrow 2am')).toMatchObject({ services: [4], unknown: [] });
  });

  it('are not found within other words', () => {
    expect(readSentence('api-x, xapi and api/2 tomorrow 2am', context).services).toEqual([]);
  });
});
