import { expect, test } from 'vitest';
import { addressSetting } from '../../src/checks/providers/provider-http.ts';
import { withoutTrailing } from '../../src/core/text.ts';

test('a text loses the character at its end, however often', () => {
  expect(withoutTrailing('https://a.test/b/', '/')).toBe('https://a.test/b');
  expect(withoutTrailing('https://a.test///', '/')).toBe('https://a.test');
  expect(withoutTrailing('...', '.')).toBe('');
  expect(withoutTrailing('', '.')).toBe('');
});

// A pattern would try each of the slashes as the first one at the end, which takes minutes.
test('the address of a monitoring system has as many slashes as its body can hold', () => {
  const url = `https://a.test/${'/'.repeat(250_000)}x`;
  expect(addressSetting.parse(`${url}//`)).toBe(url);
});
