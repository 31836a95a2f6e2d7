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
  ['src/playground/planted.ts', '../delivery/announcements.ts', false],
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

  it('holds each folder to its imports', async () => {
    const files = imports.map(([file, from], index) => [file.replace('planted', `planted${index}`), from] as const);
    const broken = await lint(
      Object.fromEntries(files.map(([file, from]) => [file, `import { a } from '${from}';\nexport const b = a;\n`])),
    );
    const refused = files.filter(([file]) => broken.includes(`${file} lint/style/noRestrictedImports`));
    const expected = files.filter((_, index) => imports[index]?.[2] === false);
    expect(refused).toEqual(expected);
  });

  it('finds imports in a circle', async () => {
    const broken = await lint({
      'src/platform/one.ts': "import { two } from './two.ts';\nexport const one = () => two;\n",
      'src/platform/two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n",
    });
    expect(broken).toContain('src/platform/one.ts lint/suspicious/noImportCycles');
  });

  it('finds types imported in a circle', async () => {
    const broken = await lint({
      'src/platform/three.ts': "import type { Four } from './four.ts';\nexport type Three = Four[];\n",
      'src/platform/four.ts': "import type { Three } from './three.ts';\nexport type Four = Three[];\n",
    });
    expect(broken).toContain('src/platform/three.ts lint/suspicious/noImportCycles');
  });

  it('refuses any, imports that nothing uses, and a clock in the rules', async () => {
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
