import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * The reason to skip browser tests, or `undefined` if Chromium is installed. In CI, a missing browser is an error:
 * a run that silently skips tests proves nothing.
 *
 * ```ts
 * describe.skipIf(browserMissing())('the page', () => { ... });
 * ```
 *
 * @throws Error when `CI=true` and there is no Chromium.
 */
export function browserMissing(): string | undefined {
  if (existsSync(CHROMIUM)) return undefined;
  const reason = `${CHROMIUM} is not installed; on Debian: apt-get install -y --no-install-recommends chromium`;
  if (process.env.CI === 'true') throw new Error(`Browser tests cannot run: ${reason}`);
  console.warn(`Browser tests are skipped: ${reason}`);
  return reason;
}

/** Starts a headless Chromium; close it in `afterAll`. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
}
