import { z } from 'zod';
import { withoutUser } from '../provider-http.ts';
import { isPointer } from './template.ts';

const pointer = z
  .string()
  .refine(isPointer, 'Expected: a JSON Pointer such as /data/status, or nothing for the whole answer.');
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const headers = z.record(z.string().regex(/^[\w-]+$/), z.string());

const request = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).describe('The HTTP method.'),
  url: z
    .string()
    .regex(
      /^https?:\/\/[^{}/?#\s]+([/?]\S*)?$/,
      'Expected: an address with a fixed host, such as https://example.com/checks/{check}.',
    )
    .refine(...withoutUser)
    .describe('The whole address, such as https://example.com/checks/{check}.'),
  headers: headers.optional().describe('More headers for this request.'),
  json: z.json().optional().describe('What is sent, as JSON.'),
  form: z.record(z.string(), z.string()).optional().describe('What is sent, as a form.'),
  accepts: z
    .array(z.int().min(200).max(599))
    .optional()
    .describe('Statuses beside 200 to 299 that mean that it is done, such as 409 where that says "it is so already".'),
});

const failing = pointer.describe('Where it shows whether what the check watches fails.');
const values = z.array(scalar).min(1).optional();

/** The parts of the description of a system. */
export const parts = {
  change: request.extend({
    shows: pointer.optional().describe('Where the answer itself shows the new state, if it does.'),
  }),
  state: request.extend({ state: pointer.describe('Where the answer shows the state.'), failing: failing.optional() }),
  result: request.extend({ failing }),
  list: request.extend({
    items: pointer.describe('Where the list is in the answer.'),
    next: pointer.optional().describe('Where the answer shows the address of the next page.'),
    firstPage: z.int().min(0).default(1).describe('The number of the first page, for {page} in the address.'),
    id: pointer.describe('Where, in an item, its id is.'),
    name: pointer.describe('Where its name is.'),
    tags: pointer.optional().describe('Where its tags are: a list of texts or of objects with a name, or one text.'),
    state: pointer.optional().describe('Where its state is.'),
    failing: failing.optional(),
  }),
  states: z.strictObject({
    off: values.describe('What stands there when a check is off.'),
    on: values.describe('What stands there when a check is on.'),
    failing: values.describe('What stands where "failing" leads when what a check watches fails.'),
  }),
};

export type HttpRequest = z.output<typeof request>;
export type List = z.input<typeof parts.list>;
/** A request for a list, which may have pages. */
export type Paged = HttpRequest & Pick<List, 'items' | 'next' | 'firstPage'>;

export interface Description {
  readonly result?: z.output<typeof parts.result> | undefined;
  readonly state?: z.output<typeof parts.state> | undefined;
  readonly list?: List | undefined;
  readonly states: z.output<typeof parts.states>;
  /** How many requests may be in flight. */
  readonly concurrency?: number;
}

/** A system in which a check is on or off. */
export interface SwitchDescription extends Description {
  readonly off: z.output<typeof parts.change>;
  readonly on: z.output<typeof parts.change>;
}

/** A system with downtimes for checks. */
export interface DowntimeDescription extends Description {
  /** Every downtime that may be Lull's, also those that ended. */
  readonly find: Paged & {
    readonly id: string;
    /** Where the check of a downtime is. */
    readonly check: string;
    readonly comment: string;
    readonly state: string;
    /** The states of one that is in force. */
    readonly inForce: readonly unknown[];
  };
  /** With `{check}`, `{until}` (UTC, ISO 8601) and `{comment}`. */
  readonly create: HttpRequest;
  /** With `{downtime}`, its id, `{until}` and `{comment}`. */
  readonly change: HttpRequest;
  /** With `{downtime}`. */
  readonly cancel: HttpRequest;
}
