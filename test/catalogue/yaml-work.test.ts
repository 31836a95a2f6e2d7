import inspector from 'node:inspector';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseYaml, toWorkerData, YAML_WORKER } from '../../src/catalogue/document/yaml.ts';

/**
 * How much work a document is, whatever it contains: how often a block of the parser's code, or of the worker's, runs. V8
 * counts them.
 */
const MAX_BLOCKS_PER_CHAR = 120;
const FEW_CHARS = 4_000;
const MANY_CHARS = 32_000;
/** For what a document of any size needs, and for rounding. */
const MOST_GROWTH = (MANY_CHARS / FEW_CHARS) * 1.2;

const session = new inspector.Session();
beforeAll(() => {
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
});
afterAll(() => session.disconnect());

const requires = createRequire(import.meta.url);
// What the worker runs, in the thread whose blocks are counted.
const run = new Function('require', `${YAML_WORKER}\n//# sourceURL=yaml-worker.js`);

function takeBlocks(): number {
  let blocks = 0;
  session.post('Profiler.takePreciseCoverage', (_, coverage) => {
    for (const { url, functions } of coverage.result) {
      if (!url.includes('/node_modules/yaml/') && !url.includes('yaml-worker.js')) continue;
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
    }
  });
  return blocks;
}

/** @returns how many blocks ran */
function count(text: string): number {
  const parentPort = { postMessage: () => {} };
  takeBlocks();
  try {
    run((name: string) =>
      name === 'node:worker_threads' ? { parentPort, workerData: toWorkerData(text) } : requires(name),
    );
  } catch {
    // Some cannot be read, which is bounded work, too.
  }
  return takeBlocks();
}

const fill = (chars: number, part: string | ((index: number) => string)): string => {
  let text = '';
  for (let index = 0; text.length < chars; index++) text += typeof part === 'string' ? part : part(index);
  return text;
};
const filled = (part: string | ((index: number) => string)) => (chars: number) => fill(chars, part);

const DOCUMENTS: Readonly<Record<string, (chars: number) => string>> = {
  services: filled((index) => `${index === 0 ? 'services:\n' : ''}  - name: service ${index}\n    scope: Production\n`),
  keys: filled((index) => `key${index}: 1\n`),
  'keys of one map in a line': (chars) => `{ ${fill(chars, (index) => `key${index}: 1, `)}}`,
  'one key': filled('key: 1\n'),
  'lists in lists': (chars) => '['.repeat(chars / 2) + ']'.repeat(chars / 2),
  'lists without an end': filled('['),
  'maps in maps': filled('{a: '),
  'lists of lists in a line': filled('- '),
  'levels of indentation': filled((index) => `${' '.repeat(index)}a:\n`),
  'keys that are maps': filled('? '),
  'keys that are lists': filled((index) => `? [a, b${index}]\n: 1\n`),
  anchors: filled((index) => `- &a${index} x\n`),
  'anchors with an alias each': filled((index) => `- &a${index} x\n- *a${index}\n`),
  'an anchor with many aliases': filled((index) => (index === 0 ? '- &a x\n' : '- *a\n')),
  'merged maps': filled((index) => `- &a${index} { a: b }\n- { <<: *a${index} }\n`),
  'aliases that expand': filled(
    (index) => `a${index}: &a${index} [${fill(50, index === 0 ? 'x, ' : `*a${index - 1}, `)}]\n`,
  ),
  'aliases of nothing': filled((index) => `- *a${index}\n`),
  'anchors of nothing': filled('&a '),
  'a long text': (chars) => `a: ${fill(chars, 'x')}`,
  'a long text in quotes': (chars) => `a: "${fill(chars, 'x\\n')}"`,
  'a long text in lines': (chars) => `a: ${fill(chars, 'x\n  ')}`,
  'a block of text': (chars) => `a: |\n${fill(chars, '  x\n')}`,
  'folded text': (chars) => `a: >\n${fill(chars, '  x\n')}`,
  'an open quote': (chars) => `a: "${fill(chars, 'x')}`,
  quotes: filled('"a'),
  'a long number': (chars) => `a: ${fill(chars, '1')}`,
  colons: filled(': '),
  'empty entries': filled('-\n'),
  'mistakes in one line': filled('}'),
  'mistakes in lines': filled('}\n'),
  'unknown tags in one line': (chars) => `[${fill(chars, '!x b,')}]`,
  'unknown tags': filled('- !x b\n'),
  'many documents': filled('---\na: 1\n'),
  directives: filled('%YAML 1.2\n'),
  comments: filled('a: # b\n'),
  'empty lines': filled('\n'),
  spaces: filled(' '),
  tabs: filled('\t'),
};

describe('a document of hostile size', () => {
  test.each(Object.entries(DOCUMENTS))('of %s is work that grows with its length', (_, make) => {
    const [few, many] = [make(FEW_CHARS), make(MANY_CHARS)];
    count(few); // compiles what it runs
    const [little, much] = [count(few), count(many)];
    expect(little).toBeGreaterThan(0);
    expect(much).toBeLessThanOrEqual(Math.max(little, FEW_CHARS) * MOST_GROWTH);
    expect(much / many.length).toBeLessThanOrEqual(MAX_BLOCKS_PER_CHAR);
  });
});

test.each([
  ['a list as a key', '? [a]\n: 1\n', 'It is not YAML: A key must be a text at line 1, column 3'],
  ['a map as a key', '? {}\n', 'It is not YAML: A key must be a text at line 1, column 3'],
  [
    'many anchors',
    fill(20_000, (index) => `- &a${index} x\n`),
    'It is not YAML: There are more than 1000 anchors and aliases at line 1001, column 10',
  ],
  ['many levels', '['.repeat(100_000), 'It has too many levels'],
])('%s cannot be read', async (_, text, reason) => {
  expect(await parseYaml(text)).toEqual({ ok: false, reason });
});
