import { describe, expect, it } from 'vitest';
import { fromMrkdwn, parseCommand } from '../../../../src/playground/page/compose/mrkdwn.ts';

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

describe('a message as its author typed it', () => {
  it.each([
    ['ask <@U1> in <#C7|ops>, <!here>', 'ask @ana in #ops, @here'],
    ['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
    ['<@U2> &amp;lt;', '<@U2> &lt;'],
  ])('%s', (text, typed) => {
    expect(fromMrkdwn(text, [...people], [])).toBe(typed);
  });
});

describe('a command', () => {
  it('is its name and the rest of the line', () => {
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
