import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../../../src/errors.ts';
import { HTTP_ERRORS } from '../../../src/http/errors.ts';
import { startTestServer, type TestServer } from '../served.ts';

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
});
afterAll(() => at.close());

test('the page shows every operation and schema of the document, and loads nothing from elsewhere', async () => {
  const { paths, components } = JSON.parse((await at.send('GET', '/api/v1/openapi.json')).text);
  const { status, headers, text } = await at.send('GET', '/api/docs');
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/html');
  const ids = Object.values(paths).flatMap((item) =>
    Object.values(item as object).map(({ operationId }: { operationId: string }) => operationId),
  );
  expect(ids.length).toBeGreaterThan(40);
  for (const id of ids) expect(text).toContain(`<article id="${id}">`);
  for (const name of Object.keys(components.schemas)) expect(text).toContain(`id="schema-${name}"`);
  expect(text.match(/(?:src|href)="(?:https?:)?\/\/[^"]*"/g)).toBeNull();
  expect(text).not.toContain('<script');
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['strict-transport-security']).toBeUndefined();
});

test('links within the page and to its style lead somewhere', async () => {
  const { text } = await at.send('GET', '/api/docs');
  const anchors = new Set([...text.matchAll(/href="#([^"]+)"/g)].map(([, anchor]) => anchor));
  expect(anchors.size).toBeGreaterThan(40);
  for (const anchor of anchors) expect(text).toContain(`id="${anchor}"`);
  // A space in an id would split it in aria-labelledby.
  const named = [...text.matchAll(/ (?:id|aria-labelledby)="([^"]*)"/g)].map(([, id]) => id);
  expect(named.filter((id) => /\s/.test(id ?? ''))).toEqual([]);
  const style = /href="(\/api\/docs\.css[^"]*)"/.exec(text)?.[1] ?? '';
  expect(await at.send('GET', style)).toMatchObject({ status: 200, text: expect.stringContaining('color-scheme') });
});

test('the page of error codes has every code with its parameters, and `type` leads to it', async () => {
  const { status, text } = await at.send('GET', '/api/docs/errors');
  expect(status).toBe(200);
  for (const { code } of ERRORS) expect(text).toContain(`<article id="${code}">`);
  for (const code of Object.keys(HTTP_ERRORS)) expect(text).toContain(`<article id="${code}">`);
  const anchors = new Set([...text.matchAll(/href="#([^"]+)"/g)].map(([, anchor]) => anchor));
  for (const anchor of anchors) expect(text).toContain(`id="${anchor}"`);

  const refused = JSON.parse((await at.send('GET', '/api/v1/maintenances/nothing')).text);
  const type = new URL(refused.type);
  expect(type.pathname).toBe('/api/docs/errors');
  expect(text).toContain(`id="${type.hash.slice(1)}"`);
});
