import { randomBytes } from 'node:crypto';
import type { Fields } from '../domain/difference.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { type Problem, Refusal } from '../domain/refusal.ts';
import { EVENT_TYPES } from '../domain/webhooks.ts';
import { LONGEST_NAME, problemsOfText } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import type { Vault } from '../store/vault.ts';
import { insertWebhook, purposeOfWebhook, type Webhook, type WebhookValues } from '../store/webhooks.ts';
import { type Ground, transact } from './action.ts';

const LONGEST_URL = 2_000;

/** A webhook with its secret, which is not shown again. */
export interface MadeWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/**
 * Has an address told of what happens to maintenances.
 * @throws Refusal `forbidden`, or `invalid` with every field that is wrong
 */
export async function addWebhook(
  ground: Ground,
  actor: Actor,
  input: WebhookValues,
  vault: Vault,
): Promise<MadeWebhook> {
  mustBeAllowed(actor, 'add-webhook');
  const problems = problemsOfWebhook(input);
  if (problems.length > 0) throw Refusal.invalid(problems);
  const secret = newSecret();
  const sealed = vault.seal(secret, purposeOfWebhook(actor.accountId));
  const webhook = await transact(ground, async (tx, now) => {
    const madeBy = { id: actor.id, name: actor.name };
    const made = await insertWebhook(tx, actor.accountId, { ...input, secret: sealed }, madeBy, now);
    await record(tx, actor, now, { action: 'add-webhook', subject: `webhook:${made.id}`, after: recorded(input) });
    return made;
  });
  return { webhook, secret };
}

/** A secret as Standard Webhooks writes it. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** As the HTTP interface names them. An address may hold a secret in its query, which is left out. */
export function recorded({ url, description, events, audience }: WebhookValues): Fields {
  return { url: url.replace(/\?.*$/s, '?…'), description, events: [...events], audience };
}

export function problemsOfWebhook({ url, description, events }: Pick<WebhookValues, 'url' | 'description' | 'events'>) {
  const problems: Problem[] = [...problemsOfText('description', description, LONGEST_NAME)];
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol) || url.length > LONGEST_URL) {
    const message = `url is ${JSON.stringify(url.slice(0, 100))}; an address that begins with https:// or http:// is expected, of at most ${LONGEST_URL} characters.`;
    problems.push({ field: 'url', message });
  } else if (parsed.username !== '' || parsed.password !== '') {
    const message = 'url holds a user or a password. Leave them out: each message is signed instead.';
    problems.push({ field: 'url', message });
  }
  const unknown = events.filter((type) => !EVENT_TYPES.includes(type));
  if (unknown.length > 0) {
    const message = `events has ${unknown.join(', ')}; expected some of ${EVENT_TYPES.join(', ')}.`;
    problems.push({ field: 'events', message });
  }
  return problems;
}
