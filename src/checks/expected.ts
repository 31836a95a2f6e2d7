import type { z } from 'zod';

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is expected of a field, where its kind does not say it in its own words. In a sentence, without the value. */
export function expected(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${NOUNS[issue.expected] ?? issue.expected}.`;
    case 'invalid_format':
      return issue.format === 'url'
        ? 'Expected an address, such as https://monitoring.example.com.'
        : 'It is not written as it should be.';
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'It is empty.'
        : `Expected ${issue.minimum} or more.`;
    case 'too_big':
      return `Expected ${issue.maximum} or less.`;
    case 'invalid_value':
      return `Expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}.`;
    case 'invalid_key':
      return 'One of the names in it is not written as it should be.';
    default:
      return 'It is not what can stand here.';
  }
}
