import { z } from 'zod';

// An OpenAPI document, as far as a person reads it. What it says besides is passed over.

const reference = z.object({ $ref: z.string() });

export interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly format?: string | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Schema | undefined;
  readonly allOf?: readonly Schema[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    default: z.unknown().optional(),
    example: z.unknown().optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    items: schema.optional(),
    allOf: z.array(schema).optional(),
    anyOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
  }),
);

const content = z.record(z.string(), z.object({ schema: schema.optional() }));

const operation = z.object({
  operationId: z.string(),
  summary: z.string().default(''),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        description: z.string().optional(),
        schema: schema.default({}),
      }),
    )
    .default([]),
  requestBody: z.object({ content, required: z.boolean().default(false) }).optional(),
  responses: z.record(
    z.string(),
    z.union([reference, z.object({ description: z.string(), content: content.optional() })]),
  ),
});

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export const description = z.object({
  info: z.object({ title: z.string(), description: z.string().default('') }),
  tags: z.array(z.object({ name: z.string(), description: z.string().default('') })).default([]),
  paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), operation)),
  components: z.object({ schemas: z.record(z.string(), schema).default({}) }),
});
export type Description = z.infer<typeof description>;

export interface Operation extends z.infer<typeof operation> {
  readonly method: string;
  readonly path: string;
}

/** What every operation can be, under what it is about, in the order of the document. */
export function grouped({ paths, tags }: Description): { name: string; about: string; operations: Operation[] }[] {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): Operation[] => {
      const found = item[method];
      return found === undefined ? [] : [{ ...found, method, path }];
    }),
  );
  const about = new Map(tags.map((tag) => [tag.name, tag.description]));
  const names = new Set([...about.keys(), ...all.map(tagOf)]);
  return [...names]
    .map((name) => ({ name, about: about.get(name) ?? '', operations: all.filter((each) => tagOf(each) === name) }))
    .filter(({ operations }) => operations.length > 0);
}

/** An operation without a tag stands under the first word of its path. */
function tagOf({ tags: [first], path }: Pick<Operation, 'tags' | 'path'>): string {
  return first ?? path.split('/')[1] ?? path;
}
