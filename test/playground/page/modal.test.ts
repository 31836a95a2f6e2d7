import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing } from '../../browser.ts';
import { openWorkspace, say, type Workspace } from './workspace.ts';

describe.skipIf(browserMissing())('a modal', { timeout: 60_000 }, () => {
  let workspace: Workspace;
  let page: Page;
  const dialog = () => page.getByRole('dialog', { name: 'Schedule maintenance' });
  const field = (name: string) => dialog().getByLabel(name);

  beforeAll(async () => {
    workspace = await openWorkspace();
  }, 60_000);
  afterAll(() => workspace?.close());
  afterEach(() => workspace.leave(page));

  const openForm = async (title = 'Postgres upgrade') => {
    page = await workspace.visit();
    await say(page, `/form ${title}`);
    await dialog().waitFor();
  };
  const submitted = () =>
    workspace.app.calls.findLast((call) => call.name === 'submit')?.body as { view: { state: { values: unknown } } };

  it('sends entered values in the fields that Slack uses', async () => {
    await openForm();
    const services = dialog().getByRole('combobox', { name: 'Services' });
    await services.fill('ch');
    await page.getByRole('option', { name: 'checkout' }).click();
    await services.fill('api');
    await page.getByRole('option', { name: 'api' }).click();
    await field('Start').fill('2026-01-16T02:00');
    await field('Start').blur();
    await dialog().getByText('Friday, January 16, 2026 at 2:00 AM EST').waitFor();
    await field('Description').fill('two\nlines');
    await field('Link').fill('https://example.com/12');
    await field('People involved').fill('3');
    await dialog().getByRole('combobox', { name: 'Owner' }).fill('yu');
    await page.getByRole('option', { name: /Yuki Tanaka/ }).click();
    const where = dialog().getByRole('combobox', { name: 'Announce in' });
    for (const channel of ['#ops', '#status']) {
      await where.click();
      await page.getByRole('option', { name: channel }).click();
    }
    await page.getByText('No more than 2 can be chosen.').waitFor();
    await page.keyboard.press('Escape');
    await field('Review on').fill('2026-01-20');
    await field('Review at').fill('09:30');
    await field('Public').check();
    await field('api-health').check();
    await dialog().getByRole('button', { name: 'Schedule' }).click();
    await dialog().waitFor({ state: 'detached' });

    expect(submitted().view.state.values).toMatchObject({
      name: { value: { value: 'Postgres upgrade' } },
      services: { value: { selected_options: [{ value: 'checkout' }, { value: 'api' }] } },
      start: { value: { selected_date_time: Date.parse('2026-01-16T07:00:00Z') / 1000 } },
      status: { value: { selected_option: { value: 'degraded' } } },
      description: { value: { value: 'two\nlines' } },
      link: { value: { value: 'https://example.com/12' } },
      count: { value: { value: '3' } },
      who: { value: { selected_user: 'U0YUKI0001' } },
      where: { value: { selected_channels: ['C0OPS00001', 'C0STATUS01'] } },
      day: { value: { selected_date: '2026-01-20' } },
      hour: { value: { selected_time: '09:30' } },
      visibility: { value: { selected_option: { value: 'public' } } },
      checks: { value: { selected_options: [{ value: 'health' }] } },
    });
  });

  it('can be filled in with the keyboard only', async () => {
    await openForm('By hand');
    await expect.poll(() => field('Name').evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'api' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await dialog().getByRole('button', { name: 'Remove billing' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await dialog().count()).toBe(1);
    await page.keyboard.press('Backspace');
    await dialog().getByRole('button', { name: 'Remove billing' }).waitFor({ state: 'detached' });
    await page.keyboard.type('web');
    await page.getByRole('option', { name: 'web' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await field('Link').focus();
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    expect(submitted().view.state.values).toMatchObject({
      name: { value: { value: 'By hand' } },
      services: { value: { selected_options: [{ value: 'web' }] } },
    });
  });

  it('shows errors at their fields and focuses the first', async () => {
    await openForm('taken');
    await dialog().getByRole('button', { name: 'Schedule' }).click();
    const services = dialog().getByRole('combobox', { name: 'Services' });
    await expect.poll(() => services.getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => services.evaluate((element) => element === document.activeElement)).toBe(true);

    await services.fill('api');
    await page.getByRole('option', { name: 'api' }).click();
    await page.keyboard.press('Escape');
    await dialog().getByRole('button', { name: 'Schedule' }).click();
    await dialog().getByText('This name is taken. Try “Postgres 17 upgrade”.').waitFor();
    await expect.poll(() => field('Name').evaluate((element) => element === document.activeElement)).toBe(true);
    const described = await field('Name').getAttribute('aria-describedby');
    const error = await page.locator(`[id="${described?.split(' ')[0]}"]`).textContent();
    expect(error).toBe('This name is taken. Try “Postgres 17 upgrade”.');

    await field('Name').fill('Postgres 17 upgrade');
    await field('Name').press('Enter');
    await dialog().waitFor({ state: 'detached' });
  });

  it('pushes a view and returns to the entered values', async () => {
    await openForm();
    await field('Name').fill('Half written');
    await dialog().getByRole('button', { name: 'Repeat it' }).click();
    const pushed = page.getByRole('dialog', { name: 'Repeat' });
    await pushed.getByLabel('Cron line').fill('0 2 * * 6');
    await page.keyboard.press('Escape');
    await dialog().waitFor();
    expect(await field('Name').inputValue()).toBe('Half written');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await page.getByRole('textbox', { name: /^Message / }).evaluate((e) => e === document.activeElement)).toBe(
      true,
    );
  });

  it("reads times in the viewer's zone", async () => {
    await openForm();
    await expect.poll(() => field('Start').inputValue()).toBe('2025-12-31T19:00');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^You are Ana/ }).click();
    await page.getByRole('menuitemradio', { name: /Yuki Tanaka/ }).click();
    await page.getByRole('button', { name: /^You are Yuki/ }).waitFor();
    await say(page, '/form');
    await expect.poll(() => field('Start').inputValue()).toBe('2026-01-01T09:00');
  });

  it('keeps the focus inside', async () => {
    await openForm();
    const outside = async () =>
      page.evaluate(() => {
        const element = document.activeElement;
        return element !== null && element !== document.body && element.closest('dialog') === null;
      });
    for (let count = 0; count < 50; count += 1) {
      await page.keyboard.press('Tab');
      expect(await outside()).toBe(false);
    }
  });
});
