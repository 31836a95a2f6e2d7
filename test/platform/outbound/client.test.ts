import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  NOTHING_ALLOWED,
  NOTHING_FOR_TENANTS,
  parseAllowedAddresses,
} from '../../../src/platform/outbound/addresses.ts';
import { OutboundClient, OutboundError, type OutboundOptions } from '../../../src/platform/outbound/client.ts';
import { readTrust } from '../../../src/platform/outbound/trust.ts';
import { type Got, got, type Peer, readCertificate, startPeer } from './peer.ts';

/** Answers of an attacker's resolver, one list per lookup; other names go to the real resolver. */
const answers = new Map<string, string[][]>();

/** Replaces the system's resolver in each of its call forms. */
function resolve(host: string, ...rest: readonly unknown[]): void {
  const next = answers.get(host)?.shift();
  const done = rest.at(-1);
  if (next === undefined || typeof done !== 'function') Reflect.apply(lookup, dns, [host, ...rest]);
  else
    done(
      null,
      next.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
}
const { lookup } = dns;
beforeAll(() => {
  Object.assign(dns, { lookup: resolve });
  syncBuiltinESMExports();
});
afterAll(() => {
  Object.assign(dns, { lookup });
  syncBuiltinESMExports();
});

let peer: Peer;
let other: Peer;
let secure: Peer;
const received: Got[] = [];
const open: OutboundClient[] = [];

beforeAll(async () => {
  peer = await startPeer(async (request, response) => {
    received.push(await got(request));
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://peer');
    if (pathname === '/redirect') {
      response.writeHead(Number(searchParams.get('status') ?? 302), { location: searchParams.get('to') ?? '/' }).end();
    } else if (pathname === '/circle') {
      response.writeHead(302, { location: '/circle' }).end();
    } else if (pathname === '/large') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(100_000)));
    } else if (pathname === '/endless') {
      response.write('a');
      const writing = setInterval(() => response.write('a'.repeat(1000)), 1);
      response.on('close', () => clearInterval(writing));
    } else if (pathname === '/hang') {
      response.write('some of it');
    } else if (pathname === '/empty') {
      response.writeHead(204).end();
    } else {
      response.writeHead(pathname === '/missing' ? 404 : 200, { 'content-type': 'text/plain' }).end('hello');
    }
  });
  other = await startPeer(async (request, response) => {
    received.push(await got(request));
    response.end('other');
  });
  secure = await startPeer(async (request, response) => {
    received.push(await got(request));
    response.end('secure');
  }, 'https');
});
beforeEach(() => {
  received.length = 0;
  answers.clear();
});
afterAll(async () => {
  await Promise.all([...open.map((each) => each.close()), peer.close(), other.close(), secure.close()]);
});

function outgoing(list = '', options: Partial<OutboundOptions> = {}): OutboundClient {
  const read = parseAllowedAddresses(list);
  const made = new OutboundClient({ allowed: 'allowed' in read ? read.allowed : NOTHING_ALLOWED, ...options });
  open.push(made);
  return made;
}

async function failure(answer: Promise<Response>): Promise<OutboundError> {
  const error = await answer.then(
    () => new Error('it was answered'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OutboundError)) throw error;
  return error;
}

describe('a request', () => {
  it('sends its method, headers and body, and gets the complete response', async () => {
    const answer = await outgoing('127.0.0.1').fetch(`${peer.url}/path?q=1`, {
      method: 'PUT',
      headers: { authorization: 'Bearer t' },
      body: '{"a":1}',
    });
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
      200,
      'hello',
      'text/plain',
    ]);
    expect(received).toMatchObject([
      {
        method: 'PUT',
        path: '/path?q=1',
        body: '{"a":1}',
        headers: { authorization: 'Bearer t', 'user-agent': 'Lull' },
      },
    ]);
  });

  it('returns error statuses and empty responses as they are', async () => {
    const { fetch } = outgoing('127.0.0.1');
    expect((await fetch(`${peer.url}/missing`)).status).toBe(404);
    expect(await (await fetch(`${peer.url}/empty`)).text()).toBe('');
  });

  it('ends when its signal aborts or its timeout passes, also in the middle of a response', async () => {
    const mine = await failure(outgoing('127.0.0.1').fetch(`${peer.url}/hang`, { signal: AbortSignal.timeout(50) }));
    expect([mine.reason, mine.message]).toEqual(['late', `127.0.0.1:${peer.port} did not answer in time.`]);
    expect((await failure(outgoing('127.0.0.1', { timeoutMs: 50 }).fetch(`${peer.url}/hang`))).reason).toBe('late');
  });

  it('reads no more than the limit of a response, compressed or endless', async () => {
    const { fetch } = outgoing('127.0.0.1', { maxResponseBytes: 50_000 });
    for (const path of ['/large', '/endless']) {
      const error = await failure(fetch(peer.url + path));
      expect([error.reason, error.message]).toEqual([
        'answer',
        `127.0.0.1:${peer.port} answered with more than 50000 bytes.`,
      ]);
    }
  });

  it('reports that nothing answers', async () => {
    const gone = await startPeer(() => {});
    await gone.close();
    const refused = await failure(outgoing('127.0.0.1').fetch(gone.url));
    expect([refused.reason, refused.message]).toEqual(['unreachable', `Nothing answers at 127.0.0.1:${gone.port}.`]);
  });

  it('never reveals more of a URL than its host', async () => {
    const { fetch } = outgoing();
    const told = await Promise.all([
      failure(fetch(`${peer.url}/secret?token=secret`)),
      failure(fetch('ftp://secret@example.com/secret')),
      failure(fetch('https://user:secret@example.com/')),
      failure(fetch('not an address: secret')),
    ]);
    expect(told.map((error) => error.reason)).toEqual(Array(4).fill('forbidden'));
    expect(told.map((error) => error.message).join('\n')).not.toContain('secret');
  });
});

