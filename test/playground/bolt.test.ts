import type { App } from '@slack/bolt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, runInSocketMode, runOverHttp } from './bolt-app.ts';

const modal = (text: string) => ({
  type: 'modal' as const,
  callback_id: 'create',
  title: { type: 'plain_text' as const, text: 'Create' },
  submit: { type: 'plain_text' as const, text: 'Save' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'name',
      label: { type: 'plain_text' as const, text: 'Name' },
      element: { type: 'plain_text_input' as const, action_id: 'name', initial_value: text },
    },
    {
      type: 'input' as const,
      block_id: 'services',
      optional: true,
      label: { type: 'plain_text' as const, text: 'Services' },
      element: { type: 'multi_external_select' as const, action_id: 'services', min_query_length: 0 },
    },
  ],
});

const seen: string[] = [];

function register(app: App): void {
  app.command('/maintenance', async ({ ack, command, respond, client }) => {
    if (command.text === '') {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: modal('') });
    } else if (command.text === 'in the ack') await ack('Said in the ack.');
    else {
      await ack();
      await respond({
        text: `Preview of ${command.text}`,
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: `Preview of ${command.text}` } },
          {
            type: 'actions',
            elements: [
              { type: 'button', action_id: 'schedule', text: { type: 'plain_text', text: 'Schedule' }, value: 'v1' },
              { type: 'button', action_id: 'edit', text: { type: 'plain_text', text: 'Edit...' } },
            ],
          },
        ],
      });
    }
  });
  app.action('schedule', async ({ ack, respond, client, body, action }) => {
    await ack();
    const value = action.type === 'button' ? action.value : undefined;
    const posted = await client.chat.postMessage({ channel: '#ops', text: `Scheduled ${value} by <@${body.user.id}>` });
    await client.chat.update({
      channel: posted.channel ?? '',
      ts: posted.ts ?? '',
      text: `Scheduled ${value}, edited`,
    });
    await respond({ delete_original: true });
  });
  app.action('edit', async ({ ack, client, body }) => {
    await ack();
    if (body.type === 'block_actions')
      await client.views.open({ trigger_id: body.trigger_id, view: modal('as typed') });
  });
  app.options('services', async ({ ack, payload }) => {
    const names = ['api', 'billing', 'search'].filter((name) => name.includes(payload.value));
    await ack({ options: names.map((name) => ({ text: { type: 'plain_text', text: name }, value: name })) });
  });
  app.view('create', async ({ ack, view, client, body }) => {
    const name = view.state.values.name?.name?.value;
    if (name === 'taken') {
      await ack({ response_action: 'errors', errors: { name: 'That name is taken.' } });
      return;
    }
    await ack();
    const services = view.state.values.services?.services?.selected_options?.map((option) => option.value);
    await client.chat.postMessage({ channel: body.user.id, text: `Saved ${name} on ${services?.join(' and ')}` });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Your windows' } }] },
    });
  });
  app.shortcut('schedule_maintenance', async ({ ack, shortcut, client }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: modal('from a shortcut') });
  });
  app.shortcut('schedule_from_message', async ({ ack, shortcut, client }) => {
    await ack();
    if (shortcut.type !== 'message_action') return;
    await client.views.open({ trigger_id: shortcut.trigger_id, view: modal(shortcut.message.text ?? '') });
  });
  app.message(async ({ message }) => {
    seen.push(`${message.subtype ?? 'said'} ${message.channel_type}`);
  });
  app.event('reaction_added', async ({ event }) => {
    seen.push(`reaction ${event.reaction}`);
  });
}

describe.each([
  ['Socket Mode', runInSocketMode],
  ['signed HTTP requests', runOverHttp],
])('a Bolt app over %s', (_name, run) => {
  let running: Running;
  beforeAll(async () => {
    running = await run(register);
  });
  afterAll(() => running.stop());

  it('answers a command and gets the action of its button', async () => {
    const ana = running.playground.as('ana');
    expect(await ana.command('#ops', '/maintenance api tomorrow 2am')).toEqual({});
    const preview = await ana.waitFor('the preview', () => ana.ephemerals('#ops').at(-1));
    expect(preview.text).toBe('Preview of api tomorrow 2am');
    expect(running.playground.as('jonas').ephemerals('#ops')).toEqual([]);

    expect(await ana.press(preview, 'schedule')).toEqual({});
    const posted = await ana.waitFor('the edited message', () =>
      ana.messages('#ops').find((message) => message.text.endsWith('edited')),
    );
    expect(posted.text).toBe('Scheduled v1, edited');
    await ana.waitFor('the preview to go', () => ana.ephemerals('#ops').length === 0);
  });

  it('can answer a command in the ack', async () => {
    const yuki = running.playground.as('yuki');
    await yuki.command('#ops', '/maintenance in the ack');
    expect(yuki.ephemerals('#ops').at(-1)?.text).toBe('Said in the ack.');
  });

  it('opens a modal, suggests options, sets field errors and gets the values', async () => {
    const jonas = running.playground.as('jonas');
    await jonas.command('#deploys', '/maintenance');
    await jonas.waitFor('the modal', () => jonas.view());
    expect(await jonas.submit()).toEqual({
      submitted: 'errors',
      errors: { name: 'Please complete this required field.' },
    });
    await jonas.fill({ name: 'taken', services: ['api', 'search'] });
    expect(await jonas.submit()).toEqual({ submitted: 'errors', errors: { name: 'That name is taken.' } });
    expect(jonas.view()?.errors).toEqual({ name: 'That name is taken.' });
    await jonas.fill({ name: 'Upgrade' });
    expect(await jonas.submit()).toEqual({ submitted: 'closed' });
    expect(jonas.view()).toBeUndefined();
    const said = await jonas.waitFor('the message', () => jonas.dms().at(-1));
    expect(said.text).toBe('Saved Upgrade on api and search');
  });

  it('gets events of the Home tab, shortcuts, messages and reactions', async () => {
    const ana = running.playground.as('ana');
    ana.openHome();
    const home = await ana.waitFor('the Home tab', () => ana.home());
    expect(home.view.blocks[0]?.type).toBe('header');

    await ana.shortcut('schedule_maintenance');
    const global = await ana.waitFor('the modal', () => ana.view());
    expect(global.values).toEqual({ name: { name: 'from a shortcut' }, services: { services: null } });
    await ana.close();

    seen.length = 0;
    const said = ana.say('#ops', 'the database is slow');
    await ana.messageShortcut(said, 'schedule_from_message');
    const fromMessage = await ana.waitFor('the modal', () => ana.view());
    expect(fromMessage.values.name).toEqual({ name: 'the database is slow' });
    await ana.close();

    ana.edit(said, 'the database is very slow');
    ana.react(said, 'eyes');
    ana.delete(said);
    await ana.waitFor('four events', () => seen.length >= 4);
    expect(seen.toSorted()).toEqual([
      'message_changed channel',
      'message_deleted channel',
      'reaction eyes',
      'said channel',
    ]);
  });
});
