import pg from 'pg';
import type { Logger } from 'pino';
import { WORKER_LIVENESS_LOCK } from '../platform/jobs.ts';

/** After the connection was lost (milliseconds). */
const TRY_AGAIN = 1_000;

/**
 * Shows the other processes on the database that this one lives, by an advisory lock that PostgreSQL takes back when its
 * connection ends, however the process did. Jobs in the hands of nobody who is present were abandoned.
 */
export class WorkerLiveness {
  readonly #url: string;
  readonly #log: Logger;
  #client: pg.Client | undefined;
  #name: string | undefined;
  #ended = false;

  private constructor(url: string, log: Logger) {
    this.#url = url;
    this.#log = log;
  }

  /** Connects, so that `as` takes effect before anything is taken in hand under that name. */
  static async open(url: string, log: Logger): Promise<WorkerLiveness> {
    const presence = new WorkerLiveness(url, log);
    await presence.#connect();
    return presence;
  }

  as(name: string): void {
    this.#name = name;
    void this.#show();
  }

  async end(): Promise<void> {
    this.#ended = true;
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: 5_000, keepAlive: true });
    const lost = () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#reconnect();
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    if (this.#ended) return client.end();
    this.#client = client;
    await this.#show();
  }

  #reconnect(): void {
    setTimeout(() => {
      if (this.#ended) return;
      this.#connect().catch((error: unknown) => {
        this.#log.debug({ error }, 'the presence of this process cannot be shown yet');
        this.#reconnect();
      });
    }, TRY_AGAIN).unref();
  }

  async #show(): Promise<void> {
    if (this.#name === undefined) return;
    try {
      await this.#client?.query('select pg_advisory_lock($1, hashtext($2))', [WORKER_LIVENESS_LOCK, this.#name]);
    } catch {
      // The connection is lost, which `lost` hears of.
    }
  }
}
