import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { asset, contentVersion, withPageHeaders } from '../page.ts';
import { description } from './description.ts';
import { errorsPage } from './errors-page.tsx';
import { docsPage } from './page.tsx';
import { STYLE } from './style.ts';

const VERSION = contentVersion(STYLE);

/**
 * What the OpenAPI document says and which codes errors have, as pages for people. To be mounted at `/api`.
 * @param document the document, which is read when somebody asks for the first time
 */
export function docsRoutes(document: () => unknown): Hono {
  const app = new Hono();
  const headers = withPageHeaders({ scripts: false });
  let page: string | undefined;
  app.get('/docs', headers, etag(), async (c) => {
    page ??= String(await docsPage(description.parse(JSON.parse(JSON.stringify(document()))), VERSION));
    return c.html(page);
  });
  let errors: string | undefined;
  app.get('/docs/errors', headers, etag(), async (c) => {
    errors ??= String(await errorsPage(VERSION));
    return c.html(errors);
  });
  app.get('/docs.css', headers, (c) => asset(c, STYLE, 'text/css; charset=utf-8'));
  return app;
}
