import type { ModalView } from '@slack/types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PEOPLE, type PersonDriver, type Playground, startPlayground } from '../../../src/playground/server.ts';
import { type BareApp, client, connectBare, last, outcome } from '../bare-app.ts';

let playground: Playground;
let app: BareApp;
let ana: PersonDriver;
let answer: unknown;

beforeEach(async () => {
  playground = await startPlayground({ port: 0 });
  answer = undefined;
  app = await connectBare(playground, () => answer);
  ana = playground.as('ana');
});
afterEach(async () => {
  app.close();
  await playground.close();
});

const text = (words: string) => ({ type: 'plain_text' as const, text: words });
const modal = (title: string, rest: Partial<ModalView> = {}): ModalView => ({
  type: 'modal',
  callback_id: title,
  title: text(title),
  submit: text('Save'),
  blocks: [
    {
      type: 'input',
      block_id: 'name',
      label: text('Name'),
      element: { type: 'plain_text_input', action_id: 'name' },
    },
    { type: 'actions', block_id: 'more', elements: [{ type: 'button', action_id: 'more', text: text('More') }] },
  ],
  ...rest,
});

const views = () => client(playground).views;
async function trigger(): Promise<string> {
  await ana.command('#ops', '/maintenance');
  return last(app, 'slash_commands').trigger_id ?? '';
}
/** A trigger from the modal on top. */
async function pressMore(): Promise<string> {
  const top = ana.view();
  if (top === undefined) throw new Error('no modal is open');
  await ana.press(top, 'more');
  return last(app, 'interactive').trigger_id ?? '';
}
const titles = () => ana.views().map((each) => each.view.title.text);

describe('a trigger id', () => {
  it('can be used once', async () => {
    const id = await trigger();
    expect(await outcome(views().open({ trigger_id: id, view: modal('One') }))).toBe('ok');
    expect(await outcome(views().open({ trigger_id: id, view: modal('Two') }))).toBe('exchanged_trigger_id');
    expect(titles()).toEqual(['One']);
  });

  it('is not used up by an invalid view', async () => {
    const id = await trigger();
    const wrong = modal('A title that is longer than 24');
    expect(await outcome(views().open({ trigger_id: id, view: wrong }))).toBe('invalid_arguments');
    expect(await outcome(views().open({ trigger_id: id, view: modal('One') }))).toBe('ok');
  });

  it('expires after three seconds', { timeout: 15_000 }, async () => {
    const id = await trigger();
    await new Promise((resolve) => setTimeout(resolve, 3_050));
    expect(await outcome(views().open({ trigger_id: id, view: modal('One') }))).toBe('expired_trigger_id');
  });

  it('can be made to expire, and cannot be guessed', async () => {
    const id = await trigger();
    playground.faults.expireTriggers();
    expect(await outcome(views().open({ trigger_id: id, view: modal('One') }))).toBe('expired_trigger_id');
    expect(await outcome(views().open({ trigger_id: '1.2.3', view: modal('One') }))).toBe('invalid_trigger_id');
  });
});

describe('a stack of views', () => {
  it('has at most three views, which are closed one by one', async () => {
    await views().open({ trigger_id: await trigger(), view: modal('One') });
    await views().push({ trigger_id: await pressMore(), view: modal('Two') });
    await views().push({ trigger_id: await pressMore(), view: modal('Three') });
    expect(await outcome(views().push({ trigger_id: await pressMore(), view: modal('Four') }))).toBe(
      'push_limit_reached',
    );
    expect(titles()).toEqual(['One', 'Two', 'Three']);
    await ana.close();
    expect(titles()).toEqual(['One', 'Two']);
    await ana.close({ all: true });
    expect(titles()).toEqual([]);
  });

  it('cannot be pushed onto with a trigger from elsewhere', async () => {
    expect(await outcome(views().push({ trigger_id: await trigger(), view: modal('Two') }))).toBe('not_found');
  });

  it('sends view_closed for views with notify_on_close', async () => {
    const closed = () =>
      app.received.filter((each) => each.payload?.type === 'view_closed').map((each) => each.payload?.is_cleared);
    await views().open({ trigger_id: await trigger(), view: modal('One', { notify_on_close: true }) });
    await views().push({ trigger_id: await pressMore(), view: modal('Two') });
    await ana.close();
    expect(closed()).toEqual([]);
    await ana.close();
    expect(closed()).toEqual([false]);
    await views().open({ trigger_id: await trigger(), view: modal('One', { notify_on_close: true }) });
    await views().push({ trigger_id: await pressMore(), view: modal('Two', { clear_on_close: true }) });
    await ana.close();
    expect(closed()).toEqual([false, true]);
    expect(titles()).toEqual([]);
  });
});

