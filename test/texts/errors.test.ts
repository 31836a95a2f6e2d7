import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { ERRORS } from '../../src/errors.ts';
import { httpErrorText } from '../../src/texts/http-errors.ts';
import { slackErrorText } from '../../src/texts/slack-errors.ts';

/** Every error with its example parameters, once by itself and once at a field. */
const errors = ERRORS.flatMap(({ code, kind, example }) => {
  const error = (problems: UserError['problems']) => new UserError({ code, kind, params: example, problems });
  return [
    [code, error([])],
    [`${code} at a field`, error([{ field: 'external_link', code, params: example }])],
  ] as const;
});

describe.each(errors)('%s', (_, error) => {
  test('has words for HTTP without a slash command', () => {
    const text = httpErrorText(error);
    expect(text).toMatch(/^[A-Za-z"].*[.?]$/s);
    expect(text).not.toMatch(/(^|\W)\/(maintenance|invite)\b/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  test('has words for Slack without a path, a method or a field name', () => {
    const text = slackErrorText(error);
    expect(text).toMatch(/^[A-Za-z"].*[.?]$/s);
    expect(text).not.toMatch(/\/api\/|\b(GET|POST|PUT|PATCH|DELETE)\b|\{"|\b[a-z]+_[a-z]+\b/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });
});

test('no code is declared twice', () => {
  const codes = ERRORS.map(({ code }) => code);
  expect(codes).toEqual([...new Set(codes)]);
});

test('every errors.ts of a slice is in the registry', async () => {
  const source = new URL('../../src', import.meta.url).pathname;
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('/errors.ts') && !/^(core|http|texts)\//.test(file),
  );
  expect(files.length).toBeGreaterThan(4);
  for (const file of files) {
    const declared: object = await import(join(source, file));
    for (const type of Object.values(declared)) expect(ERRORS, file).toContain(type);
  }
});
