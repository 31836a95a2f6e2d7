import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing } from '../../browser.ts';
import { BEGINNING, composer, OPS, openWorkspace, STATUS, say, type Workspace } from './workspace.ts';

const HOUR = 3_600_000;

describe.skipIf(browserMissing())('a conversation', { timeout: 60_000 }, () => {
  let workspace: Workspace;
  let page: Page;
  const log = () => page.getByRole('log', { name: /^Messages in/ });
  const latest = () => log().getByRole('listitem').last();
  /** Posts the announcement, and waits until the page shows it: another one stood last until then. */
  const announce = async (at = BEGINNING) => {
    const ts = await workspace.app.announce(OPS, at / 1000);
    await log().locator(`[data-ts="${ts}"]`).waitFor();
  };
  const moreOn = async (message: Locator) => {
    await message.hover();
    await message.getByRole('button', { name: 'More actions on this message' }).click();
  };

  beforeAll(async () => {
    workspace = await openWorkspace();
  }, 60_000);
  afterAll(() => workspace?.close());
  afterEach(() => workspace.leave(page));

  it('offers an example that one click puts into the composer', async () => {
    page = await workspace.visit();
    await page.getByRole('button', { name: /^\/maintenance api tomorrow/ }).click();
    await expect.poll(() => composer(page).inputValue()).toBe('/maintenance api tomorrow 2am for 2h: Postgres upgrade');
    await page.keyboard.press('Enter');
    await log().getByText('Only visible to you').waitFor();
    await log().getByText('Understood: api tomorrow 2am for 2h: Postgres upgrade').waitFor();
    await expect.poll(() => page.getByText('New here? Try').count()).toBe(0);

    await log().getByRole('button', { name: 'Schedule' }).click();
    await log().getByRole('heading', { name: 'Postgres upgrade' }).waitFor();
    await log().getByText('Only visible to you').waitFor({ state: 'detached' });
  });

  it('shows dates in the zone and locale of the viewer', async () => {
    page = await workspace.visit();
    await announce(BEGINNING + 4 * HOUR);
    await latest().getByText('Today at 2:00 PM').waitFor();

    await page.getByRole('button', { name: /^You are Ana Torres/ }).click();
    await page.getByRole('menuitemradio', { name: /Jonas Weber/ }).click();
    await page.getByRole('button', { name: /^You are Jonas Weber/ }).waitFor();
    await latest().getByText('Heute at 20:00').waitFor();
  });

  it('shows a busy button, and an error when the app does not answer', async () => {
    page = await workspace.visit();
    await announce();
    const button = latest().getByRole('button', { name: 'Extend' });
    await button.click();
    await latest().locator('[aria-busy=true]', { hasText: 'Extend' }).waitFor();
    await latest().getByRole('alert').getByText('The app did not answer within three seconds.').waitFor();
    await expect.poll(() => button.getAttribute('aria-busy')).toBe('false');
  });

  it('shows the confirmation dialog of a button', async () => {
    page = await workspace.visit();
    await announce();
    const cancel = latest().getByRole('button', { name: 'Cancel' });
    const cancels = () => workspace.app.calls.filter((call) => call.name === 'cancel').length;

    await cancel.click();
    const question = page.getByRole('alertdialog', { name: 'Cancel this maintenance?' });
    await question.getByText('Everyone in #ops is told. It cannot be undone.').waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await expect.poll(() => cancel.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(cancels()).toBe(0);

    await cancel.click();
    await question.getByRole('button', { name: 'Cancel it' }).click();
    await expect.poll(cancels).toBe(1);
  });

  it('keeps replies in the thread and shows broadcast replies in the channel', async () => {
    page = await workspace.visit();
    await announce();
    const announcement = latest();
    const ts = await announcement.getAttribute('data-ts');
    await announcement.getByRole('button', { name: 'Start now' }).click();
    const changed = log().locator(`[data-ts="${ts}"]`);
    await changed.getByText('in progress').waitFor();
    await changed.getByText('2 replies').click();
    expect(await log().first().getByText('Begun by Ana.').count()).toBe(0);
    await log().first().getByText('Postgres upgrade has begun.').last().waitFor();

    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('Begun by Ana.').waitFor();
    await thread.getByText('also sent to the channel').waitFor();

    const reply = thread.getByRole('textbox', { name: 'Reply' });
    await reply.fill('Watching it');
    await thread.getByRole('checkbox', { name: 'Also send to #ops' }).check();
    await reply.press('Enter');
    await log().first().getByText('Watching it').waitFor();
    await reply.press('Escape');
    await thread.waitFor({ state: 'detached' });
  });

  it('opens an overflow menu with the keyboard', async () => {
    page = await workspace.visit();
    await announce();
    await latest().getByRole('button', { name: 'More actions', exact: true }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('menuitem', { name: 'Copy the link' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => workspace.app.calls.findLast((call) => call.name === 'more')?.body)
      .toMatchObject({ action: { selected_option: { value: 'record' } } });
  });

  it('completes commands, people and channels', async () => {
    page = await workspace.visit();
    const field = composer(page);
    const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
    await field.pressSequentially('/ma');
    await options.filter({ hasText: '/maintenance [services] [when]: [name]' }).waitFor();
    await field.press('Tab');
    await expect.poll(() => field.inputValue()).toBe('/maintenance ');
    await page.getByText('[services] [when]: [name]').waitFor();

    await field.fill('');
    await field.pressSequentially('ask @jo');
    await field.press('Enter');
    await field.pressSequentially('in #st');
    await options.filter({ hasText: '#status' }).waitFor();
    await field.press('Escape');
    await expect.poll(() => options.count()).toBe(0);
    await field.press('a');
    await field.press('Enter');
    await expect.poll(() => field.inputValue()).toBe('ask @jonas in #status ');
    await field.press('Enter');
    await latest().getByRole('button', { name: '#status' }).click();
    await page.getByRole('heading', { name: 'status' }).waitFor();
  });

  it('marks other channels as unread until they are read', async () => {
    page = await workspace.visit();
    const status = page.getByRole('button', { name: /^Channel status/ });
    expect(await status.getAttribute('aria-label')).not.toContain('unread');
    await workspace.app.client.chat.postMessage({ channel: STATUS, text: 'All is well, <@U0ANA00001>' });
    await page.getByRole('button', { name: 'Channel status, 1 unread, 1 for you' }).click();
    await latest().getByText('All is well, @ana').waitFor();
    await page.getByRole('button', { name: 'Channel status', exact: true }).waitFor();
  });

  it('announces messages in other channels without moving the focus', async () => {
    page = await workspace.visit();
    await composer(page).focus();
    await workspace.app.client.chat.postMessage({ channel: STATUS, text: '*Search* is up again' });
    await page.getByRole('status').getByText('Tester in status: Search is up again').waitFor();
    await expect.poll(() => composer(page).evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('keeps the newest message in view', async () => {
    page = await workspace.visit();
    for (let count = 0; count < 6; count += 1) await announce();
    await workspace.app.client.chat.postMessage({ channel: OPS, text: 'the newest of all' });
    await latest().getByText('the newest of all').waitFor();
    await expect
      .poll(() => log().evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight))
      .toBeLessThan(2);

    await log().evaluate((list) => list.scrollTo(0, 0));
    await page.waitForFunction(() => document.querySelector('.list-scroll')?.scrollTop === 0);
    await workspace.app.client.chat.postMessage({ channel: OPS, text: 'one more' });
    await page.getByRole('button', { name: 'New messages below' }).click();
    await expect
      .poll(() => log().evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight))
      .toBeLessThan(2);
  });

  it('lets people edit, react to and delete their messages', async () => {
    page = await workspace.visit();
    await say(page, 'Is the api *slow*? <b>');
    await latest().getByText('Is the api slow? <b>').waitFor();
    await moreOn(latest());
    await page.getByRole('menuitem', { name: 'Edit message' }).click();
    const editor = page.getByRole('textbox', { name: 'Edit the message' });
    await expect.poll(() => editor.inputValue()).toBe('Is the api *slow*? <b>');
    await editor.fill('It is fine');
    await editor.press('Enter');
    await latest().getByText('It is fine').waitFor();
    await latest().getByText('(edited)').waitFor();

    await latest().hover();
    await latest().getByRole('button', { name: 'Add a reaction' }).click();
    await page.getByRole('menuitem', { name: 'eyes' }).click();
    const reaction = latest().getByRole('button', { name: 'eyes, 1: you' });
    await expect.poll(() => reaction.getAttribute('aria-pressed')).toBe('true');
    await reaction.click();
    await reaction.waitFor({ state: 'detached' });

    const before = await log().getByRole('listitem').count();
    await moreOn(latest());
    await page.getByRole('menuitem', { name: 'Delete message' }).click();
    await expect.poll(() => log().getByRole('listitem').count()).toBe(before - 1);
  });

  it("offers the app's global and message shortcuts", async () => {
    page = await workspace.visit();
    await page.getByRole('button', { name: 'Shortcuts' }).click();
    await page.getByRole('menuitem', { name: /Open the form/ }).click();
    await page.getByRole('dialog', { name: 'Schedule maintenance' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await say(page, 'say it');
    await latest().getByText('say it').waitFor();
    await moreOn(latest());
    await page.getByRole('menuitem', { name: /Echo this/ }).click();
    await latest().getByText('Echo: say it').waitFor();
  });

  it('shows ephemeral messages until they are dismissed', async () => {
    page = await workspace.visit();
    await workspace.app.client.chat.postEphemeral({ channel: OPS, user: 'U0ANA00001', text: 'between us' });
    const message = log().getByRole('listitem').filter({ hasText: 'between us' });
    await message.getByRole('button', { name: 'Dismiss' }).click();
    await message.waitFor({ state: 'detached' });
  });

  it('shows the Home tab that the app published', async () => {
    page = await workspace.visit();
    await page.getByRole('button', { name: 'Tester home' }).click();
    await page.getByRole('heading', { name: 'Planned maintenance' }).waitFor();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect.poll(() => workspace.app.calls.some((call) => call.name === 'home_button')).toBe(true);
    await page.getByRole('button', { name: 'Messages' }).click();
    await page.getByRole('textbox', { name: 'Message Tester' }).waitFor();
  });
});
