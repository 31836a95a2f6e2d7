import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CHANNELS, PEOPLE, startPlayground } from '../../../src/playground/server.ts';
import { temporaryFolder } from '../../folder.ts';
import { client } from '../bare-app.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder('playground');
  file = join(folder, 'inner', 'workspace.json');
});

describe('a workspace file', () => {
  it('restores everything after a restart except ephemeral messages', async () => {
    const before = await startPlayground({ port: 0, file });
    const ana = before.as('ana');
    const said = ana.say('#ops', 'hello');
    ana.say('#ops', 'reply', { thread: said });
    before.as('jonas').markRead('#ops');
    before.as('jonas').react(said, 'eyes');
    const blocks = [{ type: 'header', text: { type: 'plain_text' as const, text: 'Planned' } }];
    const metadata = { event_type: 'announcement', event_payload: { key: 'a1' } };
    await client(before).chat.postMessage({ channel: CHANNELS.status, text: 'planned', blocks, metadata });
    await client(before).chat.postEphemeral({ channel: CHANNELS.ops, user: PEOPLE.ana, text: 'for ana' });
    const channel = ana.createChannel('new');
    const [status, ops] = [ana.messages('#status'), ana.messages('#ops')];
    await before.close();

    const after = await startPlayground({ port: 0, file });
    try {
      const again = after.as('ana');
      expect(again.messages('#status')).toEqual(status);
      expect(again.messages('#ops')).toEqual(ops);
      expect(again.ephemerals('#ops')).toEqual([]);
      expect(again.thread(said).map((message) => message.text)).toEqual(['reply']);
      expect(again.messages(channel)).toEqual([]);
      const { messages } = await client(after).conversations.history({
        channel: CHANNELS.status,
        include_all_metadata: true,
      });
      expect(messages?.[0]?.metadata).toEqual(metadata);
    } finally {
      await after.close();
    }
  });

  it('keeps ts increasing, even when the clock goes back', async () => {
    const at = (instant: string) => ({
      now: () => new Date(instant),
      moveTo: async () => undefined,
      nextEvent: async () => undefined,
    });
    const before = await startPlayground({ port: 0, file, clock: at('2027-01-01T00:00:00Z') });
    const first = before.as('ana').say('#ops', 'first');
    await before.close();
    const after = await startPlayground({ port: 0, file, clock: at('2026-01-01T00:00:00Z') });
    const second = after.as('ana').say('#ops', 'second');
    await after.close();
    expect(Number(second.ts)).toBeGreaterThan(Number(first.ts));
  });

  it('is readable by its owner only', async () => {
    const playground = await startPlayground({ port: 0, file });
    playground.as('ana').say('#ops', 'hello');
    await playground.close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is not overwritten if it is not a workspace', async () => {
    const other = join(folder, 'other.json');
    for (const content of ['not JSON', '{"version":7}']) {
      await writeFile(other, content);
      await expect(startPlayground({ port: 0, file: other })).rejects.toThrow('Move the file away');
      expect(await readFile(other, 'utf8')).toBe(content);
    }
  });

  it('reports a failed write', async () => {
    const problems: string[] = [];
    const blocked = join(folder, 'a-file');
    await writeFile(blocked, '');
    await expect(startPlayground({ port: 0, file: join(blocked, 'workspace.json') })).rejects.toThrow('ENOTDIR');
    const later = join(folder, 'later');
    const playground = await startPlayground({
      port: 0,
      file: join(later, 'workspace.json'),
      onProblem: (error) => problems.push(error.message),
    });
    await writeFile(later, '');
    playground.as('ana').say('#ops', 'hello');
    await playground.close();
    expect(problems).toEqual([expect.stringContaining('cannot be kept in')]);
  });
});
