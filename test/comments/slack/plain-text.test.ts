import { expect, test } from 'vitest';
import { listMentions, plainText } from '../../../src/comments/slack/replies.ts';

test.each([
  ['Nothing special', 'Nothing special'],
  ['a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
  ['Thanks <@U0JONAS001>, and <@U0GONE>, and <@U0LABEL|kim>', 'Thanks @Jonas, and @U0GONE, and @kim'],
  ['see <#C0OPS|ops> and <#C0SECRET>', 'see #ops and #C0SECRET'],
  ['<!here> <!channel|channel> <!subteam^S0DB|@dba>', '@here channel @dba'],
  ['<!date^1700000000^{time}|22:13 UTC>', '22:13 UTC'],
  ['<https://a.example/?a=1&amp;b=2>', 'https://a.example/?a=1&b=2'],
  [
    '<https://a.example|the page> <https://b.example|https://b.example>',
    'the page (https://a.example) https://b.example',
  ],
  ['<mailto:ana@a.example|ana@a.example>', 'ana@a.example'],
  ['a < b', 'a < b'],
])('%j was written as %j', (mrkdwn, text) => {
  expect(plainText(mrkdwn, new Map([['U0JONAS001', 'Jonas']]))).toBe(text);
});

test('each person mentioned is found once', () => {
  expect(listMentions('<@U1> and <@U2|kim> and <@U1> in <#C1|ops>')).toEqual(['U1', 'U2']);
});

test('channels are kept as Slack sends them for whoever needs their ids', () => {
  const typed = '<#C1|ops> <@U1|kim> <https://a.example> a &lt;b&gt;';
  expect(plainText(typed, new Map(), { keepChannels: true })).toBe('<#C1|ops> @kim https://a.example a <b>');
});
