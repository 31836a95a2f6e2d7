/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import type { RichTextElement, RichTextPart, TextObject } from '../../protocol.ts';
import { useWorkspace } from '../contexts.ts';
import { formatDate, fullDate } from './dates.ts';
import { emoji } from './emoji.ts';
import { type DatePiece, type Inline, parseMrkdwn, parsePlain } from './mrkdwn.ts';

/** URLs in an app's text are links only if their scheme is safe. */
function safeAddress(url: string): string | undefined {
  return /^(https?|mailto|tel):/i.test(url) ? url : undefined;
}

export function Link({ url, children }: { readonly url: string; readonly children: ComponentChildren }) {
  const href = safeAddress(url);
  if (!href) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

export function Emoji({ name }: { readonly name: string }) {
  const shown = emoji(name);
  if (shown.startsWith(':')) return <span>{shown}</span>;
  return (
    <span class="emoji" role="img" aria-label={name.replaceAll('_', ' ')} title={`:${name}:`}>
      {shown}
    </span>
  );
}

export function UserMention({ id, label }: { readonly id: string; readonly label?: string | undefined }) {
  const { personName } = useWorkspace();
  return <span class="mention">@{personName(id) ?? label ?? id}</span>;
}

export function ChannelMention({ id, label }: { readonly id: string; readonly label?: string | undefined }) {
  const { channelName, openChannel } = useWorkspace();
  const name = channelName(id);
  if (!name) return <span class="mention">#{label ?? id}</span>;
  return (
    <button type="button" class="mention mention-link" onClick={() => openChannel(id)}>
      #{name}
    </button>
  );
}

export function DateText({ date }: { readonly date: Omit<DatePiece, 'type'> }) {
  const { viewer } = useWorkspace();
  const shown = formatDate(date.timestamp, date.format, date.fallback, viewer);
  const at = date.timestamp * 1000;
  const valid = !Number.isNaN(new Date(at).getTime());
  const time = valid ? (
    <time dateTime={new Date(at).toISOString()} title={fullDate(at, viewer)}>
      {shown}
    </time>
  ) : (
    <span>{shown}</span>
  );
  return date.url ? <Link url={date.url}>{time}</Link> : time;
}

function Piece({ piece }: { readonly piece: Inline }) {
  switch (piece.type) {
    case 'text':
      return <>{piece.text}</>;
    case 'break':
      return <br />;
    case 'bold':
      return (
        <strong>
          <Inlines pieces={piece.children} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Inlines pieces={piece.children} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Inlines pieces={piece.children} />
        </s>
      );
    case 'code':
      return <code>{piece.text}</code>;
    case 'link':
      return <Link url={piece.url}>{piece.label ?? piece.url.replace(/^mailto:/, '')}</Link>;
    case 'user':
      return <UserMention id={piece.id} label={piece.label} />;
    case 'channel':
      return <ChannelMention id={piece.id} label={piece.label} />;
    case 'group':
      return <span class="mention">{piece.label ?? `@${piece.id}`}</span>;
    case 'broadcast':
      return <span class="mention mention-all">@{piece.range.split('|')[0]}</span>;
    case 'date':
      return <DateText date={piece} />;
    case 'emoji':
      return <Emoji name={piece.name} />;
  }
}

export function Inlines({ pieces }: { readonly pieces: readonly Inline[] }) {
  return (
    <>
      {pieces.map((piece, index) => (
        <Piece key={index} piece={piece} />
      ))}
    </>
  );
}

/** A `mrkdwn` text with its paragraphs. */
export function MrkdwnText({ text }: { readonly text: string }) {
  return (
    <>
      {parseMrkdwn(text).map((part, index) => {
        const pieces = <Inlines pieces={part.children} />;
        const key = `${index}-${part.type}`;
        if (part.type === 'pre') return <pre key={key}>{pieces}</pre>;
        if (part.type === 'quote') return <blockquote key={key}>{pieces}</blockquote>;
        return <p key={key}>{pieces}</p>;
      })}
    </>
  );
}

/** Plain text in one line: labels, titles, options. */
export function PlainText({
  text,
}: {
  readonly text: { readonly text: string; readonly emoji?: boolean | undefined };
}) {
  return <Inlines pieces={parsePlain(text.text, text.emoji ?? true)} />;
}

/** A text object of either kind. */
export function Text({ text }: { readonly text: TextObject }) {
  if (text.type === 'mrkdwn') return <MrkdwnText text={text.text} />;
  return (
    <p>
      <PlainText text={text} />
    </p>
  );
}

function renderElement(piece: RichTextElement): ComponentChildren {
  switch (piece.type) {
    case 'text':
      return piece.text;
    case 'link':
      return <Link url={piece.url}>{piece.text || piece.url}</Link>;
    case 'emoji':
      return <Emoji name={piece.name} />;
    case 'user':
      return <UserMention id={piece.user_id} />;
    case 'channel':
      return <ChannelMention id={piece.channel_id} />;
    case 'usergroup':
      return <span class="mention">@{piece.usergroup_id}</span>;
    case 'team':
      return <span class="mention">@{piece.team_id}</span>;
    case 'broadcast':
      return <span class="mention mention-all">@{piece.range}</span>;
    case 'color':
      return <code>{piece.value}</code>;
    case 'date':
      return (
        <DateText
          date={{
            timestamp: piece.timestamp,
            format: piece.format,
            fallback: piece.fallback ?? '',
            ...(piece.url ? { url: piece.url } : {}),
          }}
        />
      );
  }
}

function Styled({ piece }: { readonly piece: RichTextElement }) {
  const style = piece.style ?? {};
  let drawn = renderElement(piece);
  if (style.code) drawn = <code>{drawn}</code>;
  if (style.strike) drawn = <s>{drawn}</s>;
  if (style.underline) drawn = <u>{drawn}</u>;
  if (style.italic) drawn = <em>{drawn}</em>;
  if (style.bold) drawn = <strong>{drawn}</strong>;
  return <>{drawn}</>;
}

function Pieces({ pieces }: { readonly pieces: readonly RichTextElement[] }) {
  return (
    <>
      {pieces.map((piece, index) => (
        <Styled key={index} piece={piece} />
      ))}
    </>
  );
}

function List({ list }: { readonly list: Extract<RichTextPart, { type: 'rich_text_list' }> }) {
  const items = list.elements.map((item, index) => (
    <li key={index}>
      <Pieces pieces={item.elements} />
    </li>
  ));
  const style = { '--indent': list.indent ?? 0 };
  if (list.style === 'bullet') return <ul style={style}>{items}</ul>;
  return (
    <ol style={style} start={(list.offset ?? 0) + 1}>
      {items}
    </ol>
  );
}

function Part({ part }: { readonly part: RichTextPart }) {
  switch (part.type) {
    case 'rich_text_section':
      return (
        <p class="keeps-lines">
          <Pieces pieces={part.elements} />
        </p>
      );
    case 'rich_text_list':
      return <List list={part} />;
    case 'rich_text_quote':
      return (
        <blockquote class="keeps-lines">
          <Pieces pieces={part.elements} />
        </blockquote>
      );
    case 'rich_text_preformatted':
      return (
        <pre>
          <Pieces pieces={part.elements} />
        </pre>
      );
  }
}

/** The parts of a `rich_text` block or of a table cell. */
export function RichText({ parts }: { readonly parts: readonly RichTextPart[] }) {
  return (
    <div class="rich-text">
      {parts.map((part, index) => (
        <Part key={`${index}-${part.type}`} part={part} />
      ))}
    </div>
  );
}
