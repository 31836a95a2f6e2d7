import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';

const YEAR_SECONDS = 31_536_000;

/**
 * A page loads only what Lull itself serves, and cannot be framed.
 * @param scripts whether the page has scripts and forms
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
    // The proxy in front of Lull knows whether there is TLS.
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
  });
}

/** A version for the address of an asset, so that it can be cached forever. */
export function contentVersion(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('')).digest('hex').slice(0, 12);
}

/**
 * Responses are of somebody, unless a route says otherwise: no cache keeps them. Set before the response is made, which is
 * much cheaper than after.
 */
export const privateByDefault = createMiddleware(async (c, next) => {
  c.header('Cache-Control', 'no-store');
  c.header('X-Content-Type-Options', 'nosniff');
  await next();
});

/** For what everybody may read: caches ask each time whether it changed. */
export const PUBLIC_CACHING = 'no-cache';

export function asset(c: Context, text: string, type: string): Response {
  return c.body(text, 200, { 'Content-Type': type, 'Cache-Control': `public, max-age=${YEAR_SECONDS}, immutable` });
}

/** The basic style of every page, with colors for a light and a dark theme. */
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
