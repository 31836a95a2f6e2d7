import type { IncomingMessage } from 'node:http';

/** Together, and so at most this many times the limit of a body is in memory. */
const MAX_UNFINISHED = 64;
/** Slack waits for three seconds, and the other clients of these bodies send far less. */
const MAX_MS = 5_000;

/**
 * Bounds the bodies that are read before it is known who sends them: how many at a time, and how long each may take. One
 * too many ends the oldest of the address that sends the most, so that somebody who never finishes keeps out nobody.
 */
export class UnfinishedBodies {
  readonly #requests = new Map<IncomingMessage, string>();

  get count(): number {
    return this.#requests.size;
  }

  /** To be called before the body is read. */
  add(request: IncomingMessage, address: string): void {
    if (request.complete) return;
    if (this.#requests.size >= MAX_UNFINISHED) this.#endOldest();
    this.#requests.set(request, address);
    const timer = setTimeout(() => request.destroy(), MAX_MS);
    timer.unref();
    const settle = () => {
      clearTimeout(timer);
      this.#requests.delete(request);
    };
    request.once('end', settle).once('close', settle);
  }

  #endOldest(): void {
    const counts = new Map<string, number>();
    for (const address of this.#requests.values()) counts.set(address, (counts.get(address) ?? 0) + 1);
    const most = Math.max(...counts.values());
    for (const [request, address] of this.#requests) {
      if (counts.get(address) !== most) continue;
      this.#requests.delete(request);
      request.destroy();
      return;
    }
  }
}
