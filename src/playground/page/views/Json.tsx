/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** A value as indented JSON, its parts told apart by colour. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  const out: ComponentChildren[] = [];
  let from = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, string, colon, word, number] = found;
    out.push(text.slice(from, found.index));
    from = found.index + whole.length;
    if (string && colon) out.push(<span class="json-key">{string}</span>, colon);
    else if (string) out.push(<span class="json-string">{string}</span>);
    else out.push(<span class="json-word">{word ?? number}</span>);
  }
  out.push(text.slice(from));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long payloads scroll, and the keyboard must reach them
    <section class="json" tabIndex={0} aria-label={label}>
      <pre>{out}</pre>
    </section>
  );
}
