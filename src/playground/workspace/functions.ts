import { z } from 'zod';

// What an app offers to the workflows of a workspace: https://docs.slack.dev/tools/bolt-js/tutorials/custom-steps.

/** The types of parameters that this workspace knows, of those that Slack has: https://docs.slack.dev/reference/types. */
const VALUES = {
  string: z.string(),
  boolean: z.boolean(),
  integer: z.int(),
  number: z.number(),
  'slack#/types/user_id': z.string().regex(/^[UW][A-Z0-9]+$/),
  'slack#/types/channel_id': z.string().regex(/^[CG][A-Z0-9]+$/),
  /** Seconds since 1970. */
  'slack#/types/timestamp': z.int().nonnegative(),
  /** Whoever set the workflow off. Slack fills it in; nobody who builds a workflow can. */
  'slack#/types/user_context': z.object({ id: z.string(), secret: z.string() }),
} as const;
export type ParameterType = keyof typeof VALUES;
const TYPES = Object.keys(VALUES) as [ParameterType, ...ParameterType[]];

const parameter = z.strictObject({
  type: z.enum(TYPES),
  name: z.string().optional(),
  title: z.string().min(1).max(255).optional(),
  description: z.string().max(255).default(''),
  hint: z.string().max(255).optional(),
  is_required: z.boolean().default(false),
});

const parameters = z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/), parameter);
export type Parameters = z.output<typeof parameters>;

export const appFunction = z.strictObject({
  title: z.string().min(1).max(255),
  description: z.string().max(255).default(''),
  input_parameters: parameters.default({}),
  output_parameters: parameters.default({}),
});
export type AppFunction = z.output<typeof appFunction>;

/** What is wrong with values for these parameters, a line each. */
export function parameterProblems(parameters: Parameters, values: Readonly<Record<string, unknown>>): string[] {
  const unknown = Object.keys(values).filter((name) => !(name in parameters));
  return [
    ...unknown.map((name) => `${name} is no parameter of this function`),
    ...Object.entries(parameters).flatMap(([name, { type, is_required }]) => {
      const value = values[name];
      if (value === undefined || value === null) return is_required ? [`missing required parameter: ${name}`] : [];
      return VALUES[type].safeParse(value).success ? [] : [`${name} is no ${type}: ${JSON.stringify(value)}`];
    }),
  ];
}
