import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** What a page loads is at an address with its version, so that it never changes there (seconds). */
const FOREVER = 31_536_000;

/**
 * Nothing but what Lull serves itself is loaded, and nobody frames it.
 * @param scripts whether the page has scripts and forms of its own
 */
export function guarded({ scripts }: { readonly scripts: boolean }): MiddlewareHandler {
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
export function versionOf(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('')).digest('hex').slice(0, 12);
}

/** What a page loads, from an address with its version. */
export function asset(c: Context, text: string, type: string): Response {
  return c.body(text, 200, { 'Content-Type': type, 'Cache-Control': `public, max-age=${FOREVER}, immutable` });
}