describe('the target of a request', () => {
  it.each([
    ['127.0.0.1'],
    ['2130706433'],
    ['0x7f000001'],
    ['0x7f.1'],
    ['0177.0.0.1'],
    ['127.1'],
    ['0'],
    ['[::1]'],
    ['[::ffff:127.0.0.1]'],
    ['[::]'],
    ['127.0.0.1.'],
    ['localhost'],
    ['①②⑦.⓪.⓪.①'],
  ])('cannot be this machine, written as %s', async (host) => {
    const error = await failure(outgoing().fetch(`http://${host}:${peer.port}/`));
    expect([error.reason, error.message]).toEqual(['forbidden', expect.stringContaining('this machine itself')]);
    expect(received).toEqual([]);
  });

  it('can be a configured address, or a configured name with any address', async () => {
    expect((await outgoing('127.0.0.0/8').fetch(peer.url)).status).toBe(200);
    expect((await outgoing('localhost').fetch(`http://localhost:${peer.port}`)).status).toBe(200);
    expect((await failure(outgoing('localhost').fetch(peer.url))).reason).toBe('forbidden');
  });

  it('can be allowed, as the error explains', async () => {
    expect((await failure(outgoing().fetch('http://10.0.0.5/'))).message).toBe(
      '10.0.0.5 is not asked: it is a private address. If that is meant, whoever runs Lull allows it with LULL_ALLOWED_ADDRESSES=10.0.0.5.',
    );
  });

  it('cannot be allowed where several workspaces share Lull', async () => {
    const shared = new OutboundClient({ allowed: NOTHING_FOR_TENANTS });
    expect((await failure(shared.fetch('http://10.0.0.5/'))).message).toBe(
      '10.0.0.5 is not asked: it is a private address. Where several workspaces share Lull, only addresses on the open internet can be used.',
    );
    await shared.close();
  });

  it('is checked for every address of a name, without revealing it', async () => {
    answers.set('two.example.com', [['8.8.8.8', '10.9.8.7']]);
    const error = await failure(outgoing().fetch(`http://two.example.com:${peer.port}/`));
    expect(error.message).toMatch(/^two\.example\.com is not asked: it is a private address\./);
    expect(error.message).not.toContain('10.9.8.7');
  });

  it('is checked for every connection, which uses the checked address', async () => {
    // A second lookup for the connection itself would get the second answer.
    answers.set('turns.example.com', [['127.0.0.1'], ['10.9.8.7']]);
    const here = outgoing('127.0.0.1');
    const url = `http://turns.example.com:${peer.port}`;
    expect(await (await here.fetch(`${url}/`, { headers: { connection: 'close' } })).text()).toBe('hello');
    expect(answers.get('turns.example.com')).toHaveLength(1);
    await here.close();
    expect((await failure(here.fetch(`${url}/`))).reason).toBe('forbidden');
    expect(received).toHaveLength(1);
  });
});

