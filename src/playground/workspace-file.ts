import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type WorkspaceFile, workspaceFile } from './workspace/state.ts';

const DEBOUNCE_MS = 250;

/**
 * What was kept in a file, or undefined when there is none.
 *
 * @throws Error when the file is there but cannot be read as a workspace; it is left as it is.
 */
export async function readWorkspace(path: string): Promise<WorkspaceFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(unreadable(path, 'it is no JSON'));
  }
  const parsed = workspaceFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(unreadable(path, `${issue?.path.map(String).join('.')}: ${issue?.message}`));
}

const unreadable = (path: string, why: string): string =>
  `The playground's workspace ${path} cannot be read (${why}). Move the file away to start with an empty workspace.`;

/** Writes the workspace some time after it changed, whole, so that a reader never finds half of it. */
export class WorkspaceKeeper {
  readonly #path: string;
  readonly #state: () => WorkspaceFile;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  readonly #report: (error: Error) => void;

  /** @param report told when a write fails; the next change tries again. */
  constructor(path: string, state: () => WorkspaceFile, report: (error: Error) => void) {
    this.#path = path;
    this.#state = state;
    this.#report = report;
  }

  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, DEBOUNCE_MS);
  }

  #write(): void {
    this.#writing = this.#writing.then(async () => {
      try {
        const half = `${this.#path}.new`;
        await mkdir(dirname(this.#path), { recursive: true });
        await writeFile(half, JSON.stringify(this.#state()), { mode: 0o600 });
        await rename(half, this.#path);
      } catch (error) {
        this.#report(new Error(`The playground's workspace cannot be kept in ${this.#path}.`, { cause: error }));
      }
    });
  }

  /** Writes what is not yet written. */
  async close(): Promise<void> {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#write();
    }
    await this.#writing;
  }
}
