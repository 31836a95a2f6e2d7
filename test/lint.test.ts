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
  ['src/domain/planted.ts', './lifecycle.ts', true],
  ['src/domain/when/planted.ts', '../lifecycle.ts', true],
  ['src/domain/planted.ts', 'temporal-polyfill', true],
  ['src/domain/planted.ts', 'cronstrue/i18n', true],
  ['src/domain/planted.ts', 'node:fs', false],
  ['src/domain/planted.ts', 'pg', false],
  ['src/domain/planted.ts', '@slack/bolt', false],
  ['src/domain/planted.ts', '../store/database.ts', false],
  ['src/domain/when/planted.ts', '../../store/database.ts', false],
  ['src/domain/planted.ts', '../clock.ts', false],
  ['src/store/planted.ts', '../domain/lifecycle.ts', true],
  ['src/store/planted.ts', '../actions/schedule.ts', false],
  ['src/actions/planted.ts', '../domain/lifecycle.ts', true],
  ['src/actions/planted.ts', '../store/database.ts', true],
  ['src/actions/planted.ts', './effects.ts', true],
  ['src/actions/planted.ts', '../effects/announce.ts', false],
  ['src/actions/planted.ts', '../slack/app.ts', false],
  ['src/actions/planted.ts', '../http/server.ts', false],
  ['src/checks/builtin/planted.ts', '../../store/database.ts', true],
  ['src/checks/builtin/planted.ts', '../../actions/schedule.ts', false],
  ['src/checks/http/planted.ts', '../../outgoing/outgoing.ts', true],
  ['src/checks/planted.ts', './http/kind.ts', true],
  ['src/checks/planted.ts', '../http/app.ts', false],
  ['src/outgoing/planted.ts', '../checks/provider.ts', false],
  ['src/domain/planted.ts', '../outgoing/outgoing.ts', false],
  ['src/effects/planted.ts', '../checks/provider.ts', true],
  ['src/effects/planted.ts', '../slack/messages/note.ts', true],
  ['src/effects/planted.ts', '../slack/app.ts', false],
  ['src/scheduler/planted.ts', '../actions/advance.ts', true],
  ['src/scheduler/planted.ts', '../slack/app.ts', false],
  ['src/scheduler/planted.ts', '../effects/enforce.ts', false],
  ['src/slack/commands/planted.ts', '../../actions/schedule.ts', true],
  ['src/slack/commands/planted.ts', '../../http/server.ts', false],
  ['src/slack/commands/planted.ts', '../../effects/enforce.ts', false],
  ['src/http/v1/planted.ts', '../../actions/schedule.ts', true],
  ['src/http/v1/planted.ts', '../../slack/app.ts', false],
  ['src/http/v1/planted.ts', '../../playground/server.ts', false],
  ['src/metrics/planted.ts', '../store/database.ts', true],
  ['src/metrics/planted.ts', '../observed.ts', true],
  ['src/metrics/planted.ts', '../http/server.ts', false],
  ['src/playground/planted.ts', './protocol.ts', true],
  ['src/playground/planted.ts', 'ws', true],
  ['src/playground/planted.ts', '../domain/lifecycle.ts', false],
  ['src/playground/page/planted.tsx', '../../slack/messages/note.ts', false],
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

  it('holds the rooms to their imports', async () => {
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
      'src/store/one.ts': "import { two } from './two.ts';\nexport const one = () => two;\n",
      'src/store/two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n",
    });
    expect(broken).toContain('src/store/one.ts lint/suspicious/noImportCycles');
  });

  it('refuses any, imports that nothing uses, and a clock in the domain', async () => {
    const broken = await lint({
      'src/store/any.ts': 'export const a: any = 1;\n',
      'src/store/unused.ts': "import { a } from './any.ts';\nexport const b = 1;\n",
      'src/domain/wait.ts': 'setTimeout(() => undefined, 1);\n',
    });
    expect(broken.toSorted()).toEqual([
      'src/domain/wait.ts lint/style/noRestrictedGlobals',
      'src/store/any.ts lint/suspicious/noExplicitAny',
      'src/store/unused.ts lint/correctness/noUnusedImports',
    ]);
  });
});
