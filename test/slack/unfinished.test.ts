import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { HTTPReceiver } from '@slack/bolt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HttpServer } from '../../src/http/server.ts';
import { SignedRequests } from '../../src/slack/signed-requests.ts';
import { silent } from '../world.ts';

const SECRET = 'the-signing-secret';
/** Answers whatever is passed to it. */
class Answering extends HTTPReceiver {
  override requestListener = (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).end();
}

let server: Server;
let port: number;
let received = 0;
beforeAll(async () => {
  const receiver = new Answering({ signingSecret: SECRET });
  const signed = new SignedRequests(receiver, { signingSecret: SECRET, proxies: 1, log: silent });
  server = createServer((request, response) => {
    received += 1;
    void signed.deliver(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const BODY = '{"type":"url_verification"}';
function signatureOf(body: string, secret = SECRET) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}

async function post(headers: Record<string, string>, body = BODY, from = '192.0.2.1'): Promise<number> {
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  const all = { 'content-type': 'application/json', 'x-forwarded-for': from, ...length, ...headers };
  const sent = request({ port, method: 'POST', path: '/slack/events', headers: all, agent: false });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  answer.resume();
  return answer.statusCode;
}

/** Sends the headers of a request and the first byte of its body. */
async function sendUnfinished(headers: Record<string, string>): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  const lines = Object.entries({ 'content-length': '200000', ...headers }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST /slack/events HTTP/1.1\r\nHost: x\r\n${lines.join('\r\n')}\r\n\r\n{`);
  return socket;
}

test('without the headers of a signature a request is refused before its body', async () => {
  for (const headers of [{}, { ...signatureOf(BODY), 'x-slack-signature': 'v0=x' }]) {
    const socket = await sendUnfinished(headers);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  }
});

test('of 150 bodies that never end few are held, and a signed request is served while they are', async () => {
  const before = received;
  const sockets = await Promise.all(
    Array.from({ length: 150 }, () => sendUnfinished({ ...signatureOf('x'), 'x-forwarded-for': '192.0.2.9' })),
  );
  while (received < before + 150) await new Promise((resolve) => setTimeout(resolve, 10));
  const closed = () => sockets.filter(({ destroyed, readableEnded }) => destroyed || readableEnded).length;
  while (closed() < 150 - 64) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await post(signatureOf(BODY))).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test('a body of more than 256 KB is refused', async () => {
  const large = JSON.stringify({ text: 'x'.repeat(300_000) });
  expect(await post(signatureOf(large), large)).toBe(413);
  const allowed = JSON.stringify({ text: 'x'.repeat(250_000) });
  expect(await post(signatureOf(allowed), allowed)).toBe(200);
});

test('an address that sends many requests with a wrong signature must wait; a right one of it is served', async () => {
  const wrong = () => post(signatureOf(BODY, 'another'), BODY, '192.0.2.3');
  const statuses: number[] = [];
  for (let n = 0; n < 32; n++) statuses.push(await wrong());
  expect(statuses).toEqual([...Array(30).fill(401), 429, 429]);
  expect(await post(signatureOf(BODY), BODY, '192.0.2.3')).toBe(200);
  expect(await post(signatureOf(BODY, 'another'), BODY, '192.0.2.4')).toBe(401);
});

test('Lull listens on the address that it is told', async () => {
  const lull = new HttpServer();
  const listening = await lull.listen(0, '127.0.0.1');
  const reach = async (host: string) => {
    const socket = connect(listening, host);
    const reached = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    return reached;
  };
  expect([await reach('127.0.0.1'), await reach('127.0.0.2')]).toEqual([true, false]);
  await lull.close();
});
