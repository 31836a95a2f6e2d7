import { z } from 'zod';
import { isPointer } from './pointer.ts';

const pointer = z
  .string()
  .refine(isPointer, 'Expected: a JSON Pointer such as /data/status, or nothing for the whole answer.');
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const request = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).describe('The HTTP method.'),
  url: z
    .string()
    .regex(
      /^https?:\/\/[^{}/?#\s]+([/?]\S*)?$/,
      'Expected: an address with a fixed host, such as https://example.com/checks/{check}.',
    )
    .describe('The whole address, such as https://example.com/checks/{check}.'),
  headers: z
    .record(z.string().regex(/^[\w-]+$/), z.string())
    .optional()
    .describe('More headers for this request.'),
  json: z.json().optional().describe('What is sent, as JSON.'),
  form: z.record(z.string(), z.string()).optional().describe('What is sent, as a form.'),
  accepts: z
    .array(z.int().min(200).max(599))
    .optional()
    .describe('Statuses beside 200 to 299 that mean that it is done, such as 409 where that says "it is so already".'),
});

const values = {
  off: z.array(scalar).min(1).optional().describe('What stands there when a check is off.'),
  on: z.array(scalar).min(1).optional().describe('What stands there when a check is on.'),
  failing: z
    .array(scalar)
    .min(1)
    .optional()
    .describe('What stands where "failing" leads when what a check watches fails.'),
};

const failing = pointer.describe('Where it shows whether what the check watches fails.');

const change = request.extend({
  shows: pointer.optional().describe('Where the answer itself shows the new state, if it does.'),
});

const state = request.extend({
  state: pointer.describe('Where the answer shows the state.'),
  failing: failing.optional(),
});

const result = request.extend({ failing });

const paged = request.extend({
  items: pointer.describe('Where the list is in the answer.'),
  next: pointer.optional().describe('Where the answer shows the address of the next page.'),
  firstPage: z.int().min(0).default(1).describe('The number of the first page, for {page} in the address.'),
});

const list = paged.extend({
  id: pointer.describe('Where, in an item, its id is.'),
  name: pointer.describe('Where its name is.'),
  tags: pointer.optional().describe('Where its tags are: a list of texts or of objects with a name, or one text.'),
  state: pointer.optional().describe('Where its state is.'),
  failing: failing.optional(),
});

/** A system in which a check is on or off, described by its requests. */
export const switchDescription = z.strictObject({
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string()).default({}),
  off: change,
  on: change,
  state: state.optional(),
  result: result.optional(),
  list: list.optional(),
  states: z.strictObject(values).default({}),
  atOnce: z.int().min(1).max(20).default(4),
});

/** A system of windows that lie over checks, described by its requests. */
export const downtimeDescription = z.strictObject({
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string()).default({}),
  /** Every window that may be Lull's, whatever became of it. */
  find: paged.extend({
    id: pointer,
    /** Where it says which check it is over. */
    check: pointer,
    /** Where it shows the comment it was put with. */
    comment: pointer,
    state: pointer,
    /** The states of one that is in force. */
    lying: z.array(scalar),
  }),
  /** With `{check}`, `{until}` (UTC, ISO 8601) and `{comment}`. */
  put: request,
  /** With `{downtime}`, its id, `{until}` and `{comment}`. */
  change: request,
  /** With `{downtime}`. */
  cancel: request,
  result: result.optional(),
  list: list.optional(),
  states: z.strictObject({ failing: values.failing }).default({}),
  atOnce: z.int().min(1).max(20).default(4),
});

export type HttpRequest = z.output<typeof request>;
export type Paged = z.output<typeof paged>;
export type Result = z.output<typeof result>;
export type List = z.output<typeof list>;
export type SwitchDescription = z.output<typeof switchDescription>;
export type DowntimeDescription = z.output<typeof downtimeDescription>;

/** The parts that a person describes a system with. */
export const parts = { request, change, state, result, list, values };
