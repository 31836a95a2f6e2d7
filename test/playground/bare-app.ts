import { type Logger, LogLevel, WebClient } from '@slack/web-api';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Playground } from '../../src/playground/server.ts';

/** Errors are thrown, so they need not be logged. */
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** A client without retries, which throws errors. */
export const client = (playground: Playground, token: string = playground.botToken): WebClient =>
  new WebClient(token, {
    slackApiUrl: playground.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 5_000,
    logger: SILENT,
  });

/** The error code of a failed call; `ok` for a successful one. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    const failed = z.object({ data: z.object({ error: z.string() }) }).safeParse(error);
    if (failed.success) return failed.data.data.error;
    throw error;
  }
}

export const envelope = z.looseObject({
  type: z.string(),
  envelope_id: z.string().optional(),
  reason: z.string().optional(),
  retry_attempt: z.number().optional(),
  retry_reason: z.string().optional(),
  accepts_response_payload: z.boolean().optional(),
  payload: z
    .looseObject({
      type: z.string().optional(),
      trigger_id: z.string().optional(),
      response_url: z.string().optional(),
      event_id: z.string().optional(),
      event: z.looseObject({ type: z.string(), subtype: z.string().optional() }).optional(),
    })
    .optional(),
});
export type Envelope = z.infer<typeof envelope>;

/** A Socket Mode connection without a library, which acks each envelope with the given answer. */
export interface BareApp {
  /** Envelopes, `hello` and `disconnect`, in order of arrival. */
  received: Envelope[];
  socket: WebSocket;
  close(): void;
}

/** What to ack with; `silent` for no ack. */
export type Answer = (received: Envelope) => unknown;

export async function connectBare(playground: Playground, answer: Answer = () => undefined): Promise<BareApp> {
  const { url } = await client(playground, playground.appToken).apps.connections.open({});
  if (url === undefined) throw new Error('apps.connections.open gave no address.');
  const socket = new WebSocket(url);
  const received: Envelope[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data) => {
      const message = envelope.parse(JSON.parse(String(data)));
      received.push(message);
      if (message.envelope_id === undefined) return resolve();
      const payload = answer(message);
      if (payload !== 'silent') socket.send(JSON.stringify({ envelope_id: message.envelope_id, payload }));
    });
  });
  return { received, socket, close: () => socket.terminate() };
}

/** The last envelope of that type. */
export function last(app: BareApp, type: string): NonNullable<Envelope['payload']> {
  const payload = app.received.findLast((each) => each.type === type)?.payload;
  if (payload === undefined) throw new Error(`No ${type} was received.`);
  return payload;
}
