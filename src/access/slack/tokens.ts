import { listScopes } from '../../catalogue/scopes/repository.ts';
import { getPlace } from '../../catalogue/slack/places.ts';
import { errorMessage, successMessage } from '../../slack/answers.ts';
import {
  context,
  escapeMrkdwn,
  formatList,
  formatNames,
  type Message,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { formatAgo, formatInstant } from '../../slack/time.ts';
import { RIGHTS } from '../rules.ts';
import { createApiToken, listVisibleTokens, revokeToken } from '../token-commands.ts';
import type { Token } from '../token-repository.ts';

/** Tokens for tools that use the HTTP interface. */
export const tokens: readonly Entry[] = [
  { form: /^tokens?(?:\s+list)?$/i, run: (context, person) => list(context, person) },
  { form: /^tokens?\s+(?:revoke|remove|delete)\s+#?(\d{1,9})$/i, run: (...asked) => revoke(...asked) },
  { form: /^tokens?\s+(?:add|make|new|create)\s+([\s\S]+)$/i, run: (...asked) => make(...asked) },
];

/** `deploys write in Production for 90 days`: all after the name may be left out. */
const NEW = /^(.+?)(?:\s+(read|write|admin))?(?:\s+in\s+(.+?))?(?:\s+for\s+(?:(\d{1,5})\s*d(?:ays?)?|(ever)))?$/i;

async function list(context: SlackContext, { actor }: Person) {
  return tokenList(await listVisibleTokens(context.ctx, actor), await namedScopes(context, actor.accountId));
}

const revoke: Run = async ({ ctx }, { actor }, [id]) => {
  const { name } = await revokeToken(ctx, actor, Number(id));
  return successMessage(`Revoked: ${quote(name, 60)}. The next request with it is refused.`);
};

const make: Run = async (context, person, [said = ''], asked) => {
  const [, name = '', rights, scope, days, ever] = NEW.exec(said.trim()) ?? [];
  if (name === '') return errorMessage('A token needs a name.', '/maintenance tokens add deploys write for 90 days');
  const place = scope === undefined ? undefined : await getPlace(context, person, scope, 'scope');
  const made = await createApiToken(
    context.ctx,
    person.actor,
    {
      name,
      rights: RIGHTS.find((right) => right === rights?.toLowerCase()) ?? 'read',
      scopes: place === undefined ? null : [place.id],
      ...(days === undefined ? {} : { expiresAfterDays: Number(days) }),
      ...(ever === undefined ? {} : { expiresAfterDays: null }),
    },
    idempotencyKey(asked),
  );
  return made && tokenCreatedMessage(made.token, made.text, await namedScopes(context, person.actor.accountId));
};

async function namedScopes({ ctx }: SlackContext, accountId: number): Promise<ReadonlyMap<number, string>> {
  return new Map((await listScopes(ctx.database, accountId)).map(({ id, name }) => [id, name]));
}

/** How many are listed, the newest first. */
const LISTED = 20;

const HOW =
  'Make one: `tokens add deploys write for 90 days`, `tokens add Grafana in Production`. End one: `tokens revoke 3`.';

function about({ rights, scopes, expiresAt }: Token, named: ReadonlyMap<number, string>): string {
  const limits = scopes?.map((id) => named.get(id) ?? `scope ${id}`);
  return [
    rights,
    ...(limits === undefined ? [] : [`limited to ${formatNames(limits, 200)}`]),
    expiresAt === null ? 'never expires' : `until ${formatInstant(expiresAt, 'UTC')} UTC`,
  ].join(', ');
}

/** The tokens that somebody sees. @param named the names of scopes by their id */
export function tokenList(tokens: readonly Token[], named: ReadonlyMap<number, string>): Message {
  const lines = [
    tokens.length === 0 ? '*No tokens* for the HTTP interface.' : '*Tokens* for the HTTP interface',
    ...formatList(tokens, LISTED, (token) => {
      const used = token.lastUsedAt === null ? 'not used yet' : `last used ${formatAgo(token.lastUsedAt)}`;
      const by = quote(token.createdBy.name, 40);
      return `• ${token.id} *${quote(token.name, 60)}*: ${about(token, named)}; made by ${by}, ${used}`;
    }),
  ];
  return { text: 'Tokens', blocks: [section(truncateBlocks(lines.join('\n'), SLACK_LIMITS.section)), context([HOW])] };
}

/** A token that was just made, with its text, for whoever made it alone. */
export function tokenCreatedMessage(token: Token, text: string, named: ReadonlyMap<number, string>): Message {
  const lines = [
    `*${quote(token.name, 60)}*: ${about(token, named)}.`,
    'Copy it now; it is kept nowhere and cannot be shown again.',
    `\`${escapeMrkdwn(text)}\``,
  ];
  return {
    text: `A token was made: ${quote(token.name, 60)}`,
    blocks: [section(lines.join('\n')), context([`It is token ${token.id}. End it: \`tokens revoke ${token.id}\`.`])],
  };
}
