import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** What a page loads is at an address with its version, so that it never changes there (seconds). */
const FOREVER = 31_536_000;

/**
 * Nothing but what Lull serves itself is loaded, and nobody frames it.
 * @param scripts whether the page has scripts and forms of its own
 */
export function withPageHeaders({ scripts }: { readonly scripts: boolean }): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      ...(scripts ? { scriptSrc: ["'self'"], connectSrc: ["'self'"] } : {}),
      formAction: [scripts ? "'self'" : "'none'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // Whether Lull is reached by TLS alone is for the proxy before it to say.
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
  });
}

/** The version of what a page loads, for the addresses of it. */
export function contentVersion(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('')).digest('hex').slice(0, 12);
}

/** What a page loads, from an address with its version. */
export function asset(c: Context, text: string, type: string): Response {
  return c.body(text, 200, { 'Content-Type': type, 'Cache-Control': `public, max-age=${FOREVER}, immutable` });
}

/** What every page for people starts from: its colours, in the reader's light or dark theme, and its letters. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f5f1, #14181b);
  --surface: light-dark(#fffefc, #1b2125);
  --ink: light-dark(#20272b, #e5e8e9);
  --soft: light-dark(#586269, #a3aeb5);
  --line: light-dark(#dfdcd3, #2f373d);
  --accent: light-dark(#0b6264, #74c9c5);
  --accent-soft: light-dark(#dcefec, #1d3537);
  --busy: light-dark(#7a4b00, #f0c264);
  --busy-soft: light-dark(#fbf0d6, #3a2f16);
  --good: light-dark(#1b6a3e, #7fd1a0);
  --bad: light-dark(#a62b25, #ff9a90);
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); }
body {
  font: 1rem/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
main:focus { outline: none; }
h1, h2, h3, h4, p, ol, ul, dl, dd, blockquote { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.1rem); line-height: 1.2; letter-spacing: -0.015em; }
h3 { font-size: 1rem; font-weight: 600; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; }
`;
