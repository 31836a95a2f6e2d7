import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { KnownBlock, View } from '@slack/types';
import type { Playground } from '../../../src/playground/server.ts';
import type { AppManifestInput } from '../../../src/playground/workspace/manifest.ts';

/** What the app of these tests offers. It is small, and it uses every element the page can draw. */
export const MANIFEST: AppManifestInput = {
  display_information: { name: 'Tester', description: 'An app that tries the page' },
  features: {
    app_home: { home_tab_enabled: true },
    bot_user: { display_name: 'Tester' },
    slash_commands: [
      { command: '/form', description: 'Open a form with every kind of field', usage_hint: '[title]' },
      { command: '/maintenance', description: 'Plan maintenance', usage_hint: '[services] [when]: [name]' },
      { command: '/silent', description: 'Say nothing in time' },
    ],
    shortcuts: [
      { type: 'global', name: 'Open the form', callback_id: 'open_form', description: 'The same form' },
      { type: 'message', name: 'Echo this', callback_id: 'echo', description: 'Say it again' },
    ],
  },
  settings: {
    org_deploy_enabled: true,
    function_runtime: 'remote',
    event_subscriptions: { bot_events: ['app_home_opened', 'function_executed'] },
  },
  functions: {
    repeat: {
      title: 'Repeat after me',
      description: 'Say something again',
      input_parameters: {
        who: { type: 'slack#/types/user_context', is_required: true },
        words: { type: 'string', title: 'Words', hint: 'What is to be said', is_required: true },
        at: { type: 'slack#/types/timestamp', title: 'At' },
        where: { type: 'slack#/types/channel_id', title: 'Where' },
        loud: { type: 'boolean', title: 'Loudly' },
      },
      output_parameters: { said: { type: 'string', title: 'Said', is_required: true } },
    },
  },
};

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (text: string, value: string) => ({ text: plain(text), value });

const SERVICES = ['api', 'billing', 'checkout', 'search', 'web'];

/** The announcement, in one of its states. `at` is in seconds since 1970. */
export function announcement(state: 'scheduled' | 'in progress' | 'done', at: number): KnownBlock[] {
  const sign = { scheduled: ':clock3:', 'in progress': ':construction:', done: ':white_check_mark:' }[state];
  const blocks: KnownBlock[] = [
    { type: 'header', text: plain('Postgres upgrade') },
    {
      type: 'section',
      block_id: 'what',
      text: { type: 'mrkdwn', text: `${sign} *${state}* on \`api\`, by <@U0ANA00001>` },
      accessory: {
        type: 'overflow',
        action_id: 'more',
        options: [option('Copy the link', 'copy'), option('Show the record', 'record')],
      },
    },
    {
      type: 'section',
      fields: [
        { type: 'mrkdwn', text: `*Starts*\n<!date^${at}^{date_short_pretty} at {time}|then>` },
        { type: 'mrkdwn', text: `*Ends*\n<!date^${at + 7200}^{date_short_pretty} at {time}|later>` },
        { type: 'mrkdwn', text: '*Checks switched off*\napi-health, api-latency' },
        { type: 'mrkdwn', text: '*Announced in*\n<#C0OPS00001>, <#C0STATUS01>' },
      ],
    },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'Maintenance 12 · _planned_ · 2 hours' }] },
  ];
  if (state === 'done') return blocks;
  return [
    ...blocks,
    {
      type: 'actions',
      block_id: 'do',
      elements: [
        { type: 'button', action_id: 'start', text: plain('Start now'), style: 'primary' },
        { type: 'button', action_id: 'slow', text: plain('Extend') },
        {
          type: 'button',
          action_id: 'cancel',
          text: plain('Cancel'),
          style: 'danger',
          confirm: {
            title: plain('Cancel this maintenance?'),
            text: { type: 'mrkdwn', text: 'Everyone in <#C0OPS00001> is told. It *cannot* be undone.' },
            confirm: plain('Cancel it'),
            deny: plain('Keep it'),
            style: 'danger',
          },
        },
      ],
    },
  ];
}

