import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What the rooms tell of their work, to whoever measures it. They know nothing of who does. */
export interface TelemetryEvents {
  /** A window that began or ended by itself, and how long after its instant (milliseconds). */
  transition: { readonly kind: 'start' | 'finish'; readonly lateBy: number };
  /** A call to Slack's Web API: `ok`, Slack's word for what went wrong, an HTTP status, or `unreachable`. */
  'slack-call': { readonly method: string; readonly outcome: string };
  /** What became of asking a provider of checks. */
  'provider-call': { readonly provider: string; readonly outcome: 'answered' | 'refused' | 'failed' };
  /** A request to the HTTP interface; `route` as it is declared, such as `/api/v1/maintenances/:id`. */
  'http-request': {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    /** How long it took (seconds). */
    readonly seconds: number;
  };
}

const nameOf = (what: keyof TelemetryEvents) => `lull:${what}`;

export function emit<W extends keyof TelemetryEvents>(what: W, of: TelemetryEvents[W]): void {
  channel(nameOf(what)).publish(of);
}

/** @returns what ends it */
export function onTelemetry<W extends keyof TelemetryEvents>(
  what: W,
  listener: (of: TelemetryEvents[W]) => void,
): () => void {
  // Only `tell` publishes here, and it takes nothing else.
  const heard = (of: unknown) => listener(of as TelemetryEvents[W]);
  subscribe(nameOf(what), heard);
  return () => void unsubscribe(nameOf(what), heard);
}
