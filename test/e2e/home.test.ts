import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install } from './installation.ts';

let at: Installation;
let service: number;
beforeAll(async () => {
  at = await install({ playground: { messageRate: false } });
  service = (await at.api('GET', '/api/v1/services')).body.items[0].id;
});
afterAll(() => at.close());

const ana = () => at.playground.as('ana');
const jonas = () => at.playground.as('jonas');
type Driver = ReturnType<typeof ana>;

async function scheduled(name: string, hoursAhead = 24): Promise<number> {
  const start = at.clock.now().getTime() + hoursAhead * 3_600_000;
  const made = await at.api('POST', '/api/v1/maintenances', {
    name,
    service,
    service_status: 'down',
    scheduled_start_date: new Date(start).toISOString(),
    scheduled_end_date: new Date(start + 7_200_000).toISOString(),
  });
  return Number(made.body.id);
}

const homeText = (who: Driver) => JSON.stringify(who.home()?.view.blocks ?? []);
/** Opens the Home tab and waits until it shows the text. */
async function opened(who: Driver, shows: string) {
  who.openHome();
  return who.waitFor(`${shows} on the App Home`, () => (homeText(who).includes(shows) ? who.home() : undefined));
}
const shows = (who: Driver, text: string) => who.waitFor(`${text} on the App Home`, () => homeText(who).includes(text));

/** Presses a button of a maintenance on the Home tab. */
async function press(who: Driver, id: number, action: string) {
  const home = who.home();
  if (home === null) throw new Error('the App Home was not opened');
  await who.press({ id: home.id }, action, { blockId: `home:${id}` });
}

describe('the App Home', () => {
  test('shows current and planned windows when opened, and updates while it is open', async () => {
    await opened(jonas(), 'Nothing is in progress');
    expect(homeText(jonas())).toContain('Europe/Berlin');
    const id = await scheduled('Disk swap');
    await shows(jonas(), 'Disk swap');
    await press(jonas(), id, 'maintenance.start');
    await shows(jonas(), ':construction:');
    await press(jonas(), id, 'maintenance.finish');
    await jonas().waitFor('the form', () => jonas().view());
    await jonas().submit();
    await shows(jonas(), ':white_check_mark: Done: *Disk swap*');
    expect(homeText(jonas())).toContain('Nothing is in progress');
  });

  test('starts two windows with the same button, each once', async () => {
    const [first, second] = [await scheduled('First of two'), await scheduled('Second of two')];
    await opened(ana(), 'Second of two');
    await Promise.allSettled([press(ana(), first, 'maintenance.start'), press(ana(), first, 'maintenance.start')]);
    await press(ana(), second, 'maintenance.start');
    const statusOf = async (id: number) => (await at.api('GET', `/api/v1/maintenances/${id}`)).body.status;
    await expect.poll(() => statusOf(first)).toBe('in-progress');
    await expect.poll(() => statusOf(second)).toBe('in-progress');
    expect(ana().view()).toBeUndefined();
  });

  test('opens the forms to schedule, extend and comment, and the details', async () => {
    const id = await scheduled('Much to do');
    const home = await opened(ana(), 'Much to do');
    await ana().press({ id: home.id }, 'home.plan');
    const form = await ana().waitFor('the form', () => ana().view());
    await ana().suggest(form, 'options.services', '');
    const start = Math.floor(at.clock.now().getTime() / 1000) + 3600;
    await ana().fill({
      name: 'Planned at home',
      services: [String(service)],
      scheduled_start_date: start,
      scheduled_end_date: start + 3600,
    });
    await ana().submit();
    await shows(ana(), 'Planned at home');

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
    const id = await scheduled('Over already');
    await opened(ana(), 'Over already');
    await jonas().command('#ops', `/maintenance cancel ${id} Not needed`);
    await expect.poll(async () => (await at.api('GET', `/api/v1/maintenances/${id}`)).body.status).toBe('canceled');
    // The tab still shows the old state.
    await press(ana(), id, 'maintenance.start');
    const said = await ana().waitFor('the reason', () => ana().view());
    expect(JSON.stringify(said.view)).toContain('only a scheduled one can be started');
    await ana().close();
  });

  test('starts with the services that the person owns, and their planned windows', async () => {
    const { id } = (await at.api('POST', '/api/v1/services', { name: 'ledger' })).body;
    await at.lull.ctx.database.service.update({ where: { id }, data: { owners: [jonas().id] } });
    await scheduled('For others first', 2);
    await at.api('POST', '/api/v1/maintenances', {
      name: 'For mine later',
      service: id,
      scheduled_start_date: new Date(at.clock.now().getTime() + 200 * 3_600_000).toISOString(),
      scheduled_end_date: new Date(at.clock.now().getTime() + 201 * 3_600_000).toISOString(),
    });
    await opened(jonas(), 'For mine later');
    expect(homeText(jonas())).toMatch(/Your services.*up: ledger.*For mine later.*For others first/);
    await opened(ana(), 'For others first');
    expect(homeText(ana())).not.toContain('Your services');
  });

  test('tells a guest that it is for members', async () => {
    await opened(at.playground.as('guest'), 'Guests see the announcements');
    expect(homeText(at.playground.as('guest'))).not.toContain('button');
  });

  test('is shown after the delay that Slack asks for', async () => {
    at.playground.faults.method('views.publish', { status: 429, retryAfter: 1 });
    await scheduled('After the wait');
    await opened(ana(), 'After the wait');
  });

  test('shows approvers the pending requests, except their own', async () => {
    await at.api('PATCH', '/api/v1/scopes/1', { requires_approval: true });
    await jonas().command('#ops', '/maintenance api in 50 hours for 1h: Risky work');
    const preview = await jonas().waitFor('the preview', () =>
      jonas()
        .ephemerals('#ops')
        .find((message) => JSON.stringify(message.blocks).includes('Risky work')),
    );
    await jonas().press(preview, 'draft.schedule');
    await opened(ana(), 'To approve');
    const id = Number(/\*Risky work\* {2}\((\d+)\)/.exec(homeText(ana()))?.[1]);
    await press(ana(), id, 'maintenance.approve');
    await expect.poll(async () => (await at.api('GET', `/api/v1/maintenances/${id}`)).body.approval).toBe('approved');
    await ana().waitFor('nothing to approve', () => !homeText(ana()).includes('To approve'));
    await opened(jonas(), 'Risky work');
    expect(homeText(jonas())).not.toContain('To approve');
  });
});
