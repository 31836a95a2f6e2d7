import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What components report about their work, for metrics. */
interface TelemetryEvents {
  /** A scheduled start or end; `lateBy` in milliseconds. */
  transition: { readonly kind: 'start' | 'finish'; readonly lateBy: number };
  /** A call of Slack's Web API; the outcome is `ok`, Slack's error code, an HTTP status, or `unreachable`. */
  'slack-call': { readonly method: string; readonly outcome: string };
  /** A call of a monitoring system. */
  'provider-call': { readonly provider: string; readonly outcome: 'answered' | 'refused' | 'failed' };
  /** A request to the HTTP API; `route` as it is declared, such as `/api/v1/maintenances/:id`. */
  'http-request': {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  };
  /** A request with a token that is not valid. */
  'wrong-token': { readonly interface: string };
  /** Work that let nothing else run for too long. */
  'event-loop-blocked': { readonly seconds: number };
}

type EventName = keyof TelemetryEvents;

export function emit<Name extends EventName>(name: Name, event: TelemetryEvents[Name]): void {
  channel(`lull:${name}`).publish(event);
}

/** @returns a function that unsubscribes the listener */
export function onTelemetry<Name extends EventName>(
  name: Name,
  listener: (event: TelemetryEvents[Name]) => void,
): () => void {
  // Only `emit` publishes here, with events of this type.
  const onMessage = (event: unknown) => listener(event as TelemetryEvents[Name]);
  subscribe(`lull:${name}`, onMessage);
  return () => void unsubscribe(`lull:${name}`, onMessage);
}
