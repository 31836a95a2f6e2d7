import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Real milliseconds until a server answers, on a machine that has other things to do. */
const PATIENCE = 60_000;
/** One that is told to end while it still starts may not hear it; it is told again after this long (milliseconds). */
const TOLD_AGAIN = 2_000;

/** A program of somebody else's, with all processes it starts. It does not outlive this one. */
export class Program {
  readonly #command: readonly [string, ...string[]];
  readonly #env: NodeJS.ProcessEnv;
  readonly #answers: () => Promise<boolean>;
  readonly #abandon = () => {
    if (this.#process?.pid !== undefined) signalGroup(this.#process.pid, 'SIGKILL');
  };
  readonly #leave = () => process.exit(143);
  #process: ChildProcess | undefined;

  /** @param answers whether it is ready */
  constructor(command: readonly [string, ...string[]], answers: () => Promise<boolean>, env: NodeJS.ProcessEnv = {}) {
    this.#command = command;
    this.#answers = answers;
    this.#env = env;
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    const [program, ...args] = this.#command;
    const env = { ...process.env, ...this.#env };
    // A process group of its own, so that all of it ends together.
    const started = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
    this.#process = started;
    process.once('exit', this.#abandon);
    process.once('SIGTERM', this.#leave);
    let said = '';
    const hear = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    };
    started.stdout.on('data', hear);
    started.stderr.on('data', hear);
    const deadline = Date.now() + PATIENCE;
    while (!(await this.#answers().catch(() => false))) {
      if (started.exitCode !== null || Date.now() > deadline) {
        await this.kill();
        throw new Error(`${program} does not run: ${said}`);
      }
      await sleep(50);
    }
  }

  /** As a power cut does it. */
  async kill(): Promise<void> {
    const running = this.#gone();
    if (running?.pid === undefined || hasEnded(running)) return;
    const ended = once(running, 'close');
    signalGroup(running.pid, 'SIGKILL');
    await ended;
  }

  /** As its administrator does it. */
  async stop(): Promise<void> {
    const running = this.#gone();
    if (running === undefined || hasEnded(running)) return;
    const ended = once(running, 'close');
    running.kill('SIGTERM');
    const again = setInterval(() => running.kill('SIGTERM'), TOLD_AGAIN);
    await ended;
    clearInterval(again);
  }

  #gone(): ChildProcess | undefined {
    const running = this.#process;
    this.#process = undefined;
    process.removeListener('exit', this.#abandon);
    process.removeListener('SIGTERM', this.#leave);
    return running;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
