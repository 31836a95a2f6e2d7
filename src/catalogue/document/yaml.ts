import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

/** The parser needs seconds for the largest documents that people send, and has this long. */
const TIMEOUT_MS = 15_000;
const MAX_HEAP_MB = 256;
/** Of one anchor: a few that repeat each other can expand to gigabytes. */
const MAX_ALIASES = 100;
/** The parser looks through all of them for the anchor of each. */
const MAX_ANCHORS_AND_ALIASES = 1_000;

/**
 * Runs in a worker thread, because the parser would block the process for seconds. Plain JavaScript, as tests run from
 * TypeScript and the program from one bundle. It does for itself what the parser does in more than linear time: it looks for
 * duplicate keys, which the parser compares each with each, finds the position of the one mistake that is reported, and
 * refuses keys that are lists or maps, which the parser would write out at every level, and too many aliases.
 */
export const YAML_WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } = require(workerData.library);
  const lines = new LineCounter();
  const options = { merge: true, uniqueKeys: false, prettyErrors: false, lineCounter: lines };
  const document = parseDocument(workerData.text, options);

  function at(message, start, code) {
    const { line, col } = lines.linePos(start);
    return { code, message: message + ' at line ' + line + ', column ' + col };
  }

  function findWrongKey({ items, range }) {
    const known = new Set();
    for (const { key } of items) {
      if (!isScalar(key)) return at('A key must be a text', (key ?? { range }).range[0]);
      if (known.has(key.value)) return at('Map keys must be unique', key.range[0]);
      known.add(key.value);
    }
    return undefined;
  }

  function findProblem() {
    // The parser only warns of some mistakes, such as an unknown tag, and then reads something else than was meant.
    const wrong = document.errors[0] ?? document.warnings[0];
    if (wrong !== undefined) return at(wrong.message, Math.max(wrong.pos[0], 0), wrong.code);
    let problem;
    let references = 0;
    visit(document, (_, node) => {
      if (!isNode(node)) return undefined;
      if (isAlias(node) || node.anchor !== undefined) references += 1;
      if (references > workerData.references) {
        problem = at('There are more than ' + workerData.references + ' anchors and aliases', node.range[0]);
      } else if (isMap(node)) {
        problem = findWrongKey(node);
      }
      return problem === undefined ? undefined : visit.BREAK;
    });
    return problem;
  }

  const problem = findProblem();
  parentPort.postMessage(problem === undefined ? { value: document.toJS({ maxAliasCount: workerData.aliases }) } : { problem });
`;

const answer = z.union([
  z.object({ problem: z.object({ code: z.string().optional(), message: z.string() }) }),
  z.object({ value: z.unknown() }),
]);

type YamlResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/** What the worker reads. */
export const toWorkerData = (text: string) => ({
  text,
  library: createRequire(import.meta.url).resolve('yaml'),
  aliases: MAX_ALIASES,
  references: MAX_ANCHORS_AND_ALIASES,
});

/** Parses a document. The reason is a sentence without a full stop. */
export async function parseYaml(text: string): Promise<YamlResult> {
  const worker = new Worker(YAML_WORKER, {
    eval: true,
    workerData: toWorkerData(text),
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  try {
    return toResult(await receive(worker));
  } catch (error) {
    return { ok: false, reason: `As YAML: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    await worker.terminate();
  }
}

async function receive(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it takes too long to read')), TIMEOUT_MS);
    worker.once('message', resolve).once('error', reject).once('messageerror', reject);
    worker.once('exit', () => reject(new Error('it cannot be read')));
    worker.once('exit', () => clearTimeout(timer));
  });
}

function toResult(message: unknown): YamlResult {
  const result = answer.parse(message);
  if (!('problem' in result)) return { ok: true, value: result.value ?? {} };
  const { code, message: why } = result.problem;
  if (code === 'MULTIPLE_DOCS') return { ok: false, reason: 'It is more than one document. Send one' };
  if (code === 'RESOURCE_EXHAUSTION') return { ok: false, reason: 'It has too many levels' };
  return { ok: false, reason: `It is not YAML: ${why}` };
}
