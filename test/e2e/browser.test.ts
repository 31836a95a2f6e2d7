import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, launchBrowser } from '../browser.ts';
import { type Installation, install, SENTENCE } from './installation.ts';

/** Where the screenshot of the README is written with LULL_PICTURE=1. */
const PICTURE = fileURLToPath(new URL('../../.github/playground.png', import.meta.url));

describe.skipIf(browserMissing() !== undefined)('a new user, in the browser', { timeout: 120_000 }, () => {
  let env: Installation;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const pageDir = fileURLToPath(new URL('../../dist/playground/page', import.meta.url));
    env = await install({ playground: { pageDir } });
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(env.playground.url);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await env.close();
  });

  test('types a sentence, presses Schedule, jumps to the next event twice, and sees the window end', async () => {
    await page.getByRole('textbox').first().fill(SENTENCE);
    await page.getByRole('textbox').first().press('Enter');
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    await page.getByRole('heading', { name: /Scheduled: Postgres upgrade/ }).waitFor();

    const jump = page.getByRole('button', { name: /jump to the next event/i });
    await jump.click();
    await page.getByRole('heading', { name: /In progress: Postgres upgrade/ }).waitFor();
    await jump.click();
    await page.getByRole('heading', { name: /Done: Postgres upgrade/ }).waitFor();

    await page.getByRole('button', { name: /\d+ replies/ }).click();
    const thread = page.getByRole('complementary', { name: /thread/i });
    for (const text of [
      'Started. It ends',
      'Switched off: api health, api latency',
      'Switched on again',
      'Ended as planned',
    ]) {
      await thread.getByText(text).first().waitFor();
    }
    if (process.env.LULL_PICTURE === '1') {
      await mkdir(fileURLToPath(new URL('../../.github/', import.meta.url)), { recursive: true });
      await page.screenshot({ path: PICTURE });
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  });
});
