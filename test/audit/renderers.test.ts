import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../../src/audit/events.ts';
import { temporaryFolder } from '../folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that shows events of a maintenance. */
const RENDERERS = [
  'src/compat/prodmanager/timeline.ts',
  'src/maintenance/slack/note.ts',
  'src/maintenance/slack/notice.ts',
  'src/texts/slack-messages.ts',
  'src/webhooks/messages.ts',
];

/** A new event of each slice whose events happen to a maintenance, and one that is about no maintenance. */
const NEW_EVENTS = [
  ['src/maintenance/events.ts', 'export const maintenanceEvents = [', "maintenanceEvent('maintenance.postponed', {}),"],
  ['src/approvals/events.ts', 'export const approvalEvents = [', "maintenanceEvent('maintenance.delegated', {}),"],
  ['src/comments/events.ts', 'export const commentEvents = [', "maintenanceEvent('maintenance.comment_pinned', {}),"],
  ['src/catalogue/events.ts', 'export const catalogueEvents = [', "accountEvent('scope.archived', {}),"],
] as const;

test('an event type is <subject>.<past verb>, and there is one of each', () => {
  for (const type of EVENT_TYPES) expect(type).toMatch(/^[a-z_]+\.[a-z_]+$/);
  expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length);
});

test('a new event type compiles in no renderer that does not handle it', { timeout: 240_000 }, async () => {
  const folder = await temporaryFolder('events');
  for (const part of ['src', 'prisma', 'tsconfig.json', 'package.json']) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(
    join(folder, 'tsconfig.renderers.json'),
    JSON.stringify({ extends: './tsconfig.json', include: [], files: RENDERERS }),
  );
  for (const [file, list, event] of NEW_EVENTS) {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replace(list, `${list}\n  ${event}`));
  }
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const run = promisify(execFile)(process.execPath, [tsc, '--pretty', 'false', '-p', 'tsconfig.renderers.json'], {
    cwd: folder,
  });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  const missing = (type: string) =>
    stdout
      .split('\n')
      .filter((line) => line.includes('error') && line.includes(type))
      .map((line) => line.replace(/\(.*/, ''));
  for (const type of ['maintenance.postponed', 'maintenance.delegated', 'maintenance.comment_pinned']) {
    expect({ type, missing: missing(type) }).toEqual({ type, missing: expect.arrayContaining(RENDERERS) });
  }
  expect(missing('scope.archived')).toContain('src/texts/slack-messages.ts');
});
