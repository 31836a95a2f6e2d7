import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import { WebAPIPlatformError, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from 'pino';
import { z } from 'zod';
import { emit } from '../../platform/telemetry.ts';

/** How long one call to Slack may take (milliseconds). The client has no bound of its own (facts of @slack/bolt 5.1). */
const TIMEOUT = 10_000;

/**
 * For whatever answers a person: a few quick retries. Always set, for in Socket Mode the default is 100 of them.
 * @param apiUrl another Web API base; undefined is Slack's own
 */
export function clientOptions(log: Logger, apiUrl: string | undefined): WebClientOptions {
  return {
    timeout: TIMEOUT,
    fetch: observedFetch,
    retryConfig: { retries: 2, minTimeout: 200, maxTimeout: 1000 },
    logger: boltLogger(log),
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  };
}

/**
 * For announcements: every call is made once. The client would send a message again after a 5xx that came when it was
 * posted already, and would hold up every channel for a 429 of one; the job queue does both better.
 */
export function posterClient(log: Logger, token: string, apiUrl: string | undefined): WebClient {
  return new WebClient(token, {
    ...clientOptions(log, apiUrl),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
}

/** Slack's own word for why a call failed, such as `channel_not_found`; undefined when it did not get that far. */
export function slackError(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** Bolt's and the client's log lines in Lull's log. What they call info is detail here. */
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

/** For the socket, all of it is detail: what a person must know of it, slack/socket.ts says itself, once. */
export function quietLogger(log: Logger): BoltLogger {
  const logger = boltLogger(log);
  return { ...logger, warn: logger.info, error: logger.info };
}

const answer = z.object({ ok: z.boolean(), error: z.string().optional() });

/** The way to Slack's Web API, which tells of every call what came of it. */
export const observedFetch: NonNullable<WebClientOptions['fetch']> = async (input, init) => {
  const method = methodOf(input);
  try {
    const response = await fetch(input, init);
    void outcomeOf(response.clone()).then((outcome) => emit('slack-call', { method, outcome }));
    return response;
  } catch (error) {
    emit('slack-call', { method, outcome: 'unreachable' });
    throw error;
  }
};

/** `https://slack.com/api/chat.postMessage` is `chat.postMessage`. */
function methodOf(input: string | URL): string {
  const { pathname } = new URL(input);
  return pathname.split('/').at(-1) ?? '';
}

async function outcomeOf(response: Response): Promise<string> {
  if (!response.ok) return String(response.status);
  const read = answer.safeParse(await response.json().catch(() => undefined));
  if (!read.success) return 'unreadable';
  return read.data.ok ? 'ok' : (read.data.error ?? 'error');
}
