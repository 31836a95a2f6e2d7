import type { WebClientOptions } from '@slack/web-api';
import { z } from 'zod';
import { tell } from '../observed.ts';

const answer = z.object({ ok: z.boolean(), error: z.string().optional() });

/** The way to Slack's Web API, which tells of every call what came of it. */
export const observedFetch: NonNullable<WebClientOptions['fetch']> = async (input, init) => {
  const method = methodOf(input);
  try {
    const response = await fetch(input, init);
    void outcomeOf(response.clone()).then((outcome) => tell('slack-call', { method, outcome }));
    return response;
  } catch (error) {
    tell('slack-call', { method, outcome: 'unreachable' });
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
