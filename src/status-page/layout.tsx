import { html } from 'hono/html';
import type { Child } from 'hono/jsx';

export interface Frame {
  readonly title: string;
  /** What the account is called. */
  readonly account: string;
  /** The IANA zone that the times are said in. */
  readonly zone: string;
  /** Of the style sheet and the script: they may be kept for as long as these stay the same. */
  readonly version: string;
  /** The address of the feeds with what is selected, from `?`. */
  readonly query: string;
  /** What links must end in, so that they lead to the same account. */
  readonly at: string;
}

/** A whole page. Everything it needs comes from Lull itself. */
export function page({ title, account, zone, version, query, at }: Frame, content: Child) {
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="stylesheet" href={`/status.css?${version}`} />
        <link rel="icon" href="/status.svg" type="image/svg+xml" />
        <link rel="alternate" type="application/atom+xml" title="Maintenance" href={`/feed.atom${query}`} />
        <script src={`/status.js?${version}`} defer></script>
      </head>
      <body>
        <a class="skip" href="#board">
          Skip to the maintenance
        </a>
        <header class="top">
          <a class="home" href={`/${at}`}>
            <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
              <path d={MARK} />
            </svg>
            {account === '' ? 'Maintenance' : account}
          </a>
          <nav aria-label="Follow">
            <a href={`/calendar.ics${query}`}>Calendar</a>
            <a href={`/feed.atom${query}`}>Feed</a>
            <a href={`/status.json${query}`}>JSON</a>
          </nav>
        </header>
        {content}
        <footer>
          <p data-zone-note>Times are in {zone}.</p>
        </footer>
      </body>
    </html>
  )}`;
}

/** A calm line between two still ones: a lull. */
export const MARK = 'M3 20h5c3 0 3-9 6-9s3 9 6 9 2-4 4-4h5';
