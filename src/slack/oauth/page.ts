import type { ServerResponse } from 'node:http';
import { html } from 'hono/html';

export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string };
}

/** Shows somebody in a browser what came of adding Lull to their workspace. */
export async function show(response: ServerResponse, { status, title, text, link }: Page): Promise<void> {
  const body = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem; }
  h1 { font-size: 1.5rem; }
  a { color: inherit; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
${link === undefined ? '' : html`<p><a href="${link.href}">${link.text}</a></p>`}
</main>
</body>
</html>
`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    // The address holds Slack's code.
    'referrer-policy': 'no-referrer',
  });
  response.end(String(body));
}
