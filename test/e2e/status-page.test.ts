import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { browserMissing, launchBrowser } from '../browser.ts';
import { startTestServer, type TestServer } from '../http/served.ts';
import { hours } from '../world.ts';

const LONG = `a-name-without-an-end-${'x'.repeat(150)}`;

describe.skipIf(browserMissing())('the status page in a browser', () => {
  let at: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    at = await startTestServer();
    browser = await launchBrowser();
    const { ctx, lull, ana } = at;
    const scope = await addScope(ctx, lull, { name: 'Production' });
    const api = await addService(ctx, lull, { name: 'api', scopeId: scope.id });
    const long = await addService(ctx, lull, { name: LONG, scopeId: scope.id });
    const on = await schedule(ctx, ana, at.input({ services: [api.id, long.id], name: `Upgrade ${LONG}` }));
    await start(ctx, ana, on.id);
    await comment(ctx, ana, on.id, { text: `Half done ${LONG}`, internal: false });
    for (let day = 1; day < 20; day += 1) {
      const window = at.soon(hours(24 * day), hours(day));
      await schedule(ctx, ana, at.input({ services: [day % 2 ? api.id : long.id], name: `Work ${day}`, ...window }));
    }
  });
  afterAll(async () => {
    await browser.close();
    await at.close();
  });

  async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ timezoneId: 'Asia/Tokyo', ...options });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
    await page.goto(`${at.url}${path}`);
    expect(errors).toEqual([]);
    return page;
  }

  test.each([
    ['light', 360],
    ['light', 1440],
    ['dark', 360],
    ['dark', 768],
  ] as const)('is accessible in %s, %i pixels wide', async (colorScheme, width) => {
    for (const path of ['/', '/maintenances/1']) {
      const page = await open(path, { colorScheme, viewport: { width, height: 900 } });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      await page.context().close();
    }
  });

  test('has a feed that is valid XML, whatever people wrote', async () => {
    await comment(at.ctx, at.ana, 1, { text: 'a bell \u0007, <tags> & ]]>', internal: false });
    const page = await open('/');
    const text = await (await fetch(`${at.url}/feed.atom`)).text();
    const feedEntries = await page.evaluate((xml) => {
      const feed = new DOMParser().parseFromString(xml, 'application/xml');
      return {
        error: feed.querySelector('parsererror')?.textContent ?? '',
        root: feed.documentElement.namespaceURI,
        content: feed.querySelector('entry content')?.textContent ?? '',
      };
    }, text);
    expect(feedEntries.error).toBe('');
    expect(feedEntries.root).toBe('http://www.w3.org/2005/Atom');
    expect(feedEntries.content).toContain('a bell , <tags> & ]]>');
    await page.context().close();
  });

  test('shows times in the reader’s time zone, and in the account’s without JavaScript', async () => {
    const scripted = await open('/');
    await expect.poll(() => scripted.textContent('[data-zone-note]')).toContain('Asia/Tokyo');
    expect(await scripted.textContent('.card [data-window]')).toContain('GMT+9');
    await scripted.context().close();
    const plain = await open('/', { javaScriptEnabled: false });
    expect(await plain.textContent('[data-zone-note]')).toContain('UTC');
    expect(await plain.textContent('.card [data-window]')).toContain('UTC');
    await plain.selectOption('select[name=service]', { label: 'Production / api' });
    await plain.click('button[type=submit]');
    await plain.waitForURL(/service=\d+/);
    expect(await plain.textContent('.list')).not.toContain('Work 2');
    await plain.context().close();
  });
});
