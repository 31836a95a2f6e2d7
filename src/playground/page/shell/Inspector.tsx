/** @jsxImportSource preact */

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Exchange } from '../../protocol.ts';
import { closeOnEscape, Segments } from '../widgets/controls.tsx';

interface InspectorProps {
  readonly exchanges: readonly Exchange[];
  readonly appName: string;
  readonly zone: string;
  readonly onClose: () => void;
}

type Direction = Exchange['direction'] | 'both';

const VIA = { socket: 'socket', http: 'HTTP', web_api: 'Web API', response_url: 'response_url' } as const;

const OUTCOME = { pending: 'waiting', ok: 'ok', error: 'error', timeout: 'no answer' } as const;

function matchesFilter(exchange: Exchange, direction: Direction, words: readonly string[]): boolean {
  if (direction !== 'both' && exchange.direction !== direction) return false;
  if (words.length === 0) return true;
  const text = JSON.stringify([exchange.title, VIA[exchange.via], exchange.error, exchange.request, exchange.response]);
  return words.every((word) => text.toLowerCase().includes(word));
}

interface RowProps {
  readonly exchange: Exchange;
  readonly appName: string;
  /** IANA zone in which times are shown. */
  readonly zone: string;
}

function Row({ exchange, appName, zone }: RowProps) {
  const [open, setOpen] = useState(false);
  const inward = exchange.direction === 'to_app';
  const at = new Date(exchange.at);
  return (
    <li class={`exchange exchange-${exchange.outcome}`}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class={`arrow ${inward ? 'arrow-in' : 'arrow-out'}`} aria-hidden="true" />
          <span class="visually-hidden">{inward ? `To ${appName}: ` : `From ${appName}: `}</span>
          <span class="exchange-title">{exchange.title}</span>
          <span class={`outcome outcome-${exchange.outcome}`}>{exchange.error ?? OUTCOME[exchange.outcome]}</span>
          <span class="exchange-detail">
            {VIA[exchange.via]} · {new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: zone }).format(at)}
            {exchange.took !== undefined &&
              ` · ${exchange.took < 10 ? exchange.took.toFixed(1) : Math.round(exchange.took)} ms`}
            {exchange.retry > 0 && ` · retry ${exchange.retry}`}
          </span>
        </summary>
        {open && (
          <div class="exchange-body">
            <h3>{inward ? 'Sent to the app' : 'Sent by the app'}</h3>
            <Json value={exchange.request} label="Request" />
            {exchange.response !== undefined && (
              <>
                <h3>{inward ? 'Answer of the app' : 'Answer of the workspace'}</h3>
                <Json value={exchange.response} label="Response" />
              </>
            )}
          </div>
        )}
      </details>
    </li>
  );
}

/** The requests between the workspace and the app, newest first. */
export function Inspector({ exchanges, appName, zone, onClose }: InspectorProps) {
  const [typed, setTyped] = useState('');
  const [direction, setDirection] = useState<Direction>('both');
  const [clearedTo, setClearedTo] = useState(0);
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = exchanges
    .filter((exchange) => exchange.id > clearedTo && matchesFilter(exchange, direction, words))
    .toReversed();
  const directions: readonly (readonly [Direction, string])[] = [
    ['both', 'All'],
    ['to_app', `To ${appName}`],
    ['from_app', `From ${appName}`],
  ];
  return (
    <aside class="panel inspector" aria-label="Inspector" onKeyDown={closeOnEscape(onClose)}>
      <header class="main-head">
        <h2 class="main-title">Inspector</h2>
        <p class="topic">What goes to {appName} and comes from it</p>
        <button type="button" class="icon-button" aria-label="Close the inspector" title="Close" onClick={onClose}>
          <span class="icon icon-close" aria-hidden="true" />
        </button>
      </header>
      <div class="inspector-tools">
        <input
          type="search"
          aria-label="Filter the requests"
          placeholder="Filter, such as chat.postMessage"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <Segments
          label="Direction"
          current={direction}
          segments={directions.map(([key, label]) => ({ key, label, onPick: () => setDirection(key) }))}
        />
        <button type="button" class="link" onClick={() => setClearedTo(exchanges.at(-1)?.id ?? 0)}>
          Clear
        </button>
      </div>
      {shown.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by the keyboard
        <ul class="exchanges" tabIndex={0} aria-label="Requests, newest first">
          {shown.map((exchange) => (
            <Row key={exchange.id} exchange={exchange} appName={appName} zone={zone} />
          ))}
        </ul>
      ) : (
        <p class="empty">{exchanges.length > clearedTo && typed ? 'Nothing matches.' : 'Nothing has been sent yet.'}</p>
      )}
    </aside>
  );
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** Indented JSON with syntax highlighting. */
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
