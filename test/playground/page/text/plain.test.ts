import { expect, it } from 'vitest';
import { plainWords } from '../../../../src/playground/page/text/plain.ts';

const names = {
  onlooker: { zone: 'America/New_York', locale: 'en-US', now: Date.parse('2026-01-15T15:00:00Z') },
  personName: (id: string) => (id === 'U1' ? 'ana' : undefined),
  channelName: (id: string) => (id === 'C1' ? 'ops' : undefined),
};

it.each([
  ['*Begun* by <@U1> in <#C1>: _now_', 'Begun by @ana in #ops: now'],
  ['<@U2|someone> in <#C2>', '@someone in #C2'],
  ['> quoted\n```\ncode\n```\n<https://x.io|here>', 'quoted code here'],
  ['at <!date^1768507200^{date_short_pretty}, {time}|then>', 'at Today, 3:00 PM'],
  ['<!here> :tada:', '@here 🎉'],
])('%j is read as %j', (text, words) => {
  expect(plainWords(text, names)).toBe(words);
});
