import type { Channel, Person } from '../../protocol.ts';
import { formatDate, type Viewer } from './dates.ts';
import { emoji, isEmoji } from './emoji.ts';

/** A piece of Slack's `mrkdwn`. Ids are Slack ids; `label` is the text after the bar, if there is one. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'break' }
  | { readonly type: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly url: string; readonly label?: string }
  | { readonly type: 'user' | 'channel'; readonly id: string; readonly label?: string }
  | { readonly type: 'group'; readonly id: string; readonly label?: string }
  | { readonly type: 'broadcast'; readonly range: string }
  | DatePiece
  | { readonly type: 'emoji'; readonly name: string };

/** `timestamp` is in seconds since the epoch. */
export interface DatePiece {
  readonly type: 'date';
  readonly timestamp: number;
  readonly format: string;
  readonly fallback: string;
  readonly url?: string;
}

export type Mrkdwn = { readonly type: 'line' | 'quote' | 'pre'; readonly children: readonly Inline[] };

type Mark = '*' | '_' | '~';

type Token =
  | { readonly kind: 'piece'; readonly piece: Inline }
  | { readonly kind: 'mark'; readonly mark: Mark; readonly opens: boolean; readonly closes: boolean };

const STYLE = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

/** Slack escapes these three characters and no others. */
function unescapeEntities(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

function withLabel<T extends object>(piece: T, label: string | undefined): T | (T & { label: string }) {
  return label ? { ...piece, label: unescapeEntities(label) } : piece;
}

function parseDate(body: string, label: string | undefined): Inline {
  const [seconds = '', format = '', url] = body.split('^');
  const fallback = unescapeEntities(label ?? '');
  const timestamp = /^-?\d+(\.\d+)?$/.test(seconds) ? Number(seconds) : Number.NaN;
  const piece = { type: 'date', timestamp, format: unescapeEntities(format), fallback } as const;
  return url ? { ...piece, url: unescapeEntities(url) } : piece;
}

/** Parses the text between `<` and `>`. */
function parseAngle(inside: string): Inline {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : inside.slice(bar + 1);
  if (target.startsWith('@')) return withLabel({ type: 'user', id: target.slice(1) } as const, label);
  if (target.startsWith('#')) return withLabel({ type: 'channel', id: target.slice(1) } as const, label);
  if (target.startsWith('!date^')) return parseDate(target.slice('!date^'.length), label);
  if (target.startsWith('!subteam^')) {
    return withLabel({ type: 'group', id: target.slice('!subteam^'.length) } as const, label);
  }
  if (target.startsWith('!')) return { type: 'broadcast', range: target.slice(1) };
  return withLabel({ type: 'link', url: unescapeEntities(target) } as const, label);
}

// In order of precedence: code, angle brackets, bare URLs, emoji, line ends, marks.
const NOTABLE =
  /`([^`\n]+)`|<([^<>\n]+)>|(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]}*_~`])|:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?|(\n)|([*_~])/g;

const WORD = /[\p{L}\p{N}]/u;

function atWordEdge(neighbour: string | undefined): boolean {
  return neighbour === undefined || !WORD.test(neighbour);
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pushText = (words: string) => {
    if (words) tokens.push({ kind: 'piece', piece: { type: 'text', text: unescapeEntities(words) } });
  };
  let from = 0;
  for (const found of text.matchAll(NOTABLE)) {
    const [whole, code, angle, address, emoji, lineEnd, mark] = found;
    if (emoji && !isEmoji(emoji)) continue;
    pushText(text.slice(from, found.index));
    from = found.index + whole.length;
    if (code) tokens.push({ kind: 'piece', piece: { type: 'code', text: unescapeEntities(code) } });
    else if (angle) tokens.push({ kind: 'piece', piece: parseAngle(angle) });
    else if (address) tokens.push({ kind: 'piece', piece: { type: 'link', url: unescapeEntities(address) } });
    else if (emoji) tokens.push({ kind: 'piece', piece: { type: 'emoji', name: emoji } });
    else if (lineEnd) tokens.push({ kind: 'piece', piece: { type: 'break' } });
    else if (mark) {
      const before = text[found.index - 1];
      const after = text[from];
      tokens.push({
        kind: 'mark',
        mark: mark as Mark,
        opens: atWordEdge(before) && after !== undefined && !/\s/.test(after),
        closes: atWordEdge(after) && before !== undefined && !/\s/.test(before),
      });
    }
  }
  pushText(text.slice(from));
  return tokens;
}

function closingMark(tokens: readonly Token[], from: number, mark: Mark): number {
  for (let at = from + 2; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind === 'piece' && token.piece.type === 'break') return -1;
    if (token?.kind === 'mark' && token.mark === mark && token.closes) return at;
  }
  return -1;
}

