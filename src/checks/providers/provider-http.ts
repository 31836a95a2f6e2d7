import { z } from 'zod';
import { OutboundError } from '../../platform/outbound/client.ts';
import { readTrust, type Trust } from '../../platform/outbound/trust.ts';
import type { ProviderContext } from './kind.ts';
import { TransientError } from './requests.ts';

/** So much of what a system says went wrong is passed on (characters). */
const LONGEST_REASON = 300;
/** A longer pause than this (milliseconds) is not waited for: the job queue comes back later. */
const LONGEST_PAUSE = 5_000;

export interface ProviderResponse {
  readonly status: number;
  readonly text: string;
}

/** One system: how it is called in what people read, the way to it, and what must never be read. */
export interface ProviderRequest {
  readonly title: string;
  readonly fetch: ProviderContext['fetch'];
  readonly secrets: readonly string[];
  readonly trust?: Trust | undefined;
}

/**
 * Sends a request to a system.
 * @param accepted whether an answer with this status is taken, beside 200 to 299
 * @throws Passing when another try may do (for whom it is harmless that the request arrives twice), Error otherwise; both
 *   in words for people, with no secret in them
 */
export async function sendRequest(
  { title, fetch, secrets, trust }: ProviderRequest,
  url: string,
  init: RequestInit,
  accepted: (status: number) => boolean = () => false,
): Promise<ProviderResponse> {
  let answer: Response;
  try {
    answer = await fetch(url, init, trust);
  } catch (error) {
    if (!(error instanceof OutboundError) || error.reason === 'forbidden' || error.reason === 'answer') throw error;
    throw new TransientError(error.message, { cause: error });
  }
  const text = await answer.text();
  if (answer.ok || accepted(answer.status)) return { status: answer.status, text };
  const words = `${title} answered ${answer.status}${spoken(redactSecrets(reasonIn(text), secrets))}.`;
  if (answer.status === 429) throw tooMany(words, answer.headers.get('retry-after'));
  throw answer.status >= 500 ? new TransientError(words) : new Error(words);
}

/** @throws Error when it is not JSON, in words for people */
export function readJson({ title }: ProviderRequest, { text }: ProviderResponse): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${title} answered with something else than JSON. Is the address right?`);
  }
}

/** What a system says went wrong, as it may be shown to people. */
export function redactSecrets(words: string, secrets: readonly string[]): string {
  // The longest first: one secret may be part of another.
  const sorted = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return sorted.reduce((shown, secret) => shown.replaceAll(secret, '***'), words).slice(0, LONGEST_REASON);
}

/** @param after as in `Retry-After`: seconds, or a date */
function tooMany(words: string, after: string | null): Error {
  if (after === null) return new TransientError(words);
  const pause = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  if (Number.isNaN(pause)) return new TransientError(words);
  return pause > LONGEST_PAUSE ? new Error(words) : new TransientError(words, { pause: Math.max(0, pause) });
}

/** The part of an error that says why: of JSON one of the usual members, of a short text all of it, of a page nothing. */
function reasonIn(text: string): string {
  try {
    return reasonOf(JSON.parse(text)) ?? '';
  } catch {
    return /^\s*</.test(text) ? '' : text.trim();
  }
}

const REASONS = ['error', 'errors', 'message', 'errormessage', 'errordesc', 'detail', 'title', 'description'];

function reasonOf(said: unknown): string | undefined {
  if (typeof said === 'string') return said;
  if (Array.isArray(said)) return said.map(reasonOf).find((reason) => reason !== undefined);
  if (typeof said !== 'object' || said === null) return undefined;
  const members = new Map(Object.entries(said));
  return REASONS.map((name) => reasonOf(members.get(name))).find((reason) => reason !== undefined);
}

function spoken(reason: string): string {
  return reason === '' ? '' : `: ${reason.replace(/\.+$/, '')}`;
}

/** The field for a certificate that is not a public one. There is none for taking any. */
export const certificate = z
  .string()
  .refine((text) => readTrust(text) !== undefined, 'Expected: certificates as PEM, or a SHA-256 fingerprint.')
  .describe('The certificate to trust where it is not a public one: a PEM, or the SHA-256 fingerprint of its own.');

/** @param text of the field */
export function readTrustSettings(text: string | undefined): Trust | undefined {
  return text === undefined ? undefined : readTrust(text);
}
