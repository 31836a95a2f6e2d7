import pg from 'pg';
import { connectionConfig } from '../platform/database.ts';

const RETRY_MS = 1_000;

/** A database connection of its own that is reopened whenever it is lost. */
export class PersistentConnection {
  readonly #url: string;
  readonly #on: {
    readonly open: (client: pg.Client) => Promise<unknown>;
    readonly reopened: () => void;
    readonly failed: (error: unknown) => void;
  };
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param on `open`: prepares each connection; `reopened`: a lost one is back; `failed`: it is not yet */
  constructor(
    url: string,
    on: {
      readonly open: (client: pg.Client) => Promise<unknown>;
      readonly reopened?: () => void;
      readonly failed: (error: unknown) => void;
    },
  ) {
    this.#url = url;
    this.#on = { reopened: () => {}, ...on };
  }

  /** Undefined while the connection is lost. */
  get client(): pg.Client | undefined {
    return this.#client;
  }

  /** @throws Error when the database cannot be reached */
  async open(): Promise<void> {
    const client = new pg.Client(connectionConfig(this.#url));
    const lost = () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#reopen();
    };
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      await this.#on.open(client);
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    if (this.#closed) return client.end();
    this.#client = client;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  #reopen(): void {
    this.#retry = setTimeout(() => {
      this.open().then(this.#on.reopened, (error: unknown) => {
        if (this.#closed) return;
        this.#on.failed(error);
        this.#reopen();
      });
    }, RETRY_MS).unref();
  }
}