/** One input of every kind. */
export function formView(title: string): View {
  return {
    type: 'modal',
    callback_id: 'form',
    title: plain('Schedule maintenance'),
    submit: plain('Schedule'),
    close: plain('Discard'),
    blocks: [
      {
        type: 'input',
        block_id: 'name',
        label: plain('Name'),
        hint: plain('What people will read in the channel.'),
        element: { type: 'plain_text_input', action_id: 'value', initial_value: title, max_length: 80 },
      },
      {
        type: 'input',
        block_id: 'services',
        label: plain('Services'),
        element: {
          type: 'multi_external_select',
          action_id: 'value',
          placeholder: plain('Search services'),
          min_query_length: 0,
        },
      },
      {
        type: 'input',
        block_id: 'start',
        label: plain('Start'),
        element: { type: 'datetimepicker', action_id: 'value', initial_date_time: 1_767_225_600 },
      },
      {
        type: 'input',
        block_id: 'status',
        label: plain('Service status'),
        element: {
          type: 'static_select',
          action_id: 'value',
          options: [option('Up', 'up'), option('Degraded', 'degraded'), option('Down', 'down')],
          initial_option: option('Degraded', 'degraded'),
        },
      },
      {
        type: 'input',
        block_id: 'description',
        label: plain('Description'),
        optional: true,
        element: { type: 'plain_text_input', action_id: 'value', multiline: true },
      },
      {
        type: 'input',
        block_id: 'link',
        label: plain('Link'),
        optional: true,
        element: { type: 'url_text_input', action_id: 'value', placeholder: plain('https://') },
      },
      {
        type: 'input',
        block_id: 'count',
        label: plain('People involved'),
        optional: true,
        element: { type: 'number_input', action_id: 'value', is_decimal_allowed: false, min_value: '1' },
      },
      {
        type: 'input',
        block_id: 'who',
        label: plain('Owner'),
        optional: true,
        element: { type: 'users_select', action_id: 'value' },
      },
      {
        type: 'input',
        block_id: 'where',
        label: plain('Announce in'),
        optional: true,
        element: { type: 'multi_channels_select', action_id: 'value', max_selected_items: 2 },
      },
      {
        type: 'input',
        block_id: 'talk',
        label: plain('Conversation'),
        optional: true,
        element: { type: 'conversations_select', action_id: 'value' },
      },
      {
        type: 'input',
        block_id: 'day',
        label: plain('Review on'),
        optional: true,
        element: { type: 'datepicker', action_id: 'value' },
      },
      {
        type: 'input',
        block_id: 'hour',
        label: plain('Review at'),
        optional: true,
        element: { type: 'timepicker', action_id: 'value' },
      },
      {
        type: 'input',
        block_id: 'visibility',
        label: plain('Who may see it'),
        element: {
          type: 'radio_buttons',
          action_id: 'value',
          options: [option('Internal', 'internal'), option('Public', 'public')],
          initial_option: option('Internal', 'internal'),
        },
      },
      {
        type: 'input',
        block_id: 'checks',
        label: plain('Checks'),
        optional: true,
        element: {
          type: 'checkboxes',
          action_id: 'value',
          options: [
            { ...option('api-health', 'health'), description: plain('every minute') },
            option('api-latency', 'latency'),
          ],
        },
      },
      { type: 'divider' },
      {
        type: 'section',
        block_id: 'deeper',
        text: { type: 'mrkdwn', text: 'More than one window?' },
        accessory: { type: 'button', action_id: 'push', text: plain('Repeat it') },
      },
    ],
  };
}

const REPEAT: View = {
  type: 'modal',
  callback_id: 'repeat',
  title: plain('Repeat'),
  submit: plain('Done'),
  blocks: [
    {
      type: 'input',
      block_id: 'line',
      label: plain('Cron line'),
      element: { type: 'plain_text_input', action_id: 'value' },
    },
  ],
};

/** A Bolt app connected to the playground. `calls` holds what reached it, by name. */
export interface TestApp {
  readonly calls: { readonly name: string; readonly body: unknown }[];
  readonly client: App['client'];
  /** Posts the announcement and resolves with its `ts`. */
  announce(channel: string, at: number): Promise<string>;
  stop(): Promise<void>;
}

