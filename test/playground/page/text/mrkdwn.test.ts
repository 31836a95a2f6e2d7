import { describe, expect, it } from 'vitest';
import {
  parseCommand,
  parseInline,
  parseMrkdwn,
  parsePlain,
  toPlainText,
  toTypedText,
} from '../../../../src/playground/page/text/mrkdwn.ts';

const text = (words: string) => ({ type: 'text', text: words });

describe('styles', () => {
  it.each([
    ['*bold*', 'bold'],
    ['_italic_', 'italic'],
    ['~strike~', 'strike'],
  ])('reads %s', (written, type) => {
    expect(parseInline(written)).toEqual([{ type, children: [text(written.slice(1, -1))] }]);
  });

  it('nests them', () => {
    expect(parseInline('*bold _and italic_*')).toEqual([
      { type: 'bold', children: [text('bold '), { type: 'italic', children: [text('and italic')] }] },
    ]);
  });

  it.each(['snake_case_name', '2 * 3 * 4', 'a*b*c', '* not bold *', '*open', '_', '~5 minutes', '*bold\nover lines*'])(
    'leaves %j alone',
    (written) => {
      const styled = parseInline(written).filter((piece) => piece.type !== 'text' && piece.type !== 'break');
      expect(styled).toEqual([]);
    },
  );

  it('works next to punctuation', () => {
    expect(parseInline('(*now*).')).toEqual([text('('), { type: 'bold', children: [text('now')] }, text(').')]);
  });

  it('does not look into code', () => {
    expect(parseInline('`*a* <b> :x:`')).toEqual([{ type: 'code', text: '*a* <b> :x:' }]);
  });
});

describe('angle brackets', () => {
  it('reads links with and without a label', () => {
    expect(parseInline('<https://x.io/?a=1&amp;b=2|the *page*> <https://y.io>')).toEqual([
      { type: 'link', url: 'https://x.io/?a=1&b=2', label: 'the *page*' },
      text(' '),
      { type: 'link', url: 'https://y.io' },
    ]);
  });

  it('reads mentions', () => {
    expect(parseInline('<@U1> <#C1|ops> <!here> <!subteam^S1|@dba>')).toEqual([
      { type: 'user', id: 'U1' },
      text(' '),
      { type: 'channel', id: 'C1', label: 'ops' },
      text(' '),
      { type: 'broadcast', range: 'here' },
      text(' '),
      { type: 'group', id: 'S1', label: '@dba' },
    ]);
  });

  it('reads dates, with a link or without', () => {
    expect(parseInline('<!date^1392734382^{date_short_pretty} at {time}^https://x.io/|Feb 18>')).toEqual([
      {
        type: 'date',
        timestamp: 1392734382,
        format: '{date_short_pretty} at {time}',
        fallback: 'Feb 18',
        url: 'https://x.io/',
      },
    ]);
    expect(parseInline('<!date^1392734382^{time}|then>')).toEqual([
      { type: 'date', timestamp: 1392734382, format: '{time}', fallback: 'then' },
    ]);
  });

  it('finds bare URLs, without a trailing full stop', () => {
    expect(parseInline('see https://x.io/a_b_c.')).toEqual([
      text('see '),
      { type: 'link', url: 'https://x.io/a_b_c' },
      text('.'),
    ]);
  });

  it("unescapes Slack's three entities only", () => {
    expect(parseInline('a &lt; b &amp;&amp; c &gt; d &copy;')).toEqual([text('a < b && c > d &copy;')]);
    expect(parseInline('&lt;@U1&gt;')).toEqual([text('<@U1>')]);
  });
});

describe('emoji', () => {
  it('reads known shortcodes and leaves the others', () => {
    expect(parseInline(':construction: :no_such_thing: 10:30:45')).toEqual([
      { type: 'emoji', name: 'construction' },
      text(' :no_such_thing: 10:30:45'),
    ]);
  });

  it('drops the skin tone', () => {
    expect(parseInline(':wave::skin-tone-3: hello')).toEqual([{ type: 'emoji', name: 'wave' }, text(' hello')]);
  });
});

describe('paragraphs', () => {
  it('separates quotes from lines', () => {
    expect(parseMrkdwn('before\n> one\n&gt; two\nafter')).toEqual([
      { type: 'line', children: [text('before')] },
      { type: 'quote', children: [text('one'), { type: 'break' }, text('two')] },
      { type: 'line', children: [text('after')] },
    ]);
  });

  it('keeps code blocks verbatim, except links', () => {
    expect(parseMrkdwn('log:\n```\n*a*  &lt;b&gt;\n<https://x.io|x>\n```\nend')).toEqual([
      { type: 'line', children: [text('log:')] },
      { type: 'pre', children: [text('*a*  <b>\n'), { type: 'link', url: 'https://x.io', label: 'x' }] },
      { type: 'line', children: [text('end')] },
    ]);
  });

  it('returns nothing for an empty text', () => {
    expect(parseMrkdwn('')).toEqual([]);
  });
});

describe('plain text', () => {
  it('reads emoji and line ends only', () => {
    expect(parsePlain('*a* <@U1>\n:tada:')).toEqual([
      text('*a* <@U1>'),
      { type: 'break' },
      { type: 'emoji', name: 'tada' },
    ]);
  });

  it('leaves emoji alone if emoji is false', () => {
    expect(parsePlain(':tada:', false)).toEqual([text(':tada:')]);
  });
});

const names = {
  viewer: { zone: 'America/New_York', locale: 'en-US', now: Date.parse('2026-01-15T15:00:00Z') },
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
  expect(toPlainText(text, names)).toBe(words);
});

const people = [
  {
    id: 'U1',
    kind: 'person',
    name: 'ana',
    realName: 'Ana Torres',
    title: '',
    timeZone: 'Etc/UTC',
    locale: 'en-US',
    admin: false,
    guest: false,
    color: '#000000',
  },
] as const;

describe('a message for editing', () => {
  it.each([
    ['ask <@U1> in <#C7|ops>, <!here>', 'ask @ana in #ops, @here'],
    ['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
    ['<@U2> &amp;lt;', '<@U2> &lt;'],
  ])('%s', (text, typed) => {
    expect(toTypedText(text, [...people], [])).toBe(typed);
  });
});

describe('a command', () => {
  it('is split into its name and the rest of the line', () => {
    expect(parseCommand('/maintenance  api tomorrow: x ')).toEqual({
      command: '/maintenance',
      text: 'api tomorrow: x',
    });
    expect(parseCommand('/maintenance')).toEqual({ command: '/maintenance', text: '' });
  });

  it.each(['api / web', '/ not', 'maintenance'])('is not %j', (typed) => {
    expect(parseCommand(typed)).toBeUndefined();
  });
});
