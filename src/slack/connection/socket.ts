import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { z } from 'zod';
import { slackError } from './client.ts';
import { FINAL_TOKEN_ERRORS, TokenRejected } from './workspace.ts';

/** The pause before a lost connection is opened again, and the longest it grows to (milliseconds). */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 15_000;
/** How long a closing connection is waited for (milliseconds). */
const CLOSED_WITHIN = 2_000;

const jsonObject = z.record(z.string(), z.unknown());
/** What the client may be given: it reads these members without looking whether they are there. */
const frame = z.union([
  z.object({ type: z.enum(['hello', 'disconnect']) }),
  z.object({ type: z.literal('events_api'), payload: z.object({ event: z.object({ type: z.string() }) }) }),
  z.object({ type: z.string().refine((type) => type !== 'events_api'), payload: jsonObject }),
]);

/**
 * A Socket Mode connection that is opened again whenever it was lost, for as long as it takes. The client's own
 * reconnecting (socket-mode 3.1) waits five seconds, and gives up with an unhandled rejection, which ends the process,
 * when Slack cannot be reached just then: give the receiver `autoReconnectEnabled: false`.
 */
export class Socket {
  readonly #client: SocketModeReceiver['client'];
  readonly #log: Logger;
  readonly #reopened: () => void;
  #keeping = false;
  #opening = false;
  #closed = false;

  /** @param reopened is told that the connection was lost and is there again */
  constructor(receiver: SocketModeReceiver, log: Logger, reopened: () => void) {
    this.#client = receiver.client;
    this.#log = log;
    this.#reopened = reopened;
    this.#skipMalformedFrames();
    this.#client.on('disconnected', () => {
      if (this.#keeping && !this.#opening) void this.#openAgain();
    });
  }

  /** The client parses frames outside any error handling: one without the members it expects would end the process. */
  #skipMalformedFrames(): void {
    const listeners = this.#client.listeners('ws_message');
    this.#client.removeAllListeners('ws_message');
    this.#client.on('ws_message', (data: string | ArrayBuffer, isBinary: boolean) => {
      if (!isBinary && !isFrame(typeof data === 'string' ? data : new TextDecoder().decode(data))) {
        this.#log.warn('Slack sent a malformed frame, which was skipped');
        return;
      }
      for (const listener of listeners) listener(data, isBinary);
    });
  }

  /** Whether Slack can send something now. */
  get connected(): boolean {
    return this.#client.websocket?.isActive() === true;
  }

  /**
   * Opens the connection, which is kept open from then on.
   * @throws TokenRefused when Slack does not take the app-level token; whatever the client throws when Slack cannot be reached
   */
  async open(): Promise<void> {
    this.#opening = true;
    try {
      await this.#client.start();
    } catch (error) {
      const reason = slackError(error);
      if (reason === undefined || !FINAL_TOKEN_ERRORS.has(reason)) throw error;
      throw new TokenRejected('SLACK_APP_TOKEN', reason);
    } finally {
      this.#opening = false;
    }
    this.#keeping = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#keeping) await Promise.race([this.#client.disconnect(), sleep(CLOSED_WITHIN)]);
  }

  async #openAgain(): Promise<void> {
    this.#opening = true;
    for (let pause = FIRST_PAUSE; !this.#closed && !this.connected; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await sleep(pause, undefined, { ref: false });
      if (this.#closed) break;
      try {
        await this.#client.start();
      } catch (error) {
        this.#log.warn({ error }, 'the connection to Slack is lost and cannot be opened again yet');
      }
    }
    this.#opening = false;
    if (this.connected) this.#reopened();
  }
}

function isFrame(text: string): boolean {
  try {
    return frame.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