describe('an update of a view', () => {
  it('checks the hash and keeps values whose ids stay', async () => {
    const opened = await views().open({ trigger_id: await trigger(), view: modal('One') });
    const { id = '', hash = '' } = opened.view ?? {};
    await ana.fill({ name: 'typed' });
    const updated = await views().update({ view_id: id, hash, view: modal('Two') });
    expect(updated.view?.hash).not.toBe(hash);
    expect(await outcome(views().update({ view_id: id, hash, view: modal('Three') }))).toBe('hash_conflict');
    expect(titles()).toEqual(['Two']);
    expect(ana.view()?.values).toEqual({ name: { name: 'typed' } });
    await ana.close();
    expect(await outcome(views().update({ view_id: id, view: modal('Three') }))).toBe('not_found');
  });

  it('finds the view by its external id, which is unique', async () => {
    await views().open({ trigger_id: await trigger(), view: modal('One', { external_id: 'mine' }) });
    await views().update({ external_id: 'mine', view: modal('Two', { external_id: 'mine' }) });
    expect(titles()).toEqual(['Two']);
    const push = views().push({ trigger_id: await pressMore(), view: modal('Three', { external_id: 'mine' }) });
    expect(await outcome(push)).toBe('duplicate_external_id');
  });

  it('rejects views larger than 250 KB', async () => {
    const section = { type: 'section' as const, text: text('x'.repeat(3000)) };
    const view = modal('Large', { blocks: Array.from({ length: 90 }, () => section) });
    expect(await outcome(views().open({ trigger_id: await trigger(), view }))).toBe('view_too_large');
  });
});

describe('a submission', () => {
  const open = async (view = modal('One')) => views().open({ trigger_id: await trigger(), view });

  it('is not sent while a required field is empty', async () => {
    await open();
    expect(await ana.submit()).toMatchObject({ submitted: 'errors' });
    expect(ana.view()?.errors).toEqual({ name: 'Please complete this required field.' });
    expect(app.received.some((each) => each.payload?.type === 'view_submission')).toBe(false);
  });

  it('closes the view on top when the ack is empty', async () => {
    await open();
    await views().push({ trigger_id: await pressMore(), view: modal('Two') });
    await ana.fill({ name: 'x' });
    expect(await ana.submit()).toEqual({ submitted: 'closed' });
    expect(titles()).toEqual(['One']);
  });

  it.each<[string, () => unknown, string, string[]]>([
    ['sets errors', () => ({ response_action: 'errors', errors: { name: 'Taken.' } }), 'errors', ['One']],
    ['updates', () => ({ response_action: 'update', view: modal('Two') }), 'updated', ['Two']],
    ['pushes', () => ({ response_action: 'push', view: modal('Two') }), 'pushed', ['One', 'Two']],
    ['clears', () => ({ response_action: 'clear' }), 'closed', []],
    [
      'fails with errors for no field',
      () => ({ response_action: 'errors', errors: { nobody: 'x' } }),
      'failed',
      ['One'],
    ],
    [
      'fails with errors beside inputs',
      () => ({ response_action: 'errors', errors: { more: 'x' } }),
      'failed',
      ['One'],
    ],
    [
      'fails with a view that is wrong',
      () => ({ response_action: 'update', view: { type: 'modal' } }),
      'failed',
      ['One'],
    ],
    ['fails with what Slack does not know', () => ({ response_action: 'shout' }), 'failed', ['One']],
  ])('%s as the ack says', async (_what, ack, submitted, stack) => {
    await open();
    await ana.fill({ name: 'x' });
    answer = ack();
    expect((await ana.submit()).submitted).toBe(submitted);
    expect(titles()).toEqual(stack);
    expect(ana.views().every((each) => !each.busy)).toBe(true);
  });

  it('is sent twice on a double click', async () => {
    await open();
    await ana.fill({ name: 'x' });
    const outcomes = await Promise.all([ana.submit(), ana.submit()]);
    expect(outcomes.map((each) => each.submitted)).toEqual(['closed', 'closed']);
    const sent = app.received
      .filter((each) => each.payload?.type === 'view_submission')
      .map((each) => each.payload?.view);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });

  it('keeps the modal and its values when the app is not connected', async () => {
    await open();
    await ana.fill({ name: 'kept' });
    app.close();
    await ana.waitFor('the connection to be gone', () => playground.connections() === 0);
    expect(await ana.submit()).toEqual({ submitted: 'failed', reason: 'dispatch_failed' });
    expect(ana.view()?.values).toEqual({ name: { name: 'kept' } });
  });
});

