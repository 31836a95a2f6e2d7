import { Webhook } from 'standardwebhooks';

/** Whether a text is a secret of Standard Webhooks: 24 to 64 bytes in base64, with or without the prefix `whsec_`. */
export function isSigningSecret(text: string): boolean {
  const base64 = text.replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) return false;
  const { length } = Buffer.from(base64, 'base64');
  return length >= 24 && length <= 64;
}

/**
 * The headers by which a receiver verifies the sender of a message and detects duplicates.
 * @param id of the message, the same in every attempt
 * @param at when it is sent; receivers reject messages older than some minutes by their clock
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signature(secret: string, id: string, at: Date, body: string): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}
