/** One thing to hand to the app. */
export interface Envelope {
  type: 'slash_commands' | 'interactive' | 'events_api';
  payload: Record<string, unknown>;
  /** Whether the ack may carry an answer. */
  acceptsResponse: boolean;
  /** For the inspector. */
  title: string;
  retry?: { attempt: number; reason: string };
}

/** What became of it, within Slack's three seconds. */
export type Ack =
  | { outcome: 'acked'; body: unknown }
  | { outcome: 'timeout' }
  /** Nobody there to take it. */
  | { outcome: 'unreachable'; detail: string }
  /** Answered, but not with 200. */
  | { outcome: 'refused'; status: number };

/** A way to the app: Socket Mode, or signed HTTP requests. */
export interface Delivery {
  readonly kind: 'socket' | 'http';
  /** Whether the app could take an envelope now, as far as can be known. */
  connected(): boolean;
  send(envelope: Envelope): Promise<Ack>;
  close(): Promise<void>;
}