describe('an element', () => {
  it('of a message sends its action, its place and the state of the message', async () => {
    const { ts = '' } = await client(playground).chat.postMessage({
      channel: '#ops',
      text: 'choose',
      blocks: [
        {
          type: 'actions',
          block_id: 'row',
          elements: [
            { type: 'static_select', action_id: 'size', options: [{ text: text('Small'), value: 's' }] },
            { type: 'overflow', action_id: 'menu', options: [{ text: text('Skip'), value: 'skip' }] },
            { type: 'datepicker', action_id: 'day', initial_date: '2026-11-21' },
            {
              type: 'button',
              action_id: 'cancel',
              text: text('Cancel'),
              value: '12',
              style: 'danger',
              confirm: { title: text('Sure?'), text: text('It cannot be undone.') },
            },
          ],
        },
      ],
    });
    const [message] = ana.messages('#ops').filter((each) => each.ts === ts);
    if (message === undefined) throw new Error('the message is not there');
    await ana.choose(message, 'size', 's');
    await ana.choose(message, 'menu', 'skip');
    expect(last(app, 'interactive')).toMatchObject({
      actions: [{ type: 'overflow', action_id: 'menu', selected_option: { value: 'skip' } }],
    });
    const before = app.received.length;
    await ana.press(message, 'cancel', { confirm: false });
    expect(app.received.length).toBe(before);
    await ana.press(message, 'cancel');
    expect(last(app, 'interactive')).toMatchObject({
      type: 'block_actions',
      user: { id: PEOPLE.ana },
      container: { type: 'message', message_ts: ts, is_ephemeral: false },
      channel: { name: 'ops' },
      message: { ts, text: 'choose' },
      actions: [{ type: 'button', action_id: 'cancel', block_id: 'row', value: '12' }],
      state: {
        values: {
          row: {
            size: { type: 'static_select', selected_option: { value: 's' } },
            day: { type: 'datepicker', selected_date: '2026-11-21' },
          },
        },
      },
    });
    // What one person chose is not what another sees chosen.
    expect(ana.again(message)?.values).toMatchObject({ row: { size: 's' } });
    expect(playground.as('jonas').again(message)?.values).toMatchObject({ row: { size: null } });
  });

  it('of a message is sent twice on a double click', async () => {
    const blocks = [{ type: 'actions', elements: [{ type: 'button', action_id: 'go', text: text('Go') }] }];
    const { ts = '', channel = '' } = await client(playground).chat.postMessage({ channel: '#ops', text: 'x', blocks });
    await Promise.all([ana.press({ channel, ts }, 'go'), ana.press({ channel, ts }, 'go')]);
    expect(app.received.filter((each) => each.payload?.type === 'block_actions')).toHaveLength(2);
  });

  it('requests options after min_query_length letters and accepts up to 100', async () => {
    const select = (rest: object): ModalView =>
      modal('One', {
        blocks: [
          {
            type: 'input',
            block_id: 's',
            label: text('Service'),
            element: { type: 'external_select', action_id: 's', ...rest },
          },
        ],
      });
    await views().open({ trigger_id: await trigger(), view: select({}) });
    const top = ana.view();
    if (top === undefined) throw new Error('no modal is open');
    answer = { options: [{ text: text('api'), value: 'api' }] };
    expect(await ana.suggest(top, 's', 'ap')).toEqual({ options: [] });
    expect(await ana.suggest(top, 's', 'api')).toEqual({ options: [{ text: text('api'), value: 'api' }] });
    answer = { option_groups: [{ label: text('Core'), options: [{ text: text('db'), value: 'db' }] }] };
    expect(await ana.suggest(top, 's', 'data')).toMatchObject({ optionGroups: [{ label: 'Core' }] });
    answer = { options: Array.from({ length: 101 }, (_, n) => ({ text: text('x'), value: `${n}` })) };
    expect(await ana.suggest(top, 's', 'many')).toEqual({ error: 'invalid_options' });
    // What was offered once can still be chosen.
    await ana.fill({ s: 'db' });
    answer = undefined;
    await ana.submit();
    expect(last(app, 'interactive')).toMatchObject({
      view: { state: { values: { s: { s: { selected_option: { value: 'db' } } } } } },
    });
  });

  it('can default to the current channel and give a response_url for it', async () => {
    await views().open({
      trigger_id: await trigger(),
      view: modal('One', {
        blocks: [
          {
            type: 'input',
            block_id: 'where',
            label: text('Where'),
            element: {
              type: 'conversations_select',
              action_id: 'where',
              default_to_current_conversation: true,
              response_url_enabled: true,
            },
          },
        ],
      }),
    });
    await ana.submit();
    expect(last(app, 'interactive')).toMatchObject({
      type: 'view_submission',
      response_urls: [{ block_id: 'where', channel_id: 'C0OPS00001' }],
    });
  });

  it("of another person's view cannot be used", async () => {
    await views().open({ trigger_id: await trigger(), view: modal('One') });
    const top = ana.view();
    if (top === undefined) throw new Error('no modal is open');
    await expect(playground.as('jonas').press(top, 'more')).rejects.toThrow('This view is no longer open.');
  });
});

describe('the Home tab', () => {
  it('is published for one person and checks the hash', async () => {
    const home = (words: string) => ({
      type: 'home' as const,
      blocks: [{ type: 'section' as const, text: text(words) }],
    });
    const published = await views().publish({ user_id: PEOPLE.ana, view: home('one') });
    const { hash = '' } = published.view ?? {};
    await views().publish({ user_id: PEOPLE.ana, view: home('two'), hash });
    expect(await outcome(views().publish({ user_id: PEOPLE.ana, view: home('three'), hash }))).toBe('hash_conflict');
    expect(ana.home()?.view.blocks).toMatchObject([{ text: { text: 'two' } }]);
    expect(playground.as('jonas').home()).toBeNull();
    expect(await outcome(views().publish({ user_id: 'U0NOBODY', view: home('x') }))).toBe('user_not_found');
  });
});
