import { App, HTTPReceiver, LogLevel } from '@slack/bolt';

/** A Bolt app that acknowledges everything and opens one form. Its arguments: port, signing secret, token, API. */
const [port = '', signingSecret = '', token = '', slackApiUrl = ''] = process.argv.slice(2);
const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR });
const app = new App({ token, receiver, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } });

app.command('/maintenance', ({ ack }) => ack());
app.action('maintenance.comment', async ({ ack, body, client }) => {
  await ack();
  if (!('trigger_id' in body)) return;
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      callback_id: 'bare',
      title: { type: 'plain_text', text: 'Comment' },
      submit: { type: 'plain_text', text: 'Add' },
      blocks: [
        {
          type: 'input',
          block_id: 'comment',
          label: { type: 'plain_text', text: 'Comment' },
          element: { type: 'plain_text_input', action_id: 'value' },
        },
      ],
    },
  });
});
app.view('bare', ({ ack }) => ack());
await app.start(Number(port));
process.once('disconnect', () => process.exit());
process.send?.({ rss: process.memoryUsage.rss() });
