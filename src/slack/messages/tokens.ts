import type { Token } from '../../store/tokens.ts';
import { context, cut, escaped, LIMITS, listed, names, quote, section } from './blocks.ts';
import type { Message } from './message.ts';
import { ago, at } from './time.ts';

/** How many are listed, the newest first. */
const LISTED = 20;

const HOW =
  'Make one: `tokens add deploys write for 90 days`, `tokens add Grafana in Production`. End one: `tokens revoke 3`.';

function about({ rights, scopes, expiresAt }: Token, named: ReadonlyMap<number, string>): string {
  const limits = scopes?.map((id) => named.get(id) ?? `scope ${id}`);
  return [
    rights,
    ...(limits === undefined ? [] : [`limited to ${names(limits, 200)}`]),
    expiresAt === null ? 'never expires' : `until ${at(expiresAt, 'UTC')} UTC`,
  ].join(', ');
}

/** The tokens that somebody sees. @param named the names of scopes by their id */
export function tokenList(tokens: readonly Token[], named: ReadonlyMap<number, string>): Message {
  const lines = [
    tokens.length === 0 ? '*No tokens* for the HTTP interface.' : '*Tokens* for the HTTP interface',
    ...listed(tokens, LISTED, (token) => {
      const used = token.lastUsedAt === null ? 'not used yet' : `last used ${ago(token.lastUsedAt)}`;
      const by = quote(token.madeBy.name, 40);
      return `• ${token.id} *${quote(token.name, 60)}*: ${about(token, named)}; made by ${by}, ${used}`;
    }),
  ];
  return { text: 'Tokens', blocks: [section(cut(lines.join('\n'), LIMITS.section)), context([HOW])] };
}

/** A token that was just made, with its text, for whoever made it alone. */
export function madeToken(token: Token, text: string, named: ReadonlyMap<number, string>): Message {
  const lines = [
    `*${quote(token.name, 60)}*: ${about(token, named)}.`,
    'Copy it now; it is kept nowhere and cannot be shown again.',
    `\`${escaped(text)}\``,
  ];
  return {
    text: `A token was made: ${quote(token.name, 60)}`,
    blocks: [section(lines.join('\n')), context([`It is token ${token.id}. End it: \`tokens revoke ${token.id}\`.`])],
  };
}
