import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install, SENTENCE, textOf } from './installation.ts';

const contains = (messages: readonly { text: string; blocks: unknown }[], what: string) =>
  messages.some((message) => textOf(message).includes(what));

describe.each(['socket', 'http'] as const)('the main path, with Slack connected by %s', (mode) => {
  let env: Installation;
  beforeAll(async () => {
    env = await install({ mode });
  });
  afterAll(() => env.close());

  test('a sentence becomes a preview in the time zone of its author', async () => {
    const ana = env.playground.as('ana');
    await ana.command('#deploys', SENTENCE);
    const preview = await ana.waitFor('the preview', () => ana.ephemerals('#deploys').at(-1));
    const text = textOf(preview);
    expect(text).toContain('Postgres upgrade');
    expect(text).toMatch(/02:00 – 04:00 \(America\/New_York\)/);
    expect(text).toMatch(/UTC/);
    expect(text).toContain('2 h');
    expect(text).toContain('3: api canary, api health, api latency');
    expect(text).toContain('<#C0OPS00001>');
    expect(await env.api('GET', '/api/v1/maintenances')).toMatchObject({ body: { items: [] } });
  });

  test('pressing Schedule twice creates one maintenance with one message in each subscribed channel', async () => {
    const ana = env.playground.as('ana');
    const preview = ana.ephemerals('#deploys').at(-1);
    if (preview === undefined) throw new Error('no preview');
    await Promise.allSettled([ana.press(preview, 'draft.schedule'), ana.press(preview, 'draft.schedule')]);
    await ana.waitFor(
      'the announcements',
      () => ana.messages('#ops').length === 1 && ana.messages('#status').length === 1,
    );
    const [ops] = ana.messages('#ops');
    const [status] = ana.messages('#status');
    expect(textOf(ops)).toContain('Scheduled: Postgres upgrade');
    expect(textOf(ops)).toContain('Start now');
    expect(textOf(status)).not.toContain('Start now');
    expect(textOf(status)).not.toContain('checks');
    const { body } = await env.api('GET', '/api/v1/maintenances');
    expect(body.items).toHaveLength(1);
    // The two presses may be answered in any order.
    await ana.waitFor('the confirmation', () => textOf(ana.ephemerals('#deploys').at(-1)).includes('as maintenance'));
  });

  test('at the start the message changes, the thread has a note, services are down and checks muted', async () => {
    const ana = env.playground.as('ana');
    await env.jump();
    const channel = await ana.waitFor('the turned message', () => {
      const messages = ana.messages('#ops');
      return textOf(messages[0]).includes('In progress') && contains(messages, 'Started. It ends')
        ? messages
        : undefined;
    });
    expect(contains(channel, '*Postgres upgrade* starts')).toBe(true);
    const [ops] = channel;
    if (ops === undefined) throw new Error('no announcement');
    await ana.waitFor('the whole thread', () => contains(ana.thread(ops), 'Switched off'));
    const thread = ana.thread(ops).map(textOf).join('\n');
    expect(thread).toContain('Started. It ends');
    expect(thread).toContain('Switched off: api health, api latency');
    expect(thread).toContain('left as they are: api canary');
    const checks = (await env.api('GET', '/api/v1/checks')).body.items;
    const health = checks.find((check: { name: string }) => check.name === 'api health');
    expect(health).toMatchObject({ enabled: false, muted_by: [expect.any(Number)] });
    const services = (await env.api('GET', '/api/v1/services')).body.items;
    expect(services.find((service: { name: string }) => service.name === 'api')).toMatchObject({ status: 'down' });
    await env.settle();
    const [status] = ana.messages('#status');
    if (status === undefined) throw new Error('no public announcement');
    expect([...ana.messages('#status'), ...ana.thread(status)].map(textOf).join()).not.toContain('api health');
  });

  test('at the end checks are unmuted, and the message shows that the window is over', async () => {
    const ana = env.playground.as('ana');
    await env.jump();
    const [ops] = await ana.waitFor('the last state', () => {
      const messages = ana.messages('#ops');
      return textOf(messages[0]).includes('Done') && contains(messages, 'Ended as planned') ? messages : undefined;
    });
    if (ops === undefined) throw new Error('no announcement');
    await ana.waitFor('the whole thread', () => contains(ana.thread(ops), 'Switched on again'));
    const thread = ana.thread(ops).map(textOf).join('\n');
    expect(thread).toContain('Ended as planned');
    expect(thread).toContain('Switched on again: api health, api latency');
    expect(thread).toContain('Left off, as they were before: api canary');
    const checks = (await env.api('GET', '/api/v1/checks')).body.items;
    const enabled = Object.fromEntries(
      checks.map((check: { name: string; enabled: boolean }) => [check.name, check.enabled]),
    );
    expect(enabled).toMatchObject({ 'api health': true, 'api latency': true, 'api canary': false });
  });
});
