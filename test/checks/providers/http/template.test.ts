import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fillHeader,
  fillJson,
  fillText,
  fillUrl,
  isPointer,
  listPlaceholders,
  lookUp,
  TemplateError,
} from '../../../../src/checks/providers/http/template.ts';

const anything = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('{token}', '$&', '..', '.', 'a/../b'),
);

describe('a value in an address', () => {
  it('is one part of the path, whatever it holds', () => {
    fc.assert(
      fc.property(anything, (check) => {
        fc.pre(!['', '.', '..'].includes(check));
        const url = new URL(fillUrl('https://example.com/checks/{check}/pause', { check, token: 'secret' }));
        expect([url.origin, url.search, url.hash]).toEqual(['https://example.com', '', '']);
        const [empty, checks, part = '', pause, ...more] = url.pathname.split('/');
        expect([empty, checks, pause, more]).toEqual(['', 'checks', 'pause', []]);
        expect(decodeURIComponent(part)).toBe(check.toWellFormed());
      }),
    );
  });

  it('is one member of the query', () => {
    fc.assert(
      fc.property(anything, (check) => {
        fc.pre(!['', '.', '..'].includes(check));
        const url = new URL(fillUrl('https://example.com/?id={check}&on=1', { check }));
        expect([...url.searchParams]).toEqual([
          ['id', check.toWellFormed()],
          ['on', '1'],
        ]);
      }),
    );
  });

  it.each(['', '.', '..'])('that leads to another path is refused: "%s"', (check) => {
    expect(() => fillUrl('https://example.com/checks/{check}', { check })).toThrow(TemplateError);
  });
});

describe('a value in JSON', () => {
  it('stays within its text', () => {
    fc.assert(
      fc.property(anything, (check) => {
        const filled = fillJson({ id: '{check}', text: 'check {check}.', list: [1, null, true, '{check}'] }, { check });
        expect(filled).toEqual({ id: check, text: `check ${check}.`, list: [1, null, true, check] });
      }),
    );
  });

  it('becomes a number where one is required, and is refused when it is none', () => {
    expect(fillJson({ id: '{check:number}' }, { check: '42' })).toEqual({ id: 42 });
    for (const check of ['', '4 2', '1e3', '0x10', '42,"a":1', '9'.repeat(20)]) {
      expect(() => fillJson({ id: '{check:number}' }, { check }), check).toThrow(TemplateError);
    }
  });
});

describe('a value in a header', () => {
  it('is used unchanged', () => {
    expect(fillHeader('Bearer {token}', { token: 'a b"c' })).toBe('Bearer a b"c');
  });

  it.each(['a\r\nX-Other: b', 'a\nb', 'a\0b', 'ключ'])('is refused when it would end the header: %j', (token) => {
    expect(() => fillHeader('Bearer {token}', { token })).toThrow(TemplateError);
  });
});

describe('braces', () => {
  it('are filled in once: a value that looks like a placeholder stays unchanged', () => {
    expect(fillText('{check} {token}', { check: '{token}', token: 'secret' })).toBe('{token} secret');
  });

  it('stand for known names only', () => {
    expect(() => fillText('{constructor}', {})).toThrow('There is nothing to put for {constructor}.');
    expect(listPlaceholders({ a: '{one} {two:number}', b: ['{three}', 4] })).toEqual(['one', 'two', 'three']);
  });
});

describe('a JSON Pointer', () => {
  it('leads to the values of RFC 6901', () => {
    const json = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'm~n': 8, 'c%d': 2, ' ': 7 };
    const expected: [string, unknown][] = [
      ['', json],
      ['/foo', ['bar', 'baz']],
      ['/foo/0', 'bar'],
      ['/', 0],
      ['/a~1b', 1],
      ['/m~0n', 8],
      ['/c%d', 2],
      ['/ ', 7],
      ['/foo/2', undefined],
      ['/foo/length', undefined],
      ['/constructor', undefined],
      ['/foo/0/x', undefined],
    ];
    for (const [pointer, value] of expected) expect(lookUp(json, pointer), pointer).toEqual(value);
  });

  it('is recognized by its form', () => {
    expect(['', '/a', '/a~1b/0'].every(isPointer)).toBe(true);
    expect(['a', '$.a', '/a~', '/a~2'].some(isPointer)).toBe(false);
  });
});
