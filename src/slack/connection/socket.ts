import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { z } from 'zod';
import { TokenRejected } from './workspace.ts';

/** Before a lost connection is opened again; doubles with each try. */
const MIN_PAUSE_MS = 100;
const MAX_PAUSE_MS = 15_000;
const CLOSE_TIMEOUT_MS = 2_000;

const jsonObject = z.record(z.string(), z.unknown());
/** The members that the client reads without checking them. */
const frame = z.union([
  z.object({ type: z.enum(['hello', 'disconnect']) }),
  z.object({ type: z.literal('events_api'), payload: z.object({ event: z.object({ type: z.string() }) }) }),
  z.object({ type: z.string().refine((type) => type !== 'events_api'), payload: jsonObject }),
]);

/**
 * A Socket Mode connection that is reopened whenever it is lost. The client's own reconnecting (socket-mode 3.1) waits five
 * seconds, and ends the process with an unhandled rejection if Slack cannot be reached then, so the receiver needs
 * `autoReconnectEnabled: false`.
 */
export class Socket {
  readonly #client: SocketModeReceiver['client'];
  readonly #log: Logger;
  readonly #reopened: () => void;
  #keepOpen = false;
  #opening = false;
  #closed = false;

  constructor(receiver: SocketModeReceiver, log: Logger, reopened: () => void) {
    this.#client = receiver.client;
    this.#log = log;
    this.#reopened = reopened;
    this.#skipMalformedFrames();
    this.#client.on('disconnected', () => {
      if (this.#keepOpen && !this.#opening) void this.#reopen();
    });
  }

  /** The client parses frames outside of error handling, so one without the expected members would end the process. */
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

  get connected(): boolean {
    return this.#client.websocket?.isActive() === true;
  }

  /** Keeps the connection open from then on. @throws TokenRejected; what the client throws while Slack is away */
  async open(): Promise<void> {
    this.#opening = true;
    try {
      await this.#client.start();
    } catch (error) {
      throw TokenRejected.from('SLACK_APP_TOKEN', error) ?? error;
    } finally {
      this.#opening = false;
    }
    this.#keepOpen = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#keepOpen) await Promise.race([this.#client.disconnect(), sleep(CLOSE_TIMEOUT_MS)]);
  }

  async #reopen(): Promise<void> {
    this.#opening = true;
    for (let pause = MIN_PAUSE_MS; !this.#closed && !this.connected; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
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
