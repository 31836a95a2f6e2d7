import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing } from '../../browser.ts';
import { BEGINNING, composer, OPS, openWorkspace, say, type Workspace } from './workspace.ts';

const HOUR = 3_600_000;

const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(browserMissing())('the page', { timeout: 60_000 }, () => {
  let workspace: Workspace;
  let page: Page;

  beforeAll(async () => {
    workspace = await openWorkspace();
    await workspace.app.announce(OPS, BEGINNING / 1000);
  }, 60_000);
  afterAll(() => workspace?.close());
  afterEach(() => workspace.leave(page));

  /** What axe finds that keeps people out, each with the elements it is about. */
  const barriers = async () => {
    const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.html) }));
  };

  describe.each([
    ['light, on a desktop', { ...DESKTOP, colorScheme: 'light' }],
    ['dark, on a desktop', { ...DESKTOP, colorScheme: 'dark' }],
    ['light, on a phone', { ...PHONE, colorScheme: 'light' }],
    ['dark, on a phone', { ...PHONE, colorScheme: 'dark' }],
  ] as const)('%s, has no serious barrier', (_, options) => {
    it('in a channel with a thread, an error and an ephemeral message', async () => {
      page = await workspace.visit(options);
      await say(page, 'hello @jonas, see `code` and #status');
      await say(page, '/maintenance api tomorrow');
      await page.getByText('Only visible to you').first().waitFor();
      expect(await barriers()).toEqual([]);
      const announcement = page.getByRole('log').getByRole('listitem').filter({ hasText: 'Starts' }).first();
      await announcement
        .getByRole('button', { name: /Reply in a thread|More actions on this message/ })
        .first()
        .focus();
      await page.goto(`${page.url()}/${await announcement.getAttribute('data-ts')}`);
      await page.getByRole('complementary', { name: 'Thread' }).waitFor();
      expect(await barriers()).toEqual([]);
    });

    it('in a modal with errors and an open list', async () => {
      page = await workspace.visit(options);
      await say(page, '/form taken');
      const dialog = page.getByRole('dialog', { name: 'Schedule maintenance' });
      await dialog.getByRole('button', { name: 'Schedule' }).click();
      await dialog.locator('[aria-invalid]').first().waitFor();
      await dialog.getByRole('combobox', { name: 'Services' }).click();
      await page.getByRole('option', { name: 'api' }).waitFor();
      expect(await barriers()).toEqual([]);
    });

    it('on the home tab, in the inspector, in the list of people and of channels', async () => {
      page = await workspace.visit(options);
      await page.goto(`${new URL(page.url()).origin}/#/home`);
      await page.getByRole('heading', { name: 'Planned maintenance' }).waitFor();
      expect(await barriers()).toEqual([]);
      await page.getByRole('button', { name: 'Inspector', exact: true }).click();
      await page.locator('.exchange summary').first().click();
      await page.getByText('Sent by the app').or(page.getByText('Sent to the app')).first().waitFor();
      expect(await barriers()).toEqual([]);
      await page.getByRole('button', { name: /^You are/ }).click();
      await page.getByRole('menuitemradio').first().waitFor();
      expect(await barriers()).toEqual([]);
      await page.keyboard.press('Escape');
      const channels = page.getByRole('button', { name: 'Channels', exact: true });
      if (await channels.isVisible()) await channels.click();
      await page.getByRole('button', { name: 'New channel' }).click();
      await page.getByRole('dialog', { name: 'New channel' }).waitFor();
      expect(await barriers()).toEqual([]);
    });
  });

  it.each([320, 360, 768, 1024])('fits into %i pixels', async (width) => {
    page = await workspace.visit({ viewport: { width, height: 700 } });
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBe(0);
    await page.getByRole('button', { name: 'Inspector', exact: true }).click();
    expect(await overflow()).toBe(0);
    const cut = await page
      .locator('.topbar button:visible')
      .evaluateAll((buttons) =>
        buttons
          .filter((button) => button.getBoundingClientRect().right > window.innerWidth)
          .map((button) => button.outerHTML),
      );
    expect(cut).toEqual([]);
  });

  it('on a phone, opens the list of channels and goes to the chosen one', async () => {
    page = await workspace.visit(PHONE);
    const status = page.getByRole('button', { name: /^Channel status/ });
    expect(await status.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Channels', exact: true }).click();
    await status.click();
    await page.getByRole('heading', { name: 'status' }).waitFor();
    await status.waitFor({ state: 'hidden' });
  });

  it('moves the clock and shows the next event', async () => {
    page = await workspace.visit();
    const clock = page.getByRole('region', { name: 'Clock' });
    await clock.getByText('10:', { exact: false }).first().waitFor();
    const jump = clock.getByRole('button', { name: /next event/i });
    expect(await jump.getAttribute('aria-disabled')).toBe('true');

    const next = workspace.clock.now().getTime() + 5 * HOUR;
    workspace.clock.planned.push(next);
    await clock.getByText(/today, 3:/).waitFor();
    await clock.getByRole('button', { name: /^\+1 hour/ }).click();
    await clock.getByText(/^11:/).waitFor();
    await jump.click();
    await clock.getByText('nothing planned').waitFor();
    await clock.getByText(/^3:/).waitFor();
    expect(workspace.clock.now().getTime()).toBeGreaterThanOrEqual(next);
  });

  it('runs a workflow step from a form and shows the outcome', async () => {
    page = await workspace.visit({ ...DESKTOP, colorScheme: 'dark' });
    const run = async (fill: () => Promise<void>) => {
      await page.getByRole('button', { name: 'Shortcuts' }).click();
      await page.getByRole('menuitem', { name: 'Repeat after me' }).click();
      await fill();
      await page.getByRole('button', { name: 'Run' }).click();
    };
    await run(async () => {
      expect(await barriers()).toEqual([]);
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByText('missing required parameter: words').waitFor();
      await page.getByLabel('Words').fill('hello');
      await page.getByLabel(/^At/).fill('2026-01-15T10:00');
      await page.getByLabel(/^Where/).selectOption({ label: '#status' });
      await page.getByLabel('Loudly').check();
    });
    // Ten in New York is three in the afternoon in London.
    await page.getByText(`Said: hello ${Date.parse('2026-01-15T15:00:00Z') / 1000} C0STATUS01 true`).waitFor();
    await run(() => page.getByLabel('Words').fill('nothing'));
    await page.getByText('There is nothing to say.').waitFor();
  });

  it('lists the requests in both directions and filters them', async () => {
    page = await workspace.visit();
    await page.getByRole('button', { name: 'Inspector', exact: true }).click();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await say(page, '/maintenance find-me tomorrow');
    await inspector.getByText('slash_commands /maintenance').first().waitFor();
    await inspector.getByRole('searchbox').fill('find-me slash');
    await expect.poll(() => inspector.getByRole('listitem').count()).toBe(1);
    await inspector.getByText('slash_commands /maintenance').click();
    await inspector.getByRole('region', { name: 'Request' }).getByText('"find-me tomorrow"').waitFor();
    await inspector.getByRole('button', { name: 'From Tester' }).click();
    await inspector.getByText('Nothing matches.').waitFor();
    await inspector.getByRole('searchbox').press('Escape');
    await page.keyboard.press('Escape');
  });

  it('follows the system theme until one is chosen, and remembers the choice', async () => {
    page = await workspace.visit({ ...DESKTOP, colorScheme: 'dark' });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(theme).toBe('light');
    await page.getByRole('button', { name: 'Dark theme' }).click();
    await expect.poll(theme).toBe('dark');
    await page.reload();
    await page.getByRole('log').waitFor();
    expect(await theme()).toBe('dark');
  });

  it('remembers the chosen person', async () => {
    page = await workspace.visit();
    await page.getByRole('button', { name: /^You are Ana/ }).click();
    await page.getByRole('menuitemradio', { name: /Yuki Tanaka/ }).click();
    await page.getByRole('button', { name: /^You are Yuki/ }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^You are Yuki/ }).waitFor();
  });

  it('skips to the conversation', async () => {
    page = await workspace.visit();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const inMain = () => page.evaluate(() => document.activeElement?.closest('main') !== null);
    expect(await inMain()).toBe(true);
    await page.getByRole('heading', { name: 'ops' }).waitFor();
  });

  it('reconnects when the playground is back', async () => {
    page = await workspace.visit();
    await composer(page).fill('half a sentence');
    await workspace.stop();
    await page.getByText('The playground has stopped.').waitFor();
    await composer(page).press('Enter');
    await page.getByRole('alert').getByText('The playground cannot be reached right now.').waitFor();
    expect(await composer(page).inputValue()).toBe('half a sentence');
    await workspace.restart();
    await page.getByText('The playground has stopped.').waitFor({ state: 'detached' });
    await composer(page).press('Enter');
    await page.getByRole('log').getByText('half a sentence').waitFor();
  });
});
