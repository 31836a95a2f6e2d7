// Builds the playground's page: `node src/playground/page/build.mjs [folder]`.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Writes `page.js`, `page.css` and the fonts into the folder, which is made if it is not there.
 *
 * @param {string} outDir absolute, or relative to the working directory
 * @returns {Promise<void>}
 */
export async function buildPage(outDir) {
  await build({
    entryPoints: [
      { in: join(here, 'main.tsx'), out: 'page' },
      { in: join(here, 'styles/page.css'), out: 'page' },
    ],
    outdir: outDir,
    loader: { '.woff2': 'file' },
    assetNames: '[name]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome120', 'firefox125', 'safari17.4'],
    legalComments: 'none',
    logLevel: 'warning',
  });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await buildPage(process.argv[2] ?? fileURLToPath(new URL('../../../dist/playground/page/', import.meta.url)));
}
