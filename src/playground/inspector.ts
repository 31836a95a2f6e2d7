import type { Exchange } from './protocol.ts';

const KEPT = 400;

export interface OpenExchange {
  /** Record how it went; later calls are ignored. */
  end(outcome: Exchange['outcome'], rest?: { response?: unknown; error?: string }): void;
}

/** Keeps the last requests between the workspace and the app, without their tokens. */
export class Inspector {
  #exchanges: Exchange[] = [];
  #lastId = 0;
  readonly #listeners = new Set<(exchange: Exchange) => void>();

  listen(listener: (exchange: Exchange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Oldest first. */
  exchanges(): Exchange[] {
    return this.#exchanges;
  }

  begin(what: Pick<Exchange, 'direction' | 'via' | 'title'> & { request: unknown; retry?: number }): OpenExchange {
    this.#lastId += 1;
    const started = performance.now();
    let exchange: Exchange = {
      id: this.#lastId,
      at: new Date().toISOString(),
      direction: what.direction,
      via: what.via,
      title: what.title,
      request: withoutTokens(what.request),
      outcome: 'pending',
      retry: what.retry ?? 0,
    };
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > KEPT) this.#exchanges = this.#exchanges.slice(-KEPT);
    this.#tell(exchange);
    return {
      end: (outcome, rest = {}) => {
        if (exchange.outcome !== 'pending') return;
        const ended: Exchange = {
          ...exchange,
          outcome,
          took: Math.round(performance.now() - started),
          ...(rest.error === undefined ? {} : { error: rest.error }),
          ...(rest.response === undefined ? {} : { response: withoutTokens(rest.response) }),
        };
        const index = this.#exchanges.findIndex((each) => each.id === exchange.id);
        if (index !== -1) this.#exchanges[index] = ended;
        exchange = ended;
        this.#tell(ended);
      },
    };
  }

  #tell(exchange: Exchange): void {
    for (const listener of this.#listeners) listener(exchange);
  }
}

const SECRETS: ReadonlySet<string> = new Set(['token', 'secret', 'client_secret', 'code']);

/** A copy in which nothing that opens a door can be read. */
function withoutTokens(value: unknown): unknown {
  const text = JSON.stringify(value, (key, each: unknown) =>
    typeof each === 'string' && (SECRETS.has(key) || /^x(ox[a-z]|app|wfp)-/.test(each)) ? '•••' : each,
  );
  return text === undefined ? undefined : JSON.parse(text);
}