describe('a redirect', () => {
  const to = (where: string, status = 302) => `${peer.url}/redirect?status=${status}&to=${encodeURIComponent(where)}`;

  it('on the same server is followed with the headers and body of the request', async () => {
    const { fetch } = outgoing('127.0.0.1');
    await fetch(to('/there'), { headers: { 'x-api-key': 'k' } });
    await fetch(to('/there', 307), { method: 'PUT', headers: { 'x-api-key': 'k' }, body: 'b' });
    expect(received.filter(({ path }) => path === '/there')).toMatchObject([
      { method: 'GET', headers: { 'x-api-key': 'k' } },
      { method: 'PUT', headers: { 'x-api-key': 'k' }, body: 'b' },
    ]);
  });

  it('to another server is followed without headers that identify the sender', async () => {
    const headers = { authorization: 'Bearer t', cookie: 'c=1', 'x-api-key': 'k', accept: 'application/json' };
    const answer = await outgoing('127.0.0.1').fetch(to(`${other.url}/there`), { headers });
    expect(await answer.text()).toBe('other');
    const { headers: arrived = {} } = received.at(-1) ?? {};
    expect(arrived).toMatchObject({ accept: 'application/json', 'user-agent': 'Lull' });
    for (const name of ['authorization', 'cookie', 'x-api-key']) expect(arrived).not.toHaveProperty(name);
  });

  it('cannot lead to a blocked address', async () => {
    const { fetch } = outgoing('127.0.0.1');
    for (const where of ['http://10.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/latest', 'file:///etc/passwd']) {
      expect((await failure(fetch(to(where)))).reason, where).toBe('forbidden');
    }
    expect((await failure(fetch(to(`http://u:p@127.0.0.1:${other.port}/`)))).reason).toBe('forbidden');
    expect(received.every(({ path }) => path.startsWith('/redirect'))).toBe(true);
  });

  it('is not followed if a POST would become a GET or be sent to another server', async () => {
    const { fetch } = outgoing('127.0.0.1');
    for (const url of [to('/there', 301), to('/there', 302), to('/there', 303), to(`${other.url}/`, 307)]) {
      expect((await failure(fetch(url, { method: 'POST', body: 'secret' }))).reason, url).toBe('answer');
    }
    expect(received).toHaveLength(4);
  });

  it('is not followed endlessly, or against the option of the caller', async () => {
    const { fetch } = outgoing('127.0.0.1');
    expect((await failure(fetch(`${peer.url}/circle`))).reason).toBe('answer');
    expect(received).toHaveLength(6);
    expect((await failure(fetch(to('/there'), { redirect: 'error' }))).reason).toBe('answer');
    expect((await fetch(to('/there'), { redirect: 'manual' })).status).toBe(302);
    expect(received).toHaveLength(8);
  });
});

describe('a certificate', () => {
  const FINGERPRINT =
    'sha256 Fingerprint=95:E3:1E:3D:E9:94:4B:4F:5F:7D:06:07:B3:D1:9F:E8:1F:A4:F0:18:F1:37:C9:DD:C8:0D:F8:49:08:15:B7:F2';

  it('that is self-signed is not trusted', async () => {
    const error = await failure(outgoing('localhost').fetch(`https://localhost:${secure.port}/`));
    expect([error.reason, error.message]).toEqual([
      'unreachable',
      `The certificate of localhost:${secure.port} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).`,
    ]);
    expect(received).toEqual([]);
  });

  it('is trusted if it is the configured one, for its own host only', async () => {
    const { fetch } = outgoing('localhost,127.0.0.1');
    const trust = readTrust(`\n${readCertificate()}\n`);
    expect(await (await fetch(`https://localhost:${secure.port}/`, {}, trust)).text()).toBe('secure');
    expect((await failure(fetch(`${secure.url}/`, {}, trust))).message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('is trusted by its fingerprint for any host name, and another certificate gets no request', async () => {
    const { fetch } = outgoing('127.0.0.1');
    expect(await (await fetch(`${secure.url}/a`, {}, readTrust(FINGERPRINT))).text()).toBe('secure');
    expect(await (await fetch(`${secure.url}/b`, {}, readTrust(FINGERPRINT))).text()).toBe('secure');
    const another = readTrust('AB:'.repeat(31).concat('AB'));
    const error = await failure(fetch(`${secure.url}/c`, { headers: { authorization: 'Bearer t' } }, another));
    expect(error.message).toBe('127.0.0.1 shows another certificate than the one with the fingerprint given.');
    expect(received.map(({ path }) => path)).toEqual(['/a', '/b']);
  });

  it('can be configured as openssl prints it, and in no other form', () => {
    expect(readTrust(FINGERPRINT)).toEqual({ fingerprint: expect.stringMatching(/^[0-9A-F]{64}$/) });
    expect(readTrust(FINGERPRINT.replace(/.*=/, '').toLowerCase())).toEqual(readTrust(FINGERPRINT));
    for (const wrong of [
      '',
      'AB:CD',
      'x'.repeat(64),
      readCertificate().replace('M', '?'),
      readCertificate().slice(0, 200),
    ]) {
      expect(readTrust(wrong), wrong).toBeUndefined();
    }
  });
});