function nest(tokens: readonly Token[]): Inline[] {
  const out: Inline[] = [];
  const literal = (text: string) => {
    const last = out.at(-1);
    if (last?.type === 'text') out[out.length - 1] = { type: 'text', text: last.text + text };
    else out.push({ type: 'text', text });
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) continue;
    if (token.kind === 'piece') {
      if (token.piece.type === 'text') literal(token.piece.text);
      else out.push(token.piece);
      continue;
    }
    const close = token.opens ? closingMark(tokens, at, token.mark) : -1;
    if (close < 0) {
      literal(token.mark);
      continue;
    }
    out.push({ type: STYLE[token.mark], children: nest(tokens.slice(at + 1, close)) });
    at = close;
  }
  return out;
}

/** Parses the text of one paragraph: styles, links, mentions, dates, emoji. */
export function parseInline(text: string): Inline[] {
  return nest(tokenize(text));
}

/** Parses the text of a `plain_text` object, which has emoji and nothing else. */
export function parsePlain(text: string, emoji = true): Inline[] {
  const out: Inline[] = [];
  let from = 0;
  const pushText = (words: string) => {
    words.split('\n').forEach((line, index) => {
      if (index > 0) out.push({ type: 'break' });
      if (line) out.push({ type: 'text', text: line });
    });
  };
  for (const found of emoji ? text.matchAll(/:([a-z0-9_+'-]+):/g) : []) {
    const name = found[1] ?? '';
    if (!isEmoji(name)) continue;
    pushText(text.slice(from, found.index));
    out.push({ type: 'emoji', name });
    from = found.index + found[0].length;
  }
  pushText(text.slice(from));
  return out;
}

/** Parses a code block, which has links and entities only. */
function parsePre(text: string): Inline[] {
  const body = text.replace(/^\n/, '').replace(/\n$/, '');
  return body.split(/(<[^<>\n]+>)/).flatMap((part): Inline[] => {
    if (!part) return [];
    const angle = /^<([^<>]+)>$/.exec(part)?.[1];
    return [angle ? parseAngle(angle) : { type: 'text', text: unescapeEntities(part) }];
  });
}

function parseProse(text: string): Mrkdwn[] {
  const out: Mrkdwn[] = [];
  let run: string[] = [];
  let quoted = false;
  const end = () => {
    if (run.length > 0) out.push({ type: quoted ? 'quote' : 'line', children: parseInline(run.join('\n')) });
    run = [];
  };
  for (const line of text.split('\n')) {
    const quote = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (Boolean(quote) !== quoted) {
      end();
      quoted = Boolean(quote);
    }
    run.push(quote?.[1] ?? line);
  }
  end();
  return out;
}

/**
 * Parses Slack's `mrkdwn`: `*bold*`, `_italic_`, `~strike~`, code, quotes, links, mentions, dates, emoji.
 * Never fails; unknown syntax stays as text.
 */
export function parseMrkdwn(text: string): Mrkdwn[] {
  return text.split(/(```[\s\S]+?```)/).flatMap((part, index, parts): Mrkdwn[] => {
    if (index % 2 === 1) return [{ type: 'pre', children: parsePre(part.slice(3, -3)) }];
    // The line ends around a code block belong to it.
    const trimmed = part.replace(index > 0 ? /^\n/ : /(?!)/, '').replace(index < parts.length - 1 ? /\n$/ : /(?!)/, '');
    return trimmed ? parseProse(trimmed) : [];
  });
}

interface Names {
  readonly viewer: Viewer;
  readonly personName: (id: string) => string | undefined;
  readonly channelName: (id: string) => string | undefined;
}

function toPlainPiece(piece: Inline, names: Names): string {
  switch (piece.type) {
    case 'text':
    case 'code':
      return piece.text;
    case 'break':
      return ' ';
    case 'bold':
    case 'italic':
    case 'strike':
      return piece.children.map((child) => toPlainPiece(child, names)).join('');
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
      return formatDate(piece.timestamp, piece.format, piece.fallback, names.viewer);
    case 'emoji':
      return emoji(piece.name);
  }
}

/** Renders `mrkdwn` as one line of plain text, for screen readers. */
export function toPlainText(text: string, names: Names): string {
  const parts = parseMrkdwn(text).map((part) => part.children.map((piece) => toPlainPiece(piece, names)).join(''));
  return parts.join(' ').replace(/\s+/g, ' ').trim();
}

/** Renders a message as its author would type it, for editing. */
export function toTypedText(text: string, people: readonly Person[], channels: readonly Channel[]): string {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id: string) => {
      const person = people.find((each) => each.id === id);
      return person ? `@${person.name}` : whole;
    })
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (whole, id: string, label?: string) => {
      const name = channels.find((each) => each.id === id)?.name ?? label;
      return name ? `#${name}` : whole;
    })
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** Splits a slash command into its name and its text; `undefined` for other lines. */
export function parseCommand(typed: string): { readonly command: string; readonly text: string } | undefined {
  const found = /^(\/\S+)\s*([\s\S]*)$/.exec(typed);
  if (!found?.[1]) return undefined;
  return { command: found[1], text: (found[2] ?? '').trimEnd() };
}
