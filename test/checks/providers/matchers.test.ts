import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMatchers, sameMatchers } from '../../../src/checks/providers/alertmanager/matchers.ts';
import { InvalidId } from '../../../src/checks/providers/provider.ts';

const equal = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });

describe('matchers', () => {
  test.each([
    ['alertname="HighLatency"', [equal('alertname', 'HighLatency')]],
    [' alertname = HighLatency , job="a" ', [equal('alertname', 'HighLatency'), equal('job', 'a')]],
    ['{alertname="x",}', [equal('alertname', 'x')]],
    ['"service.name"="x, y=z}"', [equal('service.name', 'x, y=z}')]],
    ['a=~"db[0-9]+\\\\."', [{ name: 'a', value: 'db[0-9]+\\.', isRegex: true, isEqual: true }]],
    ['a="", b!~"x"', [equal('a', ''), { name: 'b', value: 'x', isRegex: true, isEqual: false }]],
  ])('%s is read', (text, expected) => {
    expect(readMatchers(text)).toEqual(expected);
  });

  test.each([
    ['', 'at its end, the name of a label was expected'],
    ['{}', 'at "}", the name of a label was expected'],
    ['alertname', 'at its end, =, !=, =~ or !~ was expected'],
    ['alertname:x', 'at ":x", =, !=, =~ or !~ was expected'],
    ['alertname=', 'at its end, a value in double quotes was expected'],
    ['alertname="x', 'at "\\"x", closing double quotes'],
    ['alertname="\\d"', 'a backslash only before a double quote'],
    ['alertname="x" job="y"', 'at "job=\\"y\\"", a comma was expected'],
    ['{alertname="x"', 'at its end, "}" was expected'],
    ['{alertname="x"},b="y"', 'at ",b=\\"y\\"", nothing more was expected'],
    ['alertname="x",,b="y"', 'at ",b=\\"y\\"", the name of a label was expected'],
    ['service.name="x"', 'at ".name=\\"x\\"", =, !=, =~ or !~ was expected'],
    ['alertname=""', 'would silence alerts that have none of these labels'],
    ['alertname!="x"', 'would silence alerts that have none of these labels'],
  ])('%s is refused, with the place and what was expected', (text, why) => {
    expect(() => readMatchers(text)).toThrow(InvalidId);
    expect(() => readMatchers(text)).toThrow(why);
  });

  test('any quoted text is read unchanged', () => {
    const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
    const pair = fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ minLength: 1, unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 4 }), (pairs) => {
        const text = pairs.map(([name, value]) => `${quoted(name)}=${quoted(value)}`).join(',');
        expect(readMatchers(text)).toEqual(pairs.map(([name, value]) => equal(name, value)));
      }),
    );
  });

  test('any other text is read or refused, and never breaks', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab{}=!~,"\\n \n') }), (text) => {
        try {
          expect(readMatchers(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidId);
        }
      }),
    );
  });

  test('are the same in any order', () => {
    expect(sameMatchers(readMatchers('a="1",b!="2"'), readMatchers('b!="2",a="1"'))).toBe(true);
    expect(sameMatchers(readMatchers('a="1"'), readMatchers('a=~"1"'))).toBe(false);
  });
});
