import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type World, world } from '../../world.ts';
import { calling } from './calling.ts';

const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), schema: z.object().loose() })).default([]),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
});
const document = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  tags: z.array(z.object({ name: z.string(), description: z.string().min(10) })),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

let w: World;
let described: z.infer<typeof document>;
beforeAll(async () => {
  w = await world();
  described = document.parse((await calling(w).anonymous('/openapi.json')).body);
});
afterAll(() => w.close());

const operations = () =>
  Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ path, method, ...described })),
  );

test('every operation has a unique id and a summary', () => {
  const ids = operations().map(({ operationId }) => operationId);
  expect(ids).toContain('listMaintenances');
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id))).toEqual([]);
});

test('every operation has a tag with a description', () => {
  const parts = described.tags.map(({ name }) => [name]);
  for (const { path, tags } of operations()) expect(parts, path).toContainEqual(tags);
});

test('every operation documents its headers and failures', () => {
  for (const { path, method, parameters, responses } of operations()) {
    const headers = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
    const where = `${method} ${path}`;
    expect([where, headers.includes('Idempotency-Key')]).toEqual([where, method === 'post']);
    expect([where, headers.includes('If-None-Match')]).toEqual([where, method === 'get']);
    expect([where, Object.keys(responses)]).toEqual([where, expect.arrayContaining(['400', '401', '429', '500'])]);
    for (const name of path.match(/(?<=\{)[^}]+/g) ?? []) {
      expect(parameters).toContainEqual(expect.objectContaining({ in: 'path', name, required: true }));
    }
  }
});

test('there is one schema of errors', () => {
  expect(Object.keys(described.components.schemas).filter((name) => /problem|error/i.test(name))).toEqual(['Problem']);
});
