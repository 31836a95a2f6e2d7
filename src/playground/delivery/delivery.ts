/** One request to the app. */
export interface Envelope {
  type: 'slash_commands' | 'interactive' | 'events_api';
  payload: Record<string, unknown>;
  /** Whether the ack may carry an answer. */
  acceptsResponse: boolean;
  /** Shown in the inspector. */
  title: string;
  retry?: { attempt: number; reason: string };
}

/** The outcome of a delivery, within Slack's three seconds. */
export type Ack =
  | { outcome: 'acked'; body: unknown }
  | { outcome: 'timeout' }
  /** The app is not connected. */
  | { outcome: 'unreachable'; detail: string }
  /** The app answered with another status than 200. */
  | { outcome: 'refused'; status: number };

/** How requests reach the app: Socket Mode or signed HTTP requests. */
export interface Delivery {
  readonly kind: 'socket' | 'http';
  /** Whether the app was reachable when last tried. */
  connected(): boolean;
  send(envelope: Envelope): Promise<Ack>;
  close(): Promise<void>;
}
