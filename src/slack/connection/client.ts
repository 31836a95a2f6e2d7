import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import { WebAPIPlatformError, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from 'pino';
import { z } from 'zod';
import { emit } from '../../platform/telemetry.ts';

/** Of one call to Slack. The client itself has no timeout. */
const TIMEOUT_MS = 10_000;

/** For calls that nobody waits for. Always set, because Socket Mode retries 100 times by default. */
export function clientOptions(log: Logger, apiUrl: string): WebClientOptions {
  return {
    timeout: TIMEOUT_MS,
    fetch: observedFetch,
    retryConfig: { retries: 2, minTimeout: 200, maxTimeout: 1000 },
    logger: boltLogger(log),
    slackApiUrl: apiUrl,
  };
}

export function createClient(log: Logger, token: string, apiUrl: string): WebClient {
  return new WebClient(token, clientOptions(log, apiUrl));
}

/**
 * Each call is made once and at once. The other client would repeat a message after a 5xx although it was posted, and would
 * pause everything for a 429 of one method; the job queue does both better, and a form cannot wait for either.
 */
export function createDirectClient(log: Logger, token: string | undefined, apiUrl: string): WebClient {
  return new WebClient(token, {
    ...clientOptions(log, apiUrl),
    ...{ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, maxRequestConcurrency: Number.POSITIVE_INFINITY },
  });
}

/** Slack's error code, such as `channel_not_found`; undefined for an error that is not from Slack. */
export function slackError(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

export function boltLogger(log: Logger): BoltLogger {
  const slack = log.child({ part: 'slack' });
  const line = (parts: unknown[]) => parts.map(String).join(' ');
  return {
    debug: (...parts) => slack.trace(line(parts)),
    info: (...parts) => slack.debug(line(parts)),
    warn: (...parts) => slack.warn(line(parts)),
    error: (...parts) => slack.error(line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.DEBUG,
    setName: () => {},
  };
}

/** All of it as debug, for the socket, which logs what matters itself, once. */
export function quietLogger(log: Logger): BoltLogger {
  const logger = boltLogger(log);
  return { ...logger, warn: logger.info, error: logger.info };
}

const answer = z.object({ ok: z.boolean(), error: z.string().optional() });

const observedFetch: NonNullable<WebClientOptions['fetch']> = async (input, init) => {
  // `https://slack.com/api/chat.postMessage` is `chat.postMessage`.
  const method = new URL(input).pathname.split('/').at(-1) ?? '';
  try {
    const response = await fetch(input, init);
    void outcomeOf(response.clone()).then((outcome) => emit('slack-call', { method, outcome }));
    return response;
  } catch (error) {
    emit('slack-call', { method, outcome: 'unreachable' });
    throw error;
  }
};

async function outcomeOf(response: Response): Promise<string> {
  if (!response.ok) return String(response.status);
  const { data } = answer.safeParse(await response.json().catch(() => undefined));
  if (data === undefined) return 'unreadable';
  return data.ok ? 'ok' : (data.error ?? 'error');
}
