/**
 * Checks that imports run one way: `node .config/check-imports.mjs [root]`. Prints each import that does not, and exits 1.
 *
 * 1. A file may import its own layer and the layers before it in `LAYERS`.
 * 2. The folders in `ONLY` may import only what it lists.
 * 3. Slack's packages may be imported only in folders and files named slack, and in the playground.
 *
 * biome's noImportCycles finds the cycles, those of types included.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LAYERS = [
  'core',
  'words',
  'rules',
  'texts',
  'platform',
  'repository',
  'command',
  'kit',
  'interface',
  'composition',
];

/** The first pattern that matches the path of a file below src/ says which layer it is in. */
const PATTERNS = [
  ['core', /^core\//],
  ['words', /^when\//],
  ['platform', /^platform\//],
  ['texts', /^texts\//],
  // Formats of ids and dates, without I/O.
  ['rules', /^slack\/(ids|time)\.ts$/],
  ['kit', /^(slack|http)\//],
  ['composition', /^((main|config)\.ts$|(app|demo|playground)\/)/],
  // One of the kinds of monitoring systems is called http.
  ['command', /^checks\/providers\//],
  ['interface', /\/(slack|http|ical)(\/|\.tsx?$)|^compat\/prodmanager\//],
  ['repository', /\/repository(\/|\.ts$)|-repository\.ts$|^(access\/accounts|catalogue\/search)\.ts$/],
  ['rules', /(^|\/)(rules(\/|\.ts$)|(fields|events|errors)\.ts$)/],
  ['rules', /^calendars\/(days|series)\.ts$|^checks\/secrets\.ts$|^channels\.ts$/],
  // What these slices are for is to be an interface, so that their other files are part of it.
  ['interface', /^(compat|status-page)\/(?!.*commands\.ts$)/],
  ['command', /./],
];

/** What these folders may import of Lull, besides themselves. */
const ONLY = {
  core: [],
  when: ['core'],
  platform: ['core'],
  playground: [],
  // The kits of the interfaces know no slice except access.
  http: ['core', 'platform', 'texts', 'access', 'errors.ts'],
  slack: ['core', 'platform', 'texts', 'access', 'errors.ts'],
};

const root = process.argv[2] ?? '.';
const src = join(root, 'src');
const files = readdirSync(src, { recursive: true })
  .map(String)
  .filter((file) => /\.tsx?$/.test(file));

const layerOf = (file) => PATTERNS.find(([, pattern]) => pattern.test(file))[0];
const folderOf = (file) => file.split('/')[0];
const knowsSlack = (file) => /(^|\/)slack[^/]*(\/|\.ts$)/.test(file) || file.startsWith('playground/');

const problems = [];
for (const file of files) {
  for (const [, specifier] of readFileSync(join(src, file), 'utf8').matchAll(/(?:\bfrom|\bimport\()\s*'([^']+)'/g)) {
    if (specifier.startsWith('.')) checkOwn(file, relative(src, join(src, dirname(file), specifier)));
    else if (specifier.startsWith('@slack/') && !knowsSlack(file)) {
      problems.push(`src/${file}: ${specifier} may be imported only in slack/ and playground/`);
    }
  }
}

/** Checks an import of one of Lull's own files. */
function checkOwn(file, target) {
  const [from, to] = [folderOf(file), folderOf(target)];
  // The generated database client is outside of src/.
  if (target.startsWith('..')) return;
  const only = ONLY[from];
  if (only !== undefined && from !== to && !only.includes(to)) {
    problems.push(`src/${file}: ${from}/ may import only ${['itself', ...only].join(', ')}, not ${target}`);
    return;
  }
  const [layer, targetLayer] = [layerOf(file), layerOf(target)];
  if (LAYERS.indexOf(targetLayer) > LAYERS.indexOf(layer)) {
    problems.push(`src/${file}: in layer ${layer}, which may not import ${target} in layer ${targetLayer}`);
  }
}

for (const problem of problems.sort()) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} imports run the wrong way.`);
  process.exitCode = 1;
}
