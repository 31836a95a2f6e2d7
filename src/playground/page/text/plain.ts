import { formatDate, type Onlooker } from './dates.ts';
import { emoji } from './emoji.ts';
import { type Inline, parseMrkdwn } from './mrkdwn.ts';

interface Names {
  readonly onlooker: Onlooker;
  readonly personName: (id: string) => string | undefined;
  readonly channelName: (id: string) => string | undefined;
}

function say(piece: Inline, names: Names): string {
  switch (piece.type) {
    case 'text':
    case 'code':
      return piece.text;
    case 'break':
      return ' ';
    case 'bold':
    case 'italic':
    case 'strike':
      return piece.children.map((child) => say(child, names)).join('');
    case 'link':
      return piece.label ?? piece.url;
    case 'user':
      return `@${names.personName(piece.id) ?? piece.label ?? piece.id}`;
    case 'channel':
      return `#${names.channelName(piece.id) ?? piece.label ?? piece.id}`;
    case 'group':
      return piece.label ?? `@${piece.id}`;
    case 'broadcast':
      return `@${piece.range}`;
    case 'date':
      return formatDate(piece.timestamp, piece.format, piece.fallback, names.onlooker);
    case 'emoji':
      return emoji(piece.name);
  }
}

/** `mrkdwn` as one line of plain words, for announcements and previews. */
export function plainWords(text: string, names: Names): string {
  const parts = parseMrkdwn(text).map((part) => part.children.map((piece) => say(piece, names)).join(''));
  return parts.join(' ').replace(/\s+/g, ' ').trim();
}
