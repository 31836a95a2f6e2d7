import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A file, what it imports, and whether that is downwards. */
const imports: readonly [file: string, from: string, allowed: boolean][] = [
  ['src/when/planted.ts', '../core/time.ts', true],
  ['src/when/languages/planted.ts', '../../core/time.ts', true],
  ['src/when/planted.ts', 'temporal-polyfill', true],
  ['src/when/planted.ts', 'cronstrue/i18n', true],
  ['src/when/planted.ts', 'node:fs', false],
  ['src/when/planted.ts', 'pg', false],
  ['src/when/planted.ts', '@slack/bolt', false],
  ['src/when/planted.ts', '../platform/database.ts', false],
  ['src/when/languages/planted.ts', '../../maintenance/window.ts', false],
  ['src/core/planted.ts', './time.ts', true],
  ['src/core/planted.ts', '../platform/database.ts', false],
  ['src/core/recurrence/planted.ts', '../../series/rules.ts', false],
  ['src/playground/planted.ts', './protocol.ts', true],
  ['src/playground/interactions/planted.ts', '../delivery/delivery.ts', true],
  ['src/playground/planted.ts', 'ws', true],
  ['src/playground/page/blocks/planted.tsx', '../../protocol.ts', true],
  ['src/playground/planted.ts', '../maintenance/lifecycle.ts', false],
  ['src/playground/planted.ts', '../delivery/announce.ts', false],
  ['src/playground/web-api/planted.ts', '../../http/problem.ts', false],
  ['src/playground/page/blocks/planted.tsx', '../../../core/time.ts', false],
  ['src/playground/page/planted.tsx', '../../maintenance/slack/note.ts', false],
  ['src/playground/planted.ts', '../config.ts', false],
];

describe('the lint', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder('lint');
    await copyFile(join(root, '.biome.json'), join(folder, '.biome.json'));
  });

  /** Writes files into a folder that has the project's rules; answers which rule was broken in which file. */
  async function lint(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', ...Object.keys(files)];
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const run = promisify(execFile)(process.execPath, [biome, ...args], { cwd: folder });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    const report = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string } }[] };
    return report.diagnostics.map(({ category, location }) => `${location.path} ${category}`);
  }

  it('keeps each folder to its imports', async () => {
    const files = imports.map(([file, from], index) => [file.replace('planted', `planted${index}`), from] as const);
    const broken = await lint(
      Object.fromEntries(files.map(([file, from]) => [file, `import { a } from '${from}';\nexport const b = a;\n`])),
    );
    const refused = files.filter(([file]) => broken.includes(`${file} lint/style/noRestrictedImports`));
    const expected = files.filter((_, index) => imports[index]?.[2] === false);
    expect(refused).toEqual(expected);
  });

  it('finds import cycles', async () => {
    const broken = await lint({
      'src/platform/one.ts': "import { two } from './two.ts';\nexport const one = () => two;\n",
      'src/platform/two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n",
    });
    expect(broken).toContain('src/platform/one.ts lint/suspicious/noImportCycles');
  });

  it('finds import cycles of types', async () => {
    const broken = await lint({
      'src/platform/three.ts': "import type { Four } from './four.ts';\nexport type Three = Four[];\n",
      'src/platform/four.ts': "import type { Three } from './three.ts';\nexport type Four = Three[];\n",
    });
    expect(broken).toContain('src/platform/three.ts lint/suspicious/noImportCycles');
  });

  it('refuses any, unused imports, and a clock in the rules', async () => {
    const broken = await lint({
      'src/platform/any.ts': 'export const a: any = 1;\n',
      'src/platform/unused.ts': "import { a } from './any.ts';\nexport const b = 1;\n",
      'src/when/wait.ts': 'setTimeout(() => undefined, 1);\n',
    });
    expect(broken.toSorted()).toEqual([
      'src/platform/any.ts lint/suspicious/noExplicitAny',
      'src/platform/unused.ts lint/correctness/noUnusedImports',
      'src/when/wait.ts lint/style/noRestrictedGlobals',
    ]);
  });
});

/** A file below src/, what it imports, and whether the layers allow it. */
const layers: readonly [file: string, from: string, allowed: boolean][] = [
  ['maintenance/rules.ts', '../freezes/rules.ts', true],
  ['maintenance/rules.ts', '../core/time.ts', true],
  ['maintenance/rules.ts', '../platform/database.ts', false],
  ['maintenance/rules.ts', './repository/changes.ts', false],
  ['series/fields.ts', './commands/plan.ts', false],
  ['comments/errors.ts', '../http/problem.ts', false],
  ['webhooks/events.ts', './commands.ts', false],
  ['comments/repository.ts', '../platform/database.ts', true],
  ['comments/repository.ts', './commands.ts', false],
  ['comments/repository.ts', '../http/problem.ts', false],
  ['maintenance/commands/transitions.ts', '../repository/changes.ts', true],
  ['maintenance/commands/transitions.ts', '../slack/note.ts', false],
  ['maintenance/commands/transitions.ts', '../../slack/blocks.ts', false],
  ['maintenance/commands/transitions.ts', '../http/schemas.ts', false],
  ['checks/reconcile.ts', '../http/problem.ts', false],
  ['maintenance/slack/list.ts', '../commands/transitions.ts', true],
  ['maintenance/slack/list.ts', '../../slack/blocks.ts', true],
  ['maintenance/slack/list.ts', '../../app/slack.ts', false],
  ['webhooks/http.ts', '../http/problem.ts', true],
  ['webhooks/http.ts', '../app/http.ts', false],
  ['http/route.ts', '../access/accounts.ts', true],
  ['http/docs/pages.ts', '../../errors.ts', true],
  ['http/route.ts', '../maintenance/rules/status.ts', false],
  ['slack/blocks.ts', '../app/slack.ts', false],
  ['slack/people.ts', '../access/repository.ts', true],
  ['slack/context.ts', '../errors.ts', true],
  ['slack/context.ts', '../maintenance/rules/status.ts', false],
  ['slack/time.ts', '../platform/database.ts', false],
  ['when/index.ts', '../core/time.ts', true],
  ['when/index.ts', '../maintenance/window.ts', false],
  ['when/index.ts', '../platform/database.ts', false],
  ['core/time.ts', '../when/index.ts', false],
  ['platform/jobs.ts', '../core/time.ts', true],
  ['platform/jobs.ts', '../maintenance/status.ts', false],
  ['playground/server.ts', '../core/time.ts', false],
  ['playground/server.ts', '@slack/types', true],
  ['maintenance/slack/list.ts', '@slack/types', true],
  ['calendars/slack.ts', '@slack/types', true],
  ['maintenance/commands/transitions.ts', '@slack/types', false],
  ['delivery/announce.ts', '@slack/web-api', false],
  ['http/problem.ts', '@slack/types', false],
];

describe('the check of imports', () => {
  it.each(layers)('src/%s may import %s: %s', async (file, from, allowed) => {
    const folder = await temporaryFolder('imports');
    const path = join(folder, 'src', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `import { a } from '${from}';\nexport const b = a;\n`);
    const run = promisify(execFile)(process.execPath, [join(root, '.config/check-imports.mjs'), folder]);
    const { stderr } = await run.catch((error: { stderr: string }) => error);
    expect(stderr.includes(`src/${file}: `)).toBe(!allowed);
  });
});
