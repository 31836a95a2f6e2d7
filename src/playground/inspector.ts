import type { Exchange } from './protocol.ts';

const MAX_EXCHANGES = 400;

export interface OpenExchange {
  /** Records the outcome; later calls are ignored. */
  end(outcome: Exchange['outcome'], rest?: { response?: unknown; error?: string }): void;
}

/** Keeps the last requests between the workspace and the app, with secrets redacted. */
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

  begin(opened: Pick<Exchange, 'direction' | 'via' | 'title'> & { request: unknown; retry?: number }): OpenExchange {
    this.#lastId += 1;
    const started = performance.now();
    let exchange: Exchange = {
      id: this.#lastId,
      at: new Date().toISOString(),
      direction: opened.direction,
      via: opened.via,
      title: opened.title,
      request: redactSecrets(opened.request),
      outcome: 'pending',
      retry: opened.retry ?? 0,
    };
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > MAX_EXCHANGES) this.#exchanges = this.#exchanges.slice(-MAX_EXCHANGES);
    this.#notify(exchange);
    return {
      end: (outcome, rest = {}) => {
        if (exchange.outcome !== 'pending') return;
        const ended: Exchange = {
          ...exchange,
          outcome,
          took: Math.round(performance.now() - started),
          ...(rest.error === undefined ? {} : { error: rest.error }),
          ...(rest.response === undefined ? {} : { response: redactSecrets(rest.response) }),
        };
        const index = this.#exchanges.findIndex((each) => each.id === exchange.id);
        if (index !== -1) this.#exchanges[index] = ended;
        exchange = ended;
        this.#notify(ended);
      },
    };
  }

  #notify(exchange: Exchange): void {
    for (const listener of this.#listeners) listener(exchange);
  }
}

const SECRET_KEYS: ReadonlySet<string> = new Set(['token', 'secret', 'client_secret', 'code']);

/** A copy without tokens and secrets. */
function redactSecrets(value: unknown): unknown {
  const text = JSON.stringify(value, (key, each: unknown) =>
    typeof each === 'string' && (SECRET_KEYS.has(key) || /^x(ox[a-z]|app|wfp)-/.test(each)) ? '•••' : each,
  );
  return text === undefined ? undefined : JSON.parse(text);
}
