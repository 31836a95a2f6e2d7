import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Inspector } from '../inspector.ts';
import { APP_ID } from '../workspace/seed.ts';
import type { Ack, Delivery, Envelope } from './delivery.ts';

const MAX_CONNECTIONS = 10;
const PING_EVERY_MS = 5_000;
const TICKET_LIFETIME_MS = 30_000;

const ackMessage = z.looseObject({ envelope_id: z.string(), payload: z.unknown().optional() });

interface PendingAck {
  socket: WebSocket;
  settle(ack: Ack): void;
}

/** Socket Mode: the app holds WebSockets open, and each envelope goes to one of them in turn. */
export class SocketMode implements Delivery {
  readonly kind = 'socket';
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #inspector: Inspector;
  readonly #ackMs: number;
  readonly #changed: () => void;
  readonly #tickets = new Set<string>();
  readonly #pending = new Map<string, PendingAck>();
  #sockets: WebSocket[] = [];
  #nextSocket = 0;
  readonly #pings: NodeJS.Timeout;

  /** @param changed called when a connection opens or closes. */
  constructor(options: { inspector: Inspector; ackMs: number; changed: () => void }) {
    this.#inspector = options.inspector;
    this.#ackMs = options.ackMs;
    this.#changed = options.changed;
    this.#pings = setInterval(() => {
      for (const socket of this.#sockets) socket.ping();
    }, PING_EVERY_MS);
  }

  /** A ticket for one connection; `apps.connections.open` returns it as part of the URL. */
  issueTicket(): string {
    const ticket = randomBytes(16).toString('hex');
    this.#tickets.add(ticket);
    setTimeout(() => this.#tickets.delete(ticket), TICKET_LIFETIME_MS).unref();
    return ticket;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, ticket: string | null): void {
    if (ticket === null || !this.#tickets.delete(ticket)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#accept(opened));
  }

  #accept(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    if (this.#sockets.length >= MAX_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      socket.close(1000);
      return;
    }
    this.#sockets.push(socket);
    socket.on('message', (data) => this.#receive(data));
    socket.on('close', () => {
      this.#sockets = this.#sockets.filter((each) => each !== socket);
      for (const pending of this.#pending.values()) {
        if (pending.socket === socket) pending.settle({ outcome: 'unreachable', detail: 'the connection was lost' });
      }
      this.#changed();
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#sockets.length,
        debug_info: { host: 'playground', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: APP_ID },
      }),
    );
    this.#changed();
  }

  #receive(data: RawData): void {
    let message: unknown;
    try {
      message = JSON.parse(String(data));
    } catch {
      return;
    }
    const ack = ackMessage.safeParse(message);
    if (!ack.success) return;
    this.#pending.get(ack.data.envelope_id)?.settle({ outcome: 'acked', body: ack.data.payload });
  }

  connected(): boolean {
    return this.#sockets.length > 0;
  }

  connections(): number {
    return this.#sockets.length;
  }

  send(envelope: Envelope): Promise<Ack> {
    const exchange = this.#inspector.begin({
      direction: 'to_app',
      via: 'socket',
      title: envelope.title,
      request: envelope.payload,
      retry: envelope.retry?.attempt ?? 0,
    });
    this.#nextSocket += 1;
    const socket = this.#sockets[this.#nextSocket % Math.max(1, this.#sockets.length)];
    if (socket === undefined) {
      exchange.end('error', { error: 'no connection is open' });
      return Promise.resolve({ outcome: 'unreachable', detail: 'no connection is open' });
    }
    const envelopeId = randomUUID();
    return new Promise((resolve) => {
      const settle = (ack: Ack): void => {
        clearTimeout(timer);
        this.#pending.delete(envelopeId);
        if (ack.outcome === 'acked') exchange.end('ok', { response: ack.body });
        else if (ack.outcome === 'timeout') exchange.end('timeout', { error: 'no ack within 3 s' });
        else exchange.end('error', { error: ack.outcome === 'unreachable' ? ack.detail : 'refused' });
        resolve(ack);
      };
      const timer = setTimeout(() => settle({ outcome: 'timeout' }), this.#ackMs);
      this.#pending.set(envelopeId, { socket, settle });
      socket.send(
        JSON.stringify({
          envelope_id: envelopeId,
          type: envelope.type,
          payload: envelope.payload,
          accepts_response_payload: envelope.acceptsResponse,
          ...(envelope.retry === undefined
            ? {}
            : { retry_attempt: envelope.retry.attempt, retry_reason: envelope.retry.reason }),
        }),
      );
    });
  }

  /**
   * Ends all connections. `drop` cuts them, `refresh` asks the app to open new ones first, `link_disabled` announces
   * that Socket Mode was disabled.
   */
  disconnect(how: 'drop' | 'refresh' | 'link_disabled'): void {
    for (const socket of this.#sockets) {
      if (how === 'drop') {
        socket.terminate();
        continue;
      }
      const reason = how === 'refresh' ? 'refresh_requested' : 'link_disabled';
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'playground' } }));
      socket.close(1000);
    }
  }

  close(): Promise<void> {
    clearInterval(this.#pings);
    for (const socket of this.#sockets) socket.terminate();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
