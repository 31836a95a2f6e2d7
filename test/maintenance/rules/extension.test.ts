import { describe, expect, test } from 'vitest';
import { readExtension } from '../../../src/maintenance/rules/times.ts';

const at = (text: string) => new Date(`2027-03-15T${text}:00Z`);
/** From 02:00 to 04:00 UTC. */
const window = (status: 'scheduled' | 'in-progress') => ({
  status,
  scheduledStart: at('02:00'),
  scheduledEnd: at('04:00'),
  startedAt: status === 'scheduled' ? null : at('02:00'),
  endsAt: status === 'scheduled' ? null : at('04:00'),
  endedAt: null,
});
const read = (text: string, status: 'scheduled' | 'in-progress' = 'in-progress', now = at('03:00')) =>
  readExtension(text, window(status), { now, timezone: 'UTC', locale: 'en-US' });

describe('how much longer', () => {
  test.each([
    ['30m', 30],
    ['+30m', 30],
    ['by 1 hour', 60],
    ['for 1h30m', 90],
    ['2 hours', 120],
    ['half an hour', 30],
  ])('"%s" counts from its end', (text, minutes) => {
    expect(read(text)).toMatchObject({ outcome: 'extension', by: minutes });
  });

  test.each(['until 5am', 'until 05:00', 'till 5am', 'to 5am'])('"%s" is that time', (text) => {
    expect(read(text)).toMatchObject({ outcome: 'extension', by: at('05:00') });
  });

  test.each([1, 29, 31, 59])(
    'until a time of a window that ends %i s into a minute is that time exactly',
    (seconds) => {
      const endsAt = new Date(at('04:00').getTime() + seconds * 1000);
      const when = { now: at('03:00'), timezone: 'UTC', locale: 'en-US' };
      const answer = readExtension('until 5am', { ...window('in-progress'), endsAt }, when);
      expect(answer).toMatchObject({ outcome: 'extension', by: at('05:00') });
      const early = readExtension('until 4am', { ...window('in-progress'), endsAt }, when);
      expect(early).toMatchObject({ outcome: 'extension', by: at('04:00') });
    },
  );

  test('of a window that has not begun counts from its own day', () => {
    const now = new Date('2027-03-10T15:00:00Z');
    expect(read('until 5am', 'scheduled', now)).toMatchObject({ outcome: 'extension', by: at('05:00') });
  });

  // What the window ends at by then is known under its lock, where an earlier end is refused.
  test('until a time that is not later is that time, never taken for the day after', () => {
    expect(read('until 3:30am')).toMatchObject({ outcome: 'extension', by: at('03:30') });
  });

  test('a number alone is asked about', () => {
    const answer = read('30');
    expect(answer).toMatchObject({ outcome: 'question' });
    const choices = answer.outcome === 'question' ? answer.choices : [];
    expect(choices.map(({ text }) => read(text))).toEqual([expect.objectContaining({ outcome: 'extension', by: 30 })]);
  });

  test.each(['banana', 'tomorrow 3am', 'every sunday at 3am', ''])('"%s" is refused', (text) => {
    expect(read(text).outcome).toBe('refusal');
  });
});
