import { createHmac } from 'node:crypto';
import type { Inspector } from '../inspector.ts';
import type { Ack, Delivery, Envelope } from './delivery.ts';

/** Delivers each envelope as a signed POST to the app's request URL; a 200 is the ack. */
export class SignedHttp implements Delivery {
  readonly kind = 'http';
  readonly #url: string;
  readonly #secret: string;
  readonly #inspector: Inspector;
  readonly #ackMs: number;
  readonly #closing = new AbortController();
  #reachable = true;
  /** Seconds added to the request timestamp, to test how the app treats old and early requests. */
  skewSeconds = 0;

  constructor(options: { url: string; signingSecret: string; inspector: Inspector; ackMs: number }) {
    this.#url = options.url;
    this.#secret = options.signingSecret;
    this.#inspector = options.inspector;
    this.#ackMs = options.ackMs;
  }

  connected(): boolean {
    return this.#reachable;
  }

  async send(envelope: Envelope): Promise<Ack> {
    const exchange = this.#inspector.begin({
      direction: 'to_app',
      via: 'http',
      title: envelope.title,
      request: envelope.payload,
      retry: envelope.retry?.attempt ?? 0,
    });
    const { body, contentType } = encodeEnvelope(envelope);
    const headers: Record<string, string> = { 'content-type': contentType, ...this.#signature(body) };
    if (envelope.retry !== undefined) {
      headers['x-slack-retry-num'] = String(envelope.retry.attempt);
      headers['x-slack-retry-reason'] = envelope.retry.reason;
    }
    const timeout = AbortSignal.timeout(this.#ackMs);
    try {
      const answer = await fetch(this.#url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, this.#closing.signal]),
      });
      const text = await answer.text();
      this.#reachable = true;
      if (answer.status !== 200) {
        exchange.end('error', { error: `HTTP ${answer.status}`, response: text });
        return { outcome: 'refused', status: answer.status };
      }
      const response = parseAck(text, answer.headers.get('content-type'));
      exchange.end('ok', { response });
      return { outcome: 'acked', body: response };
    } catch (error) {
      if (timeout.aborted) {
        exchange.end('timeout', { error: 'no answer within 3 s' });
        return { outcome: 'timeout' };
      }
      this.#reachable = false;
      const detail = error instanceof Error ? String(error.cause ?? error.message) : String(error);
      exchange.end('error', { error: detail });
      return { outcome: 'unreachable', detail };
    }
  }

  /** Slack's URL verification. @returns whether the app answered with the challenge. */
  async verify(token: string): Promise<boolean> {
    const challenge = createHmac('sha256', this.#secret).update(this.#url).digest('hex');
    const body = JSON.stringify({ type: 'url_verification', token, challenge });
    const answer = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#signature(body) },
      body,
      signal: AbortSignal.timeout(this.#ackMs),
    });
    return answer.status === 200 && (await answer.text()).includes(challenge);
  }

  #signature(body: string): Record<string, string> {
    const stamp = String(Math.floor(Date.now() / 1000) + this.skewSeconds);
    const signature = createHmac('sha256', this.#secret).update(`v0:${stamp}:${body}`).digest('hex');
    return { 'x-slack-request-timestamp': stamp, 'x-slack-signature': `v0=${signature}` };
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }
}

function encodeEnvelope(envelope: Envelope): { body: string; contentType: string } {
  const form = 'application/x-www-form-urlencoded';
  if (envelope.type === 'events_api') {
    return { body: JSON.stringify(envelope.payload), contentType: 'application/json' };
  }
  if (envelope.type === 'interactive') {
    return { body: new URLSearchParams({ payload: JSON.stringify(envelope.payload) }).toString(), contentType: form };
  }
  const fields = Object.entries(envelope.payload).map(([key, value]): [string, string] => [key, String(value)]);
  return { body: new URLSearchParams(fields).toString(), contentType: form };
}

function parseAck(text: string, contentType: string | null): unknown {
  if (text === '') return undefined;
  if (contentType?.includes('json') === true || text.startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}