export async function startApp(playground: Playground): Promise<TestApp> {
  const clientOptions = { slackApiUrl: playground.apiUrl, timeout: 5000, retryConfig: { retries: 0 } };
  const receiver = new SocketModeReceiver({
    appToken: playground.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions },
  });
  const app = new App({
    token: playground.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
    clientOptions,
  });
  await app.init();
  const calls: TestApp['calls'] = [];

  app.command('/form', async ({ ack, body, client }) => {
    await ack();
    calls.push({ name: 'form', body });
    await client.views.open({ trigger_id: body.trigger_id, view: formView(body.text) });
  });
  app.command('/maintenance', async ({ ack, body, respond }) => {
    await ack();
    calls.push({ name: 'maintenance', body });
    await respond({
      response_type: 'ephemeral',
      text: `Understood: ${body.text}`,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `*Understood:* ${body.text}` } },
        {
          type: 'actions',
          elements: [
            { type: 'button', action_id: 'schedule', text: plain('Schedule'), style: 'primary' },
            { type: 'button', action_id: 'edit', text: plain('Edit...') },
            { type: 'button', action_id: 'discard', text: plain('Discard') },
          ],
        },
      ],
    });
  });
  // Never acknowledged: what the page says then is what is tested.
  app.command('/silent', async () => {});

  app.action('schedule', async ({ ack, respond, body, client }) => {
    await ack();
    await respond({ delete_original: true });
    const channel = body.channel?.id ?? '';
    await client.chat.postMessage({
      channel,
      text: 'Postgres upgrade is scheduled',
      blocks: announcement('scheduled', 1_767_225_600),
    });
  });
  app.action('discard', async ({ ack, respond }) => {
    await ack();
    await respond({ delete_original: true });
  });
  app.action('start', async ({ ack, body, client }) => {
    await ack();
    calls.push({ name: 'start', body });
    if (body.type !== 'block_actions' || !body.message || !body.channel) return;
    const { ts } = body.message;
    const channel = body.channel.id;
    await client.chat.update({ channel, ts, text: 'in progress', blocks: announcement('in progress', 1_767_225_600) });
    await client.chat.postMessage({ channel, thread_ts: ts, text: 'Begun by Ana.' });
    await client.chat.postMessage({
      channel,
      thread_ts: ts,
      reply_broadcast: true,
      text: 'Postgres upgrade has *begun*.',
    });
  });
  // Never acknowledged.
  app.action('slow', async () => {});
  for (const name of ['cancel', 'more', 'home_button']) {
    app.action(name, async ({ ack, body, action }) => {
      await ack();
      calls.push({ name, body: { ...body, action } });
    });
  }
  app.action('push', async ({ ack, body, client }) => {
    await ack();
    if (body.type === 'block_actions') await client.views.push({ trigger_id: body.trigger_id, view: REPEAT });
  });
  app.options<'block_suggestion'>('value', async ({ ack, payload }) => {
    const found = SERVICES.filter((name) => name.includes(payload.value ?? ''));
    await ack({ options: found.map((name) => option(name, name)) });
  });
  app.view('form', async ({ ack, body, view }) => {
    calls.push({ name: 'submit', body });
    if (view.state.values.name?.value?.value === 'taken') {
      await ack({ response_action: 'errors', errors: { name: 'This name is taken. Try “Postgres 17 upgrade”.' } });
    } else await ack();
  });
  app.view('repeat', async ({ ack }) => ack());
  app.shortcut('open_form', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: formView('From a shortcut') });
  });
  app.shortcut('echo', async ({ ack, body, client }) => {
    await ack();
    calls.push({ name: 'echo', body });
    if (body.type === 'message_action') {
      await client.chat.postMessage({ channel: body.channel.id, text: `Echo: ${body.message.text ?? ''}` });
    }
  });
  app.function('repeat', async ({ inputs, complete, fail }) => {
    const { words, at, where, loud } = inputs;
    if (words === 'nothing') await fail({ error: 'There is nothing to say.' });
    else await complete({ outputs: { said: [words, at, where, loud].join(' ') } });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: {
        type: 'home',
        blocks: [
          { type: 'header', text: plain('Planned maintenance') },
          {
            type: 'section',
            text: { type: 'mrkdwn', text: '*Postgres upgrade*\nTomorrow, on `api`' },
            accessory: { type: 'button', action_id: 'home_button', text: plain('Open') },
          },
          { type: 'divider' },
          { type: 'context', elements: [{ type: 'mrkdwn', text: 'Nothing else is planned.' }] },
        ],
      },
    });
  });

  await app.start();
  return {
    calls,
    client: app.client,
    async announce(channel, at) {
      const { ts } = await app.client.chat.postMessage({
        channel,
        text: 'Postgres upgrade is scheduled',
        blocks: announcement('scheduled', at),
      });
      return ts ?? '';
    },
    stop: async () => {
      await receiver.client.disconnect();
    },
  };
}
