import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type World, world } from '../../world.ts';
import { ADMIN, type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
beforeAll(async () => {
  w = await world();
  at = calling(w);
});
afterAll(() => w.close());

const said = async (reply: Promise<{ status: number; body: { detail: string } }>) => {
  const { status, body } = await reply;
  return [status, body.detail];
};

describe('an invalid request', () => {
  test.each([
    ['status=nope', 'status is "nope". Expected one of scheduled, in-progress, succeed, failed, canceled.'],
    ['status=failed&status=nope', /^status\.1 is "nope"\. Expected one of/],
    ['scope=abc', 'scope is "abc". Expected the id, a whole number.'],
    ['start_before=yesterday', /^start_before is "yesterday"\. Expected a time that exists/],
    ['start_after=2027-01-01T00:00+00:00', /^start_after is "2027-01-01T00:00 00:00"\. Expected a time/],
  ])('gets an error with the invalid value: ?%s', async (query, detail) => {
    expect(await said(at.get(`/maintenances?${query}`))).toEqual([
      400,
      typeof detail === 'string' ? detail : expect.stringMatching(detail),
    ]);
  });

  test.each([
    [null, 'null'],
    [[], '[]'],
    ['"x"', '"x"'],
    [1, '1'],
  ])('has a body that is not an object: %j', async (body, shown) => {
    expect(await said(at.post('/scopes', body))).toEqual([400, `body is ${shown}. Expected an object.`]);
  });
});

describe('a body', () => {
  const bytes = (path: string, method: string, type: string, body: Uint8Array<ArrayBuffer>, more = {}) =>
    at.send(path, { method, headers: { authorization: `Bearer ${ADMIN}`, 'content-type': type, ...more }, body });

  test('that is not UTF-8 is rejected', async () => {
    const latin = Buffer.from('{"name":"Zürich"}', 'latin1');
    expect(await said(bytes('/scopes', 'POST', 'application/json', latin))).toEqual([
      400,
      'The body is not UTF-8. Send it in UTF-8.',
    ]);
    const told = await bytes('/scopes', 'POST', 'application/json; charset=ISO-8859-1', latin);
    expect(told).toMatchObject({ status: 415, body: { detail: expect.stringContaining('Send JSON in UTF-8') } });
    const whole = Buffer.from('{"name":"Zürich"}');
    expect(await bytes('/scopes', 'POST', 'application/json; charset="UTF-8"', whole)).toMatchObject({
      status: 201,
      body: { name: 'Zürich' },
    });
  });

  test('that is compressed is rejected with the reason', async () => {
    const packed = new Uint8Array(gzipSync('{"name":"Packed"}'));
    expect(await said(bytes('/scopes', 'POST', 'application/json', packed, { 'content-encoding': 'gzip' }))).toEqual([
      415,
      'The body has the Content-Encoding "gzip". Send it as it is, without one.',
    ]);
  });
});

describe('a catalogue in YAML', () => {
  const apply = (yaml: string, type = 'application/yaml') =>
    at.call('PUT', '/catalogue?dry_run=true', yaml, { headers: { 'content-type': type } });

  test('must have the registered media type application/yaml', async () => {
    expect(await apply('services: [{ name: ledger }]')).toMatchObject({
      status: 200,
      body: { changes: [{ section: 'services', name: 'ledger', change: 'add' }] },
    });
    expect(await apply('services: []', 'text/yaml')).toMatchObject({
      status: 415,
      body: { detail: expect.stringContaining('application/yaml') },
    });
  });

  test('can use anchors and merge keys', async () => {
    const yaml = 'services:\n  - &ledger { name: ledger, visibility: internal }\n  - { <<: *ledger, name: books }\n';
    const { status, body } = await apply(yaml);
    expect(status).toBe(200);
    expect(body.changes.map(({ after }: { after: object }) => after)).toMatchObject([
      { name: 'ledger', visibility: 'internal' },
      { name: 'books', visibility: 'internal' },
    ]);
  });

  test.each([
    ['scopes: []\n---\nservices: []\n', 'The body cannot be read. It is more than one document. Send one.'],
    ['scopes: [prod]', 'scopes.0 is "prod". Expected an object.'],
    ['scopes:\n\t- a\n', /^The body cannot be read\. It is not YAML: .*at line 2, column 1\.$/],
    [
      'scopes: [{ name: !secret prod }]',
      /^The body cannot be read\. It is not YAML: Unresolved tag.*line 1, column \d+\.$/,
    ],
  ])('with a mistake is rejected with its position: %j', async (yaml, detail) => {
    expect(await said(apply(yaml))).toEqual([400, typeof detail === 'string' ? detail : expect.stringMatching(detail)]);
  });
});

describe('a large body', () => {
  const yaml = { headers: { 'content-type': 'application/yaml' } };
  const keys = (count: number) => Array.from({ length: count }, (_, index) => `key${index}: 1`).join('\n');

  test('in YAML with a duplicate among thousands of keys is rejected with its position', async () => {
    const text = `${keys(9_000)}\nkey0: 1\n`;
    expect(await said(at.call('PUT', '/catalogue', text, yaml))).toEqual([
      400,
      'The body cannot be read. It is not YAML: Map keys must be unique at line 9001, column 1.',
    ]);
  });

  test.each([
    ['more keys than a body may have', `${keys(20_000)}\n`, 'more than 10000 entries'],
    ['lists in lists', `scopes: ${'['.repeat(100)}${']'.repeat(100)}\n`, 'more than 32 levels'],
    ['aliases that expand', `${expanding(9)}scopes: *a9\n`, 'alias'],
  ])('in YAML with %s is rejected', async (_, text, detail) => {
    expect(await said(at.call('PUT', '/catalogue', text, yaml))).toEqual([400, expect.stringContaining(detail)]);
  });

  test('in YAML is not parsed for somebody who may not apply a catalogue', async () => {
    const token = await at.token('read');
    expect(await at.call('PUT', '/catalogue', '{ not: [ YAML', { ...yaml, token })).toMatchObject({ status: 403 });
  });

  test.each([
    ['lists in lists', '['.repeat(400_000), ']'.repeat(400_000), 'more than 32 levels'],
    ['objects in objects', '{"a":'.repeat(90_000), `1${'}'.repeat(90_000)}`, 'more than 32 levels'],
    ['a long list', `{"services":[${'1,'.repeat(300_000)}1]`, '}', 'more than 10000 entries'],
    ['many short lists', `{"a":[${`[${'1,'.repeat(98)}1],`.repeat(1_100)}[]]`, '}', 'more than 100000 values'],
  ])('in JSON with %s is rejected', async (_, opening, closing, detail) => {
    const headers = { 'content-type': 'application/json' };
    expect(await said(at.call('POST', '/maintenances', `${opening}${closing}`, { headers }))).toEqual([
      400,
      expect.stringContaining(detail),
    ]);
  });

  test('of nothing but mistakes is rejected with the first hundred', async () => {
    const services = Array.from({ length: 5_000 }, () => ({ name: 1 }));
    const { status, body } = await at.call('PUT', '/catalogue', { services });
    expect([status, body.errors.length]).toEqual([400, 100]);
  });

  test('with unknown entries is rejected with the first hundred', async () => {
    const services = Array.from({ length: 300 }, (_, index) => ({ name: `service ${index}`, scope: 'Nowhere' }));
    const { status, body } = await at.call('PUT', '/catalogue', { services });
    expect([status, body.errors.length]).toEqual([400, 100]);
  });
});

/** Definitions of lists, each with ten times the one before. */
function expanding(count: number): string {
  const lists = Array.from({ length: count }, (_, index) => {
    const item = index === 0 ? 'x' : `*a${index}`;
    return `a${index + 1}: &a${index + 1} [${Array(10).fill(item).join(', ')}]\n`;
  });
  return lists.join('');
}

describe('a service', () => {
  test('cannot move to a scope with a service of the same name', async () => {
    const { body: scope } = await at.post('/scopes', { name: 'Staging' });
    await at.post('/services', { name: 'cart', scope: scope.id });
    const { body: other } = await at.post('/services', { name: 'cart' });
    expect(await at.call('PATCH', `/services/${other.id}`, { scope: scope.id })).toMatchObject({
      status: 409,
      body: {
        errors: [{ field: 'scope', code: 'service-name-taken', params: { name: 'cart' } }],
      },
    });
  });
});
