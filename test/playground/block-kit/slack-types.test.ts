import { createRequire } from 'node:module';
import { createGenerator } from 'ts-json-schema-generator';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { block } from '../../../src/playground/block-kit/blocks.ts';

// Slack publishes its blocks as types, in @slack/types. What is checked here must take the same fields.

interface Shape {
  fields: string[];
  required: string[];
}

const schemaNode = z.looseObject({
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});

/** Every object that tells itself by `type`, wherever it stands in a JSON schema. */
function shapes(schema: unknown, found = new Map<string, Shape>()): Map<string, Shape> {
  if (Array.isArray(schema)) for (const each of schema) shapes(each, found);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return found;
  const node = schemaNode.safeParse(schema);
  const type = schemaNode.safeParse(node.data?.properties?.type).data?.const;
  if (node.success && typeof type === 'string') {
    const { properties = {}, required = [] } = node.data;
    const before = found.get(type);
    found.set(type, {
      fields: [...new Set([...Object.keys(properties), ...(before?.fields ?? [])])].sort(),
      required: required.filter((name) => before?.required.includes(name) ?? true).sort(),
    });
  }
  for (const each of Object.values(schema)) shapes(each, found);
  return found;
}

const ours = shapes(z.toJSONSchema(block, { io: 'input', unrepresentable: 'any' }));
const slacks = shapes(
  createGenerator({
    path: createRequire(import.meta.url)
      .resolve('@slack/types')
      .replace(/\.js$/, '.d.ts'),
    type: 'KnownBlock',
    skipTypeCheck: true,
  }).createSchema('KnownBlock'),
);

/** Fields of Slack's that cannot work here: there are no uploaded files. */
const NOT_HERE: Record<string, string[]> = { image: ['slack_file'] };
/** Fields that Slack documents and its types do not have. */
const UNTYPED: Record<string, string[]> = { rich_text_list: ['offset'] };

describe('validated blocks', () => {
  it("are all in Slack's types", () => {
    expect([...ours.keys()].filter((type) => !slacks.has(type))).toEqual([]);
    expect(ours.size).toBeGreaterThan(40);
  });

  it.each([...ours.keys()])('take the fields of %s that Slack takes, and ask for those that Slack asks for', (type) => {
    const mine = ours.get(type);
    const theirs = slacks.get(type);
    expect(mine?.fields.filter((field) => !UNTYPED[type]?.includes(field))).toEqual(
      theirs?.fields.filter((field) => !NOT_HERE[type]?.includes(field)),
    );
    expect(theirs?.required.filter((field) => !mine?.required.includes(field))).toEqual([]);
  });
});
