import { Webhook } from 'standardwebhooks';

/** A secret as Standard Webhooks writes it: 24 to 64 random bytes in base64, with or without `whsec_` before it. */
export function isSigningSecret(text: string): boolean {
  const base64 = text.replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) return false;
  const { length } = Buffer.from(base64, 'base64');
  return length >= 24 && length <= 64;
}

/**
 * The headers by which a receiver knows who sent a message, and one that it has got already.
 * @param id of the message, the same whenever it is sent again
 * @param at when it is sent: by the receiver's clock it must be no more than minutes ago
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signature(secret: string, id: string, at: Date, body: string): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}
