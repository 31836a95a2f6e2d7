import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { Document } from '../document.ts';
import { asset, contentVersion, PUBLIC_CACHING, withPageHeaders } from '../page.ts';
import { docsPage, errorsPage } from './pages.ts';
import { STYLE } from './style.ts';

const VERSION = contentVersion(STYLE);

/**
 * The OpenAPI document and the error codes as pages for people, to be mounted at `/api`.
 * @param document called at the first request
 */
export function docsRoutes(document: () => Document): Hono {
  const app = new Hono();
  const headers = withPageHeaders({ scripts: false });
  const pages = { '/docs': () => docsPage(document(), VERSION), '/docs/errors': () => errorsPage(VERSION) };
  for (const [path, render] of Object.entries(pages)) {
    let page: string | undefined;
    app.get(path, headers, etag(), async (c) => {
      page ??= String(await render());
      c.header('Cache-Control', PUBLIC_CACHING);
      return c.html(page);
    });
  }
  app.get('/docs.css', headers, (c) => asset(c, STYLE, 'text/css; charset=utf-8'));
  return app;
}
