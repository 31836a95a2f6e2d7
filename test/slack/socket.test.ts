import { SocketModeReceiver } from '@slack/bolt';
import { expect, test } from 'vitest';
import { quietLogger } from '../../src/slack/connection/client.ts';
import { Socket } from '../../src/slack/connection/socket.ts';
import { silent } from '../world.ts';

test('a frame that is no envelope is ignored, and the next one is handled', async () => {
  const receiver = new SocketModeReceiver({
    appToken: 'xapp-1',
    autoReconnectEnabled: false,
    logger: quietLogger(silent),
  });
  new Socket(receiver, silent, () => {});
  const bodies: unknown[] = [];
  receiver.client.on('slack_event', ({ body }) => bodies.push(body));
  const frames = [
    'null',
    '[]',
    '1',
    '"x"',
    '{',
    '',
    '{}',
    ...[null, 1, {}, { event: null }, { event: {} }].map((payload) =>
      JSON.stringify({ type: 'events_api', envelope_id: '1', payload }),
    ),
  ];
  for (const frame of frames) receiver.client.emit('ws_message', frame, false);
  const good = { type: 'event_callback', event: { type: 'message' } };
  receiver.client.emit('ws_message', JSON.stringify({ type: 'events_api', envelope_id: '2', payload: good }), false);
  await new Promise(setImmediate);
  expect(bodies).toEqual([good]);
});
