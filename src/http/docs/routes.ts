import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { secureHeaders } from 'hono/secure-headers';
import { description } from './description.ts';
import { docsPage } from './page.tsx';
import { STYLE } from './style.ts';

const VERSION = createHash('sha256').update(STYLE).digest('hex').slice(0, 12);
/** The version is in the address, so what is there never changes (seconds). */
const FOREVER = 31_536_000;

const guarded = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

/**
 * A page that says what the OpenAPI document says, for people. To be mounted at `/api`.
 * @param document the document, which is read when somebody asks for the first time
 */
export function docsRoutes(document: () => unknown): Hono {
  const app = new Hono();
  let page: string | undefined;
  app.get('/docs', guarded, etag(), async (c) => {
    page ??= String(await docsPage(description.parse(JSON.parse(JSON.stringify(document()))), VERSION));
    return c.html(page);
  });
  app.get('/docs.css', guarded, (c) =>
    c.body(STYLE, 200, {
      'Content-Type': 'text/css; charset=utf-8',
      'Cache-Control': `public, max-age=${FOREVER}, immutable`,
    }),
  );
  return app;
}
