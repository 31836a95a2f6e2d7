import { describe, expect, it } from 'vitest';
import { applySuggestion, findCompletion, findUsage } from '../../../../src/playground/page/conversation/completion.ts';
import type { AppInfo, Channel, Person } from '../../../../src/playground/protocol.ts';

const person = (name: string, realName: string): Person => ({
  id: `U-${name}`,
  kind: 'person',
  name,
  realName,
  title: '',
  timeZone: 'Etc/UTC',
  locale: 'en-US',
  admin: false,
  guest: false,
  color: '#000000',
});

const channel = (name: string, more: Partial<Channel> = {}): Channel => ({
  id: `C-${name}`,
  kind: 'public',
  name,
  topic: '',
  archived: false,
  members: [],
  joined: true,
  unread: 0,
  mentions: 0,
  lastRead: '0',
  ...more,
});

const app: AppInfo = {
  id: 'A1',
  name: 'App',
  description: '',
  botUserId: 'U9',
  connected: true,
  installed: true,
  delivery: 'socket',
  homeTab: true,
  commands: [
    { command: '/maintenance', description: 'Plan it', usageHint: '[services] [when]' },
    { command: '/maint', description: 'The same', usageHint: '' },
  ],
  shortcuts: [],
  steps: [],
};

const known = {
  app,
  people: [person('ana', 'Ana Torres'), person('jonas', 'Jonas Weber')],
  channels: [channel('ops'), channel('old', { archived: true }), channel('Ana Torres', { kind: 'dm' })],
};

/** Completes at the bar in the text. */
const at = (text: string) => findCompletion(text.replace('|', ''), text.indexOf('|'), known);
const offered = (text: string) => at(text)?.suggestions.map((suggestion) => suggestion.text);

describe('completion', () => {
  it('offers commands at the start of the text only', () => {
    expect(offered('/ma|')).toEqual(['/maintenance', '/maint']);
    expect(offered('/MAINTE|')).toEqual(['/maintenance']);
    expect(offered('say /ma|')).toBeUndefined();
    expect(offered('/maintenance |')).toBeUndefined();
  });

  it('offers people by handle or any part of their name', () => {
    expect(offered('hi @jo|')).toEqual(['@jonas']);
    expect(offered('@torr|')).toEqual(['@ana']);
    expect(offered('@he|')).toEqual(['@here']);
    expect(offered('a@jo|')).toBeUndefined();
  });

  it('offers channels that are not archived', () => {
    expect(offered('see #o|')).toEqual(['#ops']);
    expect(offered('see #an|')).toBeUndefined();
  });

  it('offers emoji from the second letter on', () => {
    expect(offered('done :white_check|')).toEqual([':white_check_mark:']);
    expect(offered(':w|')).toBeUndefined();
    expect(offered('at 10:30:4|')).toBeUndefined();
  });

  it('completes only the word before the caret', () => {
    expect(offered('@jo| and @an')).toEqual(['@jonas']);
    expect(offered('@jo and |')).toBeUndefined();
  });

  it('replaces the word, followed by one space', () => {
    const text = 'ask @jo today';
    const completion = findCompletion(text, 7, known);
    const [suggestion] = completion?.suggestions ?? [];
    if (!completion || !suggestion) throw new Error('nothing was offered');
    expect(applySuggestion(text, completion, suggestion)).toEqual({ text: 'ask @jonas today', caret: 11 });
  });
});

describe('the usage of a command', () => {
  it('is shown once its name is complete', () => {
    expect(findUsage('/maintenance api', app)?.usageHint).toBe('[services] [when]');
    expect(findUsage('/maintenance', app)).toBeUndefined();
    expect(findUsage('/unknown api', app)).toBeUndefined();
  });
});
