import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

/** The parser needs seconds for the largest documents that people send, and has this long. */
const TIMEOUT_MS = 15_000;
const MAX_HEAP_MB = 256;
/** A few aliases that repeat each other can expand to gigabytes. */
const MAX_ALIASES = 100;

/**
 * Runs in a worker thread, because the parser would block the process for seconds. Plain JavaScript, as tests run from
 * TypeScript and the program from one bundle. The parser's own search for duplicate keys compares each with each.
 */
const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { isScalar, LineCounter, parseDocument, visit } = require(workerData.library);
  const lines = new LineCounter();
  const document = parseDocument(workerData.text, { merge: true, uniqueKeys: false, lineCounter: lines });

  function findProblem() {
    // The parser only warns of some mistakes, such as an unknown tag, and then reads something else than was meant.
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined) return { code: wrong.code, message: wrong.message };
    let problem;
    visit(document, {
      Map(_, { items }) {
        const known = new Set();
        for (const { key } of items) {
          if (!isScalar(key)) continue;
          if (known.has(key.value)) {
            const { line, col } = lines.linePos(key.range[0]);
            problem = { message: 'Map keys must be unique at line ' + line + ', column ' + col };
            return visit.BREAK;
          }
          known.add(key.value);
        }
      },
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

export type YamlResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** Parses a document. The reason is a sentence without a full stop. */
export async function parseYaml(text: string): Promise<YamlResult> {
  const library = createRequire(import.meta.url).resolve('yaml');
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: { text, library, aliases: MAX_ALIASES },
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
  return { ok: false, reason: `It is not YAML: ${why.split('\n', 1)[0]?.replace(/:$/, '')}` };
}
