import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install } from './installation.ts';

let env: Installation;
let service: number;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
  service = (await env.api('GET', '/api/v1/services')).body.items[0].id;
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const jonas = () => env.playground.as('jonas');
type Driver = ReturnType<typeof ana>;

async function scheduleWindow(name: string, hoursAhead = 24): Promise<number> {
  const start = env.clock.now().getTime() + hoursAhead * 3_600_000;
  const created = await env.api('POST', '/api/v1/maintenances', {
    name,
    service,
    service_status: 'down',
    scheduled_start_date: new Date(start).toISOString(),
    scheduled_end_date: new Date(start + 7_200_000).toISOString(),
  });
  return Number(created.body.id);
}

const homeText = (who: Driver) => JSON.stringify(who.home()?.view.blocks ?? []);
/** Opens the Home tab and waits until it shows the text. */
async function openHome(who: Driver, text: string) {
  who.openHome();
  return who.waitFor(`${text} on the App Home`, () => (homeText(who).includes(text) ? who.home() : undefined));
}
const waitForText = (who: Driver, text: string) =>
  who.waitFor(`${text} on the App Home`, () => homeText(who).includes(text));

/** Presses a button of a maintenance on the Home tab, when it is there: the week ahead may show its name earlier. */
async function press(who: Driver, id: number, action: string) {
  const blockId = `home:${id}`;
  const home = await who.waitFor(`${action} of ${id} on the App Home`, () => {
    const shown = who.home();
    const block = shown?.view.blocks.find((each) => each.block_id === blockId);
    return JSON.stringify(block ?? '').includes(action) ? shown : undefined;
  });
  await who.press({ id: home.id }, action, { blockId });
}

describe('the App Home', () => {
  test('shows current and planned windows when opened, and updates while it is open', async () => {
    await openHome(jonas(), 'Nothing is in progress');
    expect(homeText(jonas())).toContain('Europe/Berlin');
    const id = await scheduleWindow('Disk swap');
    await waitForText(jonas(), 'Disk swap');
    await press(jonas(), id, 'maintenance.start');
    await waitForText(jonas(), ':construction:');
    await press(jonas(), id, 'maintenance.finish');
    await jonas().waitFor('the form', () => jonas().view());
    await jonas().submit();
    await waitForText(jonas(), ':white_check_mark: Done: *Disk swap*');
    expect(homeText(jonas())).toContain('Nothing is in progress');
  });

  test('starts two windows with the same button, each once', async () => {
    const [first, second] = [await scheduleWindow('First of two'), await scheduleWindow('Second of two')];
    await openHome(ana(), 'Second of two');
    await Promise.allSettled([press(ana(), first, 'maintenance.start'), press(ana(), first, 'maintenance.start')]);
    await press(ana(), second, 'maintenance.start');
    const statusOf = async (id: number) => (await env.api('GET', `/api/v1/maintenances/${id}`)).body.status;
    await expect.poll(() => statusOf(first)).toBe('in-progress');
    await expect.poll(() => statusOf(second)).toBe('in-progress');
    expect(ana().view()).toBeUndefined();
  });

  test('opens the forms to schedule, extend and comment, and the details', async () => {
    const id = await scheduleWindow('Much to do');
    const home = await openHome(ana(), 'Much to do');
    await ana().press({ id: home.id }, 'home.plan');
    const form = await ana().waitFor('the form', () => ana().view());
    await ana().suggest(form, 'options.services', '');
    const start = Math.floor(env.clock.now().getTime() / 1000) + 3600;
    await ana().fill({
      name: 'Planned at home',
      services: [String(service)],
      scheduled_start_date: start,
      scheduled_end_date: start + 3600,
    });
    await ana().submit();
    await waitForText(ana(), 'Planned at home');

    await press(ana(), id, 'maintenance.extend');
    await ana().waitFor('the form', () => ana().view());
    await ana().close();
    await press(ana(), id, 'maintenance.comment');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ comment: 'Written at home' });
    await ana().submit();
    await press(ana(), id, 'maintenance.show');
    const details = await ana().waitFor('the details', () => ana().view());
    expect(JSON.stringify(details.view)).toContain('Much to do');
    expect(JSON.stringify(details.view)).toContain('Written at home');
    await ana().close();
  });

  test('explains in a dialog why an action is not possible', async () => {
    const id = await scheduleWindow('Over already');
    await openHome(ana(), `home:${id}`);
    // Slack takes no update, so that the tab goes on showing the old state.
    env.playground.faults.method('views.publish', { status: 503, times: 1_000 });
    await env.api('POST', `/api/v1/maintenances/${id}/cancel`, { reason: 'Not needed' });
    await press(ana(), id, 'maintenance.start');
    const dialog = await ana().waitFor('the reason', () => ana().view());
    expect(JSON.stringify(dialog.view)).toContain('only a scheduled one can be started');
    await ana().close();
    env.playground.faults.clearMethods();
  });

  test('starts with the services that the person owns, and their planned windows', async () => {
    const { id } = (await env.api('POST', '/api/v1/services', { name: 'ledger' })).body;
    await env.lull.ctx.database.service.update({ where: { id }, data: { owners: [jonas().id] } });
    await scheduleWindow('For others first', 2);
    await env.api('POST', '/api/v1/maintenances', {
      name: 'For mine later',
      service: id,
      scheduled_start_date: new Date(env.clock.now().getTime() + 200 * 3_600_000).toISOString(),
      scheduled_end_date: new Date(env.clock.now().getTime() + 201 * 3_600_000).toISOString(),
    });
    await openHome(jonas(), 'For mine later');
    expect(homeText(jonas())).toMatch(/Your services.*up: ledger.*For mine later.*For others first/);
    await openHome(ana(), 'For others first');
    expect(homeText(ana())).not.toContain('Your services');
  });

  test('tells a guest that it is for members', async () => {
    await openHome(env.playground.as('guest'), 'Guests see the announcements');
    expect(homeText(env.playground.as('guest'))).not.toContain('button');
  });

  test('is shown after the delay that Slack asks for', async () => {
    env.playground.faults.method('views.publish', { status: 429, retryAfter: 1 });
    await scheduleWindow('After the wait');
    await openHome(ana(), 'After the wait');
  });

  test('shows approvers the pending requests, except their own', async () => {
    await env.api('PATCH', '/api/v1/scopes/1', { requires_approval: true });
    await jonas().command('#ops', '/maintenance api in 50 hours for 1h: Risky work');
    const preview = await jonas().waitFor('the preview', () =>
      jonas()
        .ephemerals('#ops')
        .find((message) => JSON.stringify(message.blocks).includes('Risky work')),
    );
    await jonas().press(preview, 'draft.schedule');
    await openHome(ana(), 'To approve');
    const id = Number(/\*Risky work\* {2}\((\d+)\)/.exec(homeText(ana()))?.[1]);
    await press(ana(), id, 'maintenance.approve');
    await expect.poll(async () => (await env.api('GET', `/api/v1/maintenances/${id}`)).body.approval).toBe('approved');
    await ana().waitFor('nothing to approve', () => !homeText(ana()).includes('To approve'));
    await openHome(jonas(), 'Risky work');
    expect(homeText(jonas())).not.toContain('To approve');
  });
});
