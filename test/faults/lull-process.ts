import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../port.ts';

export const ADMIN_TOKEN = 'a-token-for-the-faults';
const START_TIMEOUT_MS = 120_000;
/** Loaded before Lull's own code: a clock that is stepped. */
const STEPPED_CLOCK = new URL('stepped-clock.mjs', `file://${process.cwd()}/test/faults/`).href;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** One Lull as `npm start` runs it, on one port, that is killed and started again. */
export class LullProcess {
  readonly url: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #log = '';
  #ended: string[] = [];

  private constructor(port: number, env: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#env = { ...env, PORT: String(port), LULL_PUBLIC_URL: this.url };
  }

  static async create(env: Readonly<Record<string, string>>): Promise<LullProcess> {
    return new LullProcess(await freePort(), env);
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything that it wrote, over all of its lives. */
  get log(): string {
    return this.#log;
  }

  /** How it ended when nobody ended it. */
  get ended(): readonly string[] {
    return this.#ended;
  }

  /** Starts the process, without waiting until it is ready. */
  spawn(): void {
    const child = spawn(process.execPath, ['--import', STEPPED_CLOCK, '--enable-source-maps', 'dist/main.js'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH ?? '',
        LULL_ADMIN_TOKEN: ADMIN_TOKEN,
        LULL_ENCRYPTION_KEY: 'the-encryption-key-of-the-faults-0123456789',
        LULL_ALLOWED_ADDRESSES: '127.0.0.0/8',
        LULL_RATE_LIMIT: '0',
        ...this.#env,
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
      });
    }
    child.on('error', (error) => this.#ended.push(String(error)));
    child.on('exit', (code, signal) => {
      if (signal !== 'SIGKILL' && child === this.#child) this.#ended.push(`it ended by itself (${code ?? signal})`);
    });
    this.#child = child;
  }

  async start(): Promise<void> {
    this.spawn();
    await this.ready();
  }

  /** Waits until `/readyz` says that it is. */
  async ready(timeoutMs = START_TIMEOUT_MS): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let last: unknown;
    while (performance.now() < deadline) {
      last = await this.readiness();
      if (last === true) return;
      if (!this.running) throw new Error('Lull ended');
      await sleep(20);
    }
    throw new Error(`Lull is not ready after ${timeoutMs / 1000} s (${JSON.stringify(last)})`);
  }

  /** @returns true, or what is not */
  async readiness(): Promise<unknown> {
    try {
      const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
      const body: unknown = await response.json();
      return response.ok || body;
    } catch (error) {
      return String(error);
    }
  }

  /** Kills it as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Steps its clock. @param offset milliseconds from the real time */
  setClock(offset: number): void {
    this.#child?.send({ clock: offset });
  }

  /** Sends a request as an admin. @throws Error when nothing answers within ten seconds */
  async api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }
}
