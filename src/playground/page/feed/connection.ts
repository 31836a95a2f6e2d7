import type { PageMessage, PageRequest, RequestResult, ServerMessage } from '../../protocol.ts';

/** The first and the longest delay before reconnecting. */
const RECONNECT_MS = { first: 300, longest: 4000 };

/** A failed request. The message is a sentence for the person. */
export class RequestFailed extends Error {
  override name = 'RequestFailed';
}

const UNREACHABLE = 'The playground cannot be reached right now. The page connects again by itself.';

interface PendingRequest {
  readonly resolve: (result: RequestResult) => void;
  readonly reject: (error: RequestFailed) => void;
}

export interface Listener {
  /** Called for every message except replies. */
  readonly onMessage: (message: Exclude<ServerMessage, { type: 'reply' }>) => void;
  readonly onLost: () => void;
}

/**
 * The page's WebSocket to the playground. It reconnects with increasing delays until `close()`.
 * Requests in flight are rejected when the connection is lost; they may have been performed.
 */
export class Connection {
  readonly #address: string;
  readonly #listener: Listener;
  readonly #pending = new Map<number, PendingRequest>();
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs = RECONNECT_MS.first;
  #lastId = 0;
  #closed = false;

  constructor(address: string, listener: Listener) {
    this.#address = address;
    this.#listener = listener;
    this.#connect();
  }

  #connect(): void {
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    socket.onopen = () => {
      this.#delayMs = RECONNECT_MS.first;
    };
    socket.onmessage = (event: MessageEvent<string>) => this.#receive(JSON.parse(event.data) as ServerMessage);
    socket.onclose = () => {
      if (this.#closed) return;
      this.#rejectPending();
      this.#listener.onLost();
      this.#timer = setTimeout(() => this.#connect(), this.#delayMs);
      this.#delayMs = Math.min(this.#delayMs * 2, RECONNECT_MS.longest);
    };
  }

  #receive(message: ServerMessage): void {
    if (message.type !== 'reply') {
      this.#listener.onMessage(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.ok) pending?.resolve(message.result);
    else pending?.reject(new RequestFailed(message.error));
  }

  #rejectPending(): void {
    for (const pending of this.#pending.values()) pending.reject(new RequestFailed(UNREACHABLE));
    this.#pending.clear();
  }

  /** Sends a request. Rejects with `RequestFailed`, whose message is a sentence to show. */
  request(request: PageRequest): Promise<RequestResult> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new RequestFailed(UNREACHABLE));
    this.#lastId += 1;
    const message: PageMessage = { id: this.#lastId, request };
    return new Promise((resolve, reject) => {
      this.#pending.set(message.id, { resolve, reject });
      socket.send(JSON.stringify(message));
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#rejectPending();
  }
}
