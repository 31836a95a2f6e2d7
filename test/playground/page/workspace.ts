import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildPage } from '../../../src/playground/page/build.mjs';
import { type Playground, type PlaygroundClock, startPlayground } from '../../../src/playground/server.ts';
import { launchBrowser } from '../../browser.ts';
import { temporaryFolder } from '../../folder.ts';
import { freePort } from '../../port.ts';
import { MANIFEST, startApp, type TestApp } from './app.ts';

/** When the clock of every test begins: 10:00 in New York, 16:00 in Berlin, midnight in Tokyo. */
export const BEGINNING = Date.parse('2026-01-15T15:00:00Z');

export const OPS = 'C0OPS00001';
export const STATUS = 'C0STATUS01';

/** A clock that goes on from `BEGINNING`, and what is planned on it. */
export interface TestClock extends PlaygroundClock {
  planned: number[];
}

function startClock(): TestClock {
  let offset = BEGINNING - Date.now();
  const planned: number[] = [];
  const now = () => new Date(Date.now() + offset);
  return {
    planned,
    now,
    moveTo: async (instant) => {
      offset += instant.getTime() - now().getTime();
    },
    nextEvent: async () => {
      const next = planned.find((at) => at > now().getTime());
      return next === undefined ? undefined : new Date(next);
    },
  };
}

export interface Workspace {
  readonly playground: Playground;
  readonly app: TestApp;
  readonly clock: TestClock;
  /** A page in a browser profile of its own, at #ops. */
  visit(options?: BrowserContextOptions): Promise<Page>;
  /** Ends a visit: the browser profile is gone, and so is the modal that was left open. */
  leave(page: Page): Promise<void>;
  /** Stops the playground and the app, as when the server is stopped. */
  stop(): Promise<void>;
  /** Starts both again at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The page as it is built, the real playground, an app connected to it, and a browser. */
export async function openWorkspace(): Promise<Workspace> {
  const pageDir = await temporaryFolder('page');
  await buildPage(pageDir);
  const clock = startClock();
  const start = (port: number) =>
    startPlayground({ port, pageDir, manifest: MANIFEST, clock, messageRate: false, tierLimits: false });
  const browser: Browser = await launchBrowser();
  const port = await freePort();
  let playground = await start(port);
  let app = await startApp(playground);
  const { url } = playground;

  const stop = async () => {
    await app.stop();
    await playground.close();
  };
  return {
    get playground() {
      return playground;
    },
    get app() {
      return app;
    },
    clock,
    async visit(options) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await page.goto(`${url}/#/${OPS}`);
      await page.getByRole('log').waitFor();
      return page;
    },
    async leave(page) {
      await page.context().close();
      for (const name of ['ana', 'jonas', 'yuki'] as const) {
        const person = playground.as(name);
        if (person.view()) await person.close({ all: true });
      }
    },
    stop,
    async restart() {
      playground = await start(port);
      app = await startApp(playground);
    },
    async close() {
      await browser.close();
      await stop();
    },
  };
}

/** The composer of the channel. */
export function composer(page: Page) {
  return page.getByRole('textbox', { name: /^Message / });
}

/** Types a line into the composer and sends it. */
export async function say(page: Page, line: string): Promise<void> {
  await composer(page).fill(line);
  await composer(page).press('Enter');
}
