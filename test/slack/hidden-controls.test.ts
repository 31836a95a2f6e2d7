import { expect, test } from 'vitest';
import { withoutHidden } from '../../src/core/hidden-controls.ts';
import { RenderedTexts } from '../../src/http/rendered.ts';
import { validateContent } from '../../src/maintenance/rules/validation.ts';
import { button, escapeMrkdwn, header, mentionPerson, quote } from '../../src/slack/blocks.ts';
import { world } from '../world.ts';

const BIDI = [
  '\u061c',
  '\u200e',
  '\u200f',
  '\u202a',
  '\u202b',
  '\u202c',
  '\u202d',
  '\u202e',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
];
const HIDDEN = [...BIDI, '\u0000', '\u0007', '\u001b', '\u0085', '\u200b', '\u2060', '\ufeff'];

test('what people wrote is posted without characters that nobody sees, or that turn the text around', () => {
  const text = `ab${HIDDEN.join('')}cd`;
  expect([escapeMrkdwn(text), quote(text, 100), mentionPerson({ id: 'lull', name: text })]).toEqual([
    'abcd',
    'abcd',
    'abcd',
  ]);
  const turned = `ab${BIDI.join('')}cd`;
  expect(header(turned)).toMatchObject({ text: { text: 'abcd' } });
  expect(button('a', turned, 'v').text.text).toBe('abcd');
});

test('lines, emoji and other scripts stay', () => {
  const text = 'two\nlines\tand 👩‍🚒 🏴󠁧󠁢󠁥󠁮󠁧󠁿 שלום مرحبا ❤️';
  expect(withoutHidden(text)).toBe(text);
});

test('a page and a feed are rendered without characters that turn the text around', async () => {
  const w = await world();
  const render = async () => `<p>a${BIDI.join('')}b</p>`;
  const { text } = await new RenderedTexts().get(w.ctx.database, w.account.id, 'page', undefined, render);
  expect(text).toBe('<p>ab</p>');
  await w.close();
});

test.each([
  ['https://ana:secret@example.com/', 'link-has-user'],
  ['https://ana@example.com/', 'link-has-user'],
  ['https://example.com/\nx', 'link-invalid'],
  ['https://example.com/\r\nx', 'link-invalid'],
  ['https://example.com/a b', 'link-invalid'],
  ['https://example.com/\u202egpj', 'link-invalid'],
  ['javascript:alert(1)', 'link-invalid'],
  ['https://example.com/change/123?a=b#c', undefined],
])('the link %j of a maintenance is refused where it hides something: %s', (externalLink, code) => {
  const problems = validateContent({
    name: 'Upgrade',
    timezone: 'UTC',
    externalLink,
    services: [1],
    checks: null,
    selector: null,
  });
  expect(problems[0]?.code).toBe(code);
});
