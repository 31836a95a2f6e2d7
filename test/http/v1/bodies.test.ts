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
