import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HTTPReceiver, HTTPModuleFunctions as http } from '@slack/bolt';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { clientAddress } from '../platform/client-address.ts';
import { UnfinishedBodies } from '../platform/unfinished.ts';

const jsonObject = z.record(z.string(), z.unknown());

/** A view of Slack's may have 250 KB. */
const MAX_BODY_BYTES = 262_144;
/** How far the timestamp of a signed request may be from now. */
const MAX_SIGNATURE_AGE_SECONDS = 300;
const SIGNATURE = /^v0=[0-9a-f]{64}$/;

const WINDOW_SECONDS = 60;
const MAX_REFUSED_PER_ADDRESS = 30;
const MAX_REFUSED = 600;
const MAX_LOGGED = 60;

interface SignedRequestsOptions {
  readonly signingSecret: string;
  /** How many own proxies stand before Lull. */
  readonly proxies: number;
  readonly log: Logger;
}

/**
 * Passes signed requests to Bolt's receiver, which reads the parsed body outside of its error handling, so that a body such
 * as `null` would end the process. Nothing of a body is read without the headers of a signature. Answers 400 to a body that
 * is not a JSON object, 401 without the right signature, 413 to a body that is too large, and 429 to what is refused of an
 * address, or of all, that sent many of those. A right signature is always accepted.
 */
export class SignedRequests {
  readonly #receiver: HTTPReceiver;
  readonly #options: SignedRequestsOptions;
  readonly #unfinished = new UnfinishedBodies();
  readonly #refused = limiter('refused', MAX_REFUSED_PER_ADDRESS);
  readonly #refusedOfAll = limiter('refused-of-all', MAX_REFUSED);
  readonly #logged = limiter('logged', MAX_LOGGED);

  constructor(receiver: HTTPReceiver, options: SignedRequestsOptions) {
    this.#receiver = receiver;
    this.#options = options;
  }

  async deliver(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { signingSecret, proxies, log } = this.#options;
    const forwarded = request.headers['x-forwarded-for']?.toString();
    const address = clientAddress(forwarded, request.socket.remoteAddress, proxies);
    const refuse = (status: number, reason: string) => this.#refuse(request, response, address, status, reason);
    if (!hasSignatureHeaders(request)) return refuse(401, 'It has no signature of now.');
    this.#unfinished.add(request, address);
    let signed: Awaited<ReturnType<typeof http.parseAndVerifyHTTPRequest>>;
    try {
      const options = { signingSecret, bodyLimit: MAX_BODY_BYTES };
      signed = await http.parseAndVerifyHTTPRequest(options, request, response);
    } catch (error) {
      const tooLarge = http.isRawBodyError(error) && error.statusCode === 413;
      return refuse(tooLarge ? 413 : 401, String(error));
    }
    try {
      jsonObject.parse(http.parseHTTPRequestBody(signed));
    } catch {
      log.warn({ address }, 'a signed request of Slack is not a JSON object');
      response.writeHead(400).end();
      return undefined;
    }
    return this.#receiver.requestListener(signed, response);
  }

  async #refuse(
    request: IncomingMessage,
    response: ServerResponse,
    address: string,
    status: number,
    reason: string,
  ): Promise<void> {
    const isMany = !(await admits(this.#refused, address)) || !(await admits(this.#refusedOfAll, 'all'));
    if (!isMany && (await admits(this.#logged, 'all'))) {
      this.#options.log.warn({ status, address, reason }, "a request to Slack's endpoint was refused");
    }
    response.writeHead(isMany ? 429 : status, isMany ? { 'retry-after': String(WINDOW_SECONDS) } : {}).end();
    // An unread body would keep the connection busy, and the server from closing.
    request.resume();
  }
}

const limiter = (keyPrefix: string, points: number) =>
  new RateLimiterMemory({ keyPrefix, points, duration: WINDOW_SECONDS });

async function admits(limit: RateLimiterMemory, key: string): Promise<boolean> {
  return limit.consume(key).then(
    () => true,
    () => false,
  );
}

/** Bolt rejects old requests but accepts those from the future, which are replays or from a wrong clock as well. */
function hasSignatureHeaders({ headers }: IncomingMessage): boolean {
  const signedAt = Number(headers['x-slack-request-timestamp'] ?? Number.NaN);
  const isCurrent = Math.abs(Date.now() / 1000 - signedAt) <= MAX_SIGNATURE_AGE_SECONDS;
  return isCurrent && SIGNATURE.test(headers['x-slack-signature']?.toString() ?? '');
}
