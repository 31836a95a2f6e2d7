/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import type { RichTextElement, RichTextPart } from '../../protocol.ts';
import { ChannelMention, DateText, Emoji, Link, UserMention } from '../text/Text.tsx';

function bare(piece: RichTextElement): ComponentChildren {
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
  let drawn = bare(piece);
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

/** The parts of a `rich_text` block or of a table's cell. */
export function RichText({ parts }: { readonly parts: readonly RichTextPart[] }) {
  return (
    <div class="rich-text">
      {parts.map((part, index) => (
        <Part key={`${index}-${part.type}`} part={part} />
      ))}
    </div>
  );
}
