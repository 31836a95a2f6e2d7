import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import { statusPages } from '../texts/pages.ts';

const texts = statusPages.frame;

interface Frame {
  readonly title: string;
  readonly account: string;
  /** The IANA zone of the times. */
  readonly zone: string;
  /** Of the style sheet and the script, for caching. */
  readonly version: string;
  /** The query of the feeds, with the selection. */
  readonly query: string;
  /** The query of links, which names the account. */
  readonly at: string;
}

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
        <link rel="alternate" type="application/atom+xml" title={texts.title} href={`/feed.atom${query}`} />
        <script src={`/status.js?${version}`} defer></script>
      </head>
      <body>
        <a class="skip" href="#board">
          {texts.skip}
        </a>
        <header class="top">
          <a class="home" href={`/${at}`}>
            <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
              <path d={MARK} />
            </svg>
            {account === '' ? texts.title : account}
          </a>
          <nav aria-label={texts.follow}>
            <a href={`/calendar.ics${query}`}>{texts.calendar}</a>
            <a href={`/feed.atom${query}`}>{texts.feed}</a>
            <a href={`/status.json${query}`}>{texts.json}</a>
          </nav>
        </header>
        {content}
        <footer>
          <p data-zone-note>{texts.zone(zone)}</p>
        </footer>
      </body>
    </html>
  )}`;
}

/** The logo. */
export const MARK = 'M3 20h5c3 0 3-9 6-9s3 9 6 9 2-4 4-4h5';
