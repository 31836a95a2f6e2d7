import type { PageMessage, PageRequest, RequestResult, ServerMessage } from '../../protocol.ts';

/** First and longest wait before connecting again, in milliseconds. */
const WAIT = { first: 300, longest: 4000 };

/** Why a request failed, as a sentence for the person who made it. */
export class RequestFailed extends Error {
  override name = 'RequestFailed';
}

const UNREACHABLE = 'The playground cannot be reached right now. The page connects again by itself.';

interface Waiting {
  readonly resolve: (result: RequestResult) => void;
  readonly reject: (error: RequestFailed) => void;
}

export interface Listener {
  /** Anything from the server but replies. */
  readonly onMessage: (message: Exclude<ServerMessage, { type: 'reply' }>) => void;
  readonly onLost: () => void;
}

/**
 * The page's line to the playground. It connects again by itself, ever more patiently, until `close()`.
 * Requests in flight when the line is lost are rejected: whether they were done is not known.
 */
export class Connection {
  readonly #address: string;
  readonly #listener: Listener;
  readonly #waiting = new Map<number, Waiting>();
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = WAIT.first;
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
      this.#wait = WAIT.first;
    };
    socket.onmessage = (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as ServerMessage);
    socket.onclose = () => {
      if (this.#closed) return;
      this.#dropWaiting();
      this.#listener.onLost();
      this.#timer = setTimeout(() => this.#connect(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, WAIT.longest);
    };
  }

  #take(message: ServerMessage): void {
    if (message.type !== 'reply') {
      this.#listener.onMessage(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message.result);
    else waiting?.reject(new RequestFailed(message.error));
  }

  #dropWaiting(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new RequestFailed(UNREACHABLE));
    this.#waiting.clear();
  }

  /** Sends a request. Rejects with `RequestFailed`, whose message is a sentence to show. */
  request(request: PageRequest): Promise<RequestResult> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new RequestFailed(UNREACHABLE));
    this.#lastId += 1;
    const message: PageMessage = { id: this.#lastId, request };
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      socket.send(JSON.stringify(message));
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#dropWaiting();
  }
}
