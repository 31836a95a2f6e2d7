import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Playground, startPlayground } from '../../../src/playground/server.ts';

interface ReceivedRequest {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

let server: Server;
let playground: Playground;
let requests: ReceivedRequest[];
let answer: { status: number; body: string } | 'silent';

beforeEach(async () => {
  requests = [];
  answer = { status: 200, body: '' };
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({ headers: request.headers, body });
    if (answer === 'silent') return;
    if (body.includes('url_verification')) response.end(JSON.parse(body).challenge);
    else response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  playground = await startPlayground({
    port: 0,
    eventsUrl: `http://127.0.0.1:${port}/slack/events`,
    redeliveryMs: [0, 20, 40],
  });
});
afterEach(async () => {
  await playground.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const signed = ({ headers, body }: ReceivedRequest): string =>
  `v0=${createHmac('sha256', playground.signingSecret)
    .update(`v0:${headers['x-slack-request-timestamp']}:${body}`)
    .digest('hex')}`;

describe('a signed request', () => {
  it('has a signature and a timestamp', async () => {
    await playground.as('ana').command('#ops', '/maintenance list');
    const [command] = requests;
    if (command === undefined) throw new Error('no request arrived');
    expect(command.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(command.headers['x-slack-signature']).toBe(signed(command));
    expect(Number(command.headers['x-slack-request-timestamp'])).toBeCloseTo(Date.now() / 1000, -1);
    expect(new URLSearchParams(command.body).get('text')).toBe('list');
  });

  it('can have a wrong timestamp', async () => {
    playground.faults.skewRequests(400);
    await playground.as('ana').command('#ops', '/maintenance list');
    expect(Number(requests[0]?.headers['x-slack-request-timestamp']) - Date.now() / 1000).toBeGreaterThan(390);
  });

  it('verifies the URL with a challenge', async () => {
    expect(await playground.verifyEventsUrl()).toBe(true);
  });

  it('for an event is redelivered with number and reason until it gets 200', async () => {
    answer = { status: 500, body: '' };
    const ana = playground.as('ana');
    ana.say('#ops', 'hello');
    await ana.waitFor('the last try', () => requests.length === 4);
    expect(requests.map((each) => each.headers['x-slack-retry-num'])).toEqual([undefined, '1', '2', '3']);
    expect(requests.at(-1)?.headers['x-slack-retry-reason']).toBe('http_error');
    expect(new Set(requests.map((each) => JSON.parse(each.body).event_id)).size).toBe(1);
  });

  it('that fails is reported to the person', async () => {
    const ana = playground.as('ana');
    answer = { status: 500, body: '' };
    expect(await ana.command('#ops', '/maintenance')).toEqual({ error: 'http_service_error' });
    answer = { status: 404, body: '' };
    expect(await ana.command('#ops', '/maintenance')).toEqual({ error: 'http_client_error' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await ana.command('#ops', '/maintenance')).toEqual({ error: 'dispatch_failed' });
  });

  it('times out after three seconds', { timeout: 15_000 }, async () => {
    answer = 'silent';
    expect(await playground.as('ana').command('#ops', '/maintenance')).toEqual({ error: 'operation_timeout' });
  });

  it('may be answered with text or an in-channel message', async () => {
    const ana = playground.as('ana');
    answer = { status: 200, body: 'plain words' };
    await ana.command('#ops', '/maintenance');
    expect(ana.ephemerals('#ops').at(-1)?.text).toBe('plain words');
    answer = { status: 200, body: JSON.stringify({ response_type: 'in_channel', text: 'for all' }) };
    await ana.command('#ops', '/maintenance');
    expect(playground.as('jonas').messages('#ops').at(-1)?.text).toBe('for all');
    answer = { status: 200, body: JSON.stringify({ blocks: [{ type: 'nonsense' }] }) };
    expect(await ana.command('#ops', '/maintenance')).toEqual({ error: 'invalid_response' });
  });
});
