import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Provider } from '../../src/checks/providers/provider.ts';
import { webhookKind } from '../../src/checks/providers/webhook.ts';
import { loopback } from '../checks/providers/loopback.ts';
import { got, type Peer, startPeer } from '../platform/outbound/peer.ts';
import { type World, world } from '../world.ts';
import { windowsOver } from './windows.ts';

const message = z.object({
  type: z.string(),
  data: z.object({ checks: z.array(z.object({ id: z.string(), until: z.string().optional() })) }),
});

let w: World;
let windows: Awaited<ReturnType<typeof windowsOver>>;
const outgoing = loopback();
let receiver: Peer;
/** The changes it received, in order: `off db-1`, `on db-1`. */
let received: string[];
let failing: boolean;

beforeAll(async () => {
  w = await world();
  windows = await windowsOver(w, 'ours', 'webhook', ['db-1', 'db-2']);
});
afterAll(async () => {
  await outgoing.close();
  await w?.close();
});
beforeEach(async () => {
  received = [];
  failing = false;
  receiver = await startPeer(async (request, response) => {
    const { type, data } = message.parse(JSON.parse((await got(request)).body));
    if (!failing) received.push(...data.checks.map(({ id }) => `${type.replace('checks.', '')} ${id}`));
    response.writeHead(failing ? 500 : 204).end();
  });
});
afterEach(() => receiver.close());

/** Connects the provider as a new process does, which does not know the messages sent before. */
function connectProvider(): Provider {
  return webhookKind.connect(
    webhookKind.settings.parse({ url: receiver.url }),
    webhookKind.credentials.parse({ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
    { fetch: outgoing.fetch, publicUrl: 'https://lull.example.com', now: () => w.clock.now() },
  );
}

test('a system whose state cannot be read gets each change once, and again from a process that takes over', async () => {
  const lull = connectProvider();
  const short = await windows.begin(['db-1'], 1);
  const long = await windows.begin(['db-1'], 2);
  for (let times = 0; times < 3; times++) await windows.reconcile(lull);
  expect(received).toEqual(['off db-1']);
  await windows.extend(long, 30);
  await windows.reconcile(lull);
  expect(received).toEqual(['off db-1', 'off db-1']);
  const successor = connectProvider();
  for (let times = 0; times < 3; times++) await windows.reconcile(successor);
  expect(received).toEqual(['off db-1', 'off db-1', 'off db-1']);
  await windows.end(short);
  await windows.reconcile(successor);
  expect(received.at(-1)).toBe('off db-1');
  await windows.end(long);
  for (let times = 0; times < 3; times++) await windows.reconcile(successor);
  expect(received.slice(3)).toEqual(['on db-1']);
});

test('a system that is down at the end of a window is notified when it is back', async () => {
  const lull = connectProvider();
  const window = await windows.begin(['db-2'], 1);
  await windows.reconcile(lull);
  failing = true;
  await windows.end(window);
  expect(await windows.reconcile(lull)).toContain('answered 500');
  failing = false;
  await windows.closeCircuit();
  expect(await windows.reconcile(lull)).toBeUndefined();
  expect(received).toEqual(['off db-2', 'on db-2']);
});
