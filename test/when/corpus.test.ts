import { describe, expect, it } from 'vitest';
import { offsetMinutes } from '../../src/core/time.ts';
import { readWhen, type When } from '../../src/when/index.ts';
import { corpus, getMoment, type Phrase, phrases } from './corpus.ts';

function read({ at, locale, text }: Phrase): When {
  return readWhen(text, { ...getMoment(at), locale });
}

const isAsked = ({ question, refusal, asked }: Phrase) => (question ?? refusal ?? asked) !== undefined;

describe.each([...corpus])('phrases: %s', (_, list) => {
  it.each(list.filter(({ start }) => start !== undefined))('$at $locale: reads "$text" as $start to $end', (phrase) => {
    const when = read(phrase);
    if (when.outcome !== 'window') throw new Error(`it is ${JSON.stringify(when)}`);
    expect(when.start).toEqual(new Date(phrase.start ?? ''));
    expect(when.end).toEqual(new Date(phrase.end ?? ''));
    expect(when.assumed).toEqual(phrase.assumed ?? []);
    if (phrase.zone === undefined) return;
    expect(when.timezone).toBe(phrase.zone);
    expect(when.notices).toEqual(phrase.notices ?? []);
  });

  it.each(list.filter(({ cron }) => cron !== undefined))(
    '$at $locale: reads "$text" as $cron for $minutes minutes',
    (phrase) => {
      const { cron, minutes: durationMinutes, zone: timezone, assumed = [], notices = [] } = phrase;
      expect(read(phrase)).toEqual({ outcome: 'series', cron, durationMinutes, timezone, assumed, notices });
    },
  );

  it.each(list.filter(({ question }) => question !== undefined))(
    '$at $locale: asks about "$text": $question',
    (phrase) => {
      const choices = Object.entries(phrase.choices ?? {}).map(([label, text]) => ({ label, text }));
      expect(read(phrase)).toEqual({ outcome: 'question', question: phrase.question, choices });
    },
  );

  it.each(list.filter(({ refusal }) => refusal !== undefined))('$at $locale: refuses "$text": $refusal', (phrase) => {
    expect(read(phrase)).toMatchObject({ outcome: 'refusal', reason: phrase.refusal });
  });

  it.each(list.filter(({ asked }) => asked))('$at $locale: never reads "$text" as a window', (phrase) => {
    expect(['question', 'refusal']).toContain(read(phrase).outcome);
  });
});

describe('the corpus', () => {
  it('has at least 400 phrases, of which a third are questions or refusals', () => {
    expect(phrases.length).toBeGreaterThan(400);
    expect(phrases.filter(isAsked).length * 3).toBeGreaterThan(phrases.length);
  });

  it('has unambiguous choices', () => {
    for (const { at, locale, choices = {} } of phrases) {
      for (const text of Object.values(choices)) {
        expect(readWhen(text, { ...getMoment(at), locale }), text).toMatchObject({
          outcome: expect.stringMatching(/^(?:window|series)$/),
        });
      }
    }
  });

  it('has refusals with examples that can be read', () => {
    for (const phrase of phrases) {
      const when = read(phrase);
      if (when.outcome !== 'refusal') continue;
      expect(readWhen(when.example, getMoment(phrase.at)), when.example).toMatchObject({
        outcome: expect.stringMatching(/^(?:window|series|question)$/),
      });
    }
  });
});

/** In the zone that the tests run in. */
const asRead = phrases.map(read);

describe.each(['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia'])(
  'a server in %s',
  (zone) => {
    it('reads every phrase as a server in UTC does', () => {
      const before = process.env.TZ;
      try {
        process.env.TZ = zone;
        expect(new Date(0).getTimezoneOffset() + offsetMinutes(new Date(0), zone)).toBe(0);
        expect(phrases.map(read)).toEqual(asRead);
      } finally {
        if (before === undefined) delete process.env.TZ;
        else process.env.TZ = before;
      }
    });
  },
);
