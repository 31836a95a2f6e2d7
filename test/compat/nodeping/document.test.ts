import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestServer } from '../../http/served.ts';
import {
  type Answer,
  call,
  callWith,
  entryIn,
  REMOVED,
  renameTo,
  reset,
  SAVED,
  startWithCustomer,
  toEntry,
  toRead,
} from './calling.ts';

const CHECKS = ['201911191441YC6SJ-4S9OJ78G', '201911191441YC6SJ-XB5HUTG6'] as const;
const [FIRST, SECOND] = CHECKS;
const REVERSED = [SECOND, FIRST];

/** Entries with the ids and the values of the document. */
const KINDS = {
  scheduled: {
    id: 'NZT101',
    stored: { name: 'Daily at 12:01', enabled: true, cron: '1 12 * * *', duration: 25, checklist: CHECKS },
    /** Members that a new one needs. */
    needed: { cron: '1 12 * * *', duration: 25, checklist: CHECKS },
    defaults: { name: 'Scheduled maintenance', enabled: false },
  },
  'ad-hoc': {
    id: '9VKOB',
    stored: { name: 'Ad-hoc created via API', enabled: false, duration: 85, checklist: CHECKS },
    needed: { id: 'ad-hoc', duration: 85, checklist: CHECKS },
    defaults: { name: 'Ad-hoc maintenance', enabled: false },
  },
} as const;
type Kind = keyof typeof KINDS;

type Operation = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Row = readonly [
  operation: Operation,
  attribute: string,
  /** In the words of the document. */
  description: string,
  tried: {
    readonly kinds?: readonly Kind[];
    readonly accepted: readonly unknown[];
    /** It is accepted, and not shown. */
    readonly ignored?: true;
    /** Values, each with a part of its error. */
    readonly refused: readonly (readonly [value: unknown, error: string])[];
    /** Part of the error without it; otherwise it keeps its value, or has its default. */
    readonly required?: string;
  },
];

const CUSTOMER = 'CUST';
const customers = [
  ['NOSUCH', 'customerid is "NOSUCH"'],
  ['C/../1', 'customerid is "C/../1"'],
  [7, 'customerid is 7'],
  [[CUSTOMER], 'customerid is ["CUST"]'],
] as const;
const customerid = { accepted: [CUSTOMER, CUSTOMER.toLowerCase()], ignored: true, refused: customers } as const;

const scheduledId = { kinds: ['scheduled'], accepted: ['NZT101', 'nzt101'], ignored: true } as const;
const adHocId = { kinds: ['ad-hoc'], accepted: ['9VKOB', '9vkob'], ignored: true } as const;
const unknownIds = [
  ['NOSUCH', 'NOSUCH'],
  [7, 'id is 7'],
  [['NZT101', '9VKOB'], 'id is'],
] as const;

const name = {
  accepted: ['Ad-hoc', '日本語 & 50% = "half"', '7'],
  refused: [
    ['', 'needs a name'],
    [' ', 'needs a name'],
    ['n'.repeat(1001), '1001'],
    [7, 'name is 7'],
    [['n'], 'name is ["n"]'],
  ],
} as const;
const enabled = {
  accepted: [true, false],
  refused: [
    ['maybe', 'enabled is "maybe"'],
    [2, 'enabled is 2'],
    [[true], 'enabled is [true]'],
  ],
} as const;
const cron = {
  accepted: ['30 8 15 * *', '*/30 3 * * 1-5', '0 12 1 1,7 *'],
  refused: [
    ['at noon', 'at noon'],
    ['1 12 * *', '1 12 * *'],
    ['* * * * *', 'overlap'],
    [7, 'cron is 7'],
    [['1 12 * * *'], 'cron is'],
  ],
} as const;
const ignoredCron = {
  kinds: ['ad-hoc'],
  accepted: ['at noon', 7, '', ['1 12 * * *'], ...cron.accepted],
  ignored: true,
  refused: [],
} as const;
const duration = {
  accepted: [24, 1, 60],
  refused: [
    [0, 'duration is 0'],
    [-5, 'duration is -5'],
    [1_000_000, 'duration is 1000000'],
    [1.5, 'duration is 1.5'],
    ['long', 'duration is "long"'],
    [true, 'duration is true'],
    [[5], 'duration is [5]'],
  ],
} as const;
const checklist = {
  accepted: [REVERSED, [SECOND], [], CHECKS],
  refused: [
    [7, 'checklist is 7'],
    [{ [FIRST]: true }, 'checklist is'],
    [[7], 'checklist'],
    [[FIRST, 'NOSUCH'], 'NOSUCH'],
    ['NOSUCH', 'NOSUCH'],
  ],
} as const;

const DOCUMENT: readonly Row[] = [
  ['GET', 'customerid', 'optional string', customerid],
  ['GET', 'id', 'optional string', { ...scheduledId, refused: unknownIds }],
  ['GET', 'id', 'optional string', { ...adHocId, refused: unknownIds }],

  ['POST', 'customerid', 'optional string', customerid],
  ['POST', 'id', "'ad-hoc'", { ...adHocId, accepted: ['ad-hoc', 'AD-HOC'], refused: [], required: 'cron is missing' }],
  [
    'POST',
    'id',
    'ignored for scheduled',
    { ...scheduledId, accepted: ['any', 7, '', ['ad-hoc'], { a: 1 }], refused: [] },
  ],
  ['POST', 'name', 'a friendly name', name],
  ['POST', 'enabled', 'optional boolean', enabled],
  ['POST', 'cron', 'optional string', { ...cron, kinds: ['scheduled'], required: 'cron is missing' }],
  ['POST', 'cron', 'ignored for ad-hoc', ignoredCron],
  ['POST', 'duration', 'required integer', { ...duration, required: 'duration is missing' }],
  ['POST', 'checklist', 'required array', { ...checklist, required: 'checklist is missing' }],

  ['PUT', 'customerid', 'optional string', customerid],
  ['PUT', 'id', 'required string', { ...scheduledId, refused: unknownIds, required: 'Name the maintenance' }],
  ['PUT', 'id', 'required string', { ...adHocId, refused: unknownIds, required: 'Name the maintenance' }],
  ['PUT', 'name', 'optional string', name],
  ['PUT', 'enabled', 'optional boolean', enabled],
  ['PUT', 'cron', 'optional string', { ...cron, kinds: ['scheduled'] }],
  ['PUT', 'cron', 'ignored for ad-hoc', ignoredCron],
  // The document requires these two; clients leave them out to keep them.
  ['PUT', 'duration', 'integer', duration],
  ['PUT', 'checklist', 'array', checklist],

  ['DELETE', 'customerid', 'optional string', customerid],
  ['DELETE', 'id', 'required string', { ...scheduledId, refused: unknownIds, required: 'Name the maintenance' }],
  ['DELETE', 'id', 'required string', { ...adHocId, refused: unknownIds, required: 'Name the maintenance' }],
];

const toForm = (members: Answer) => {
  const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return new URLSearchParams(Object.entries(members).map(([member, value]) => [member, toText(value)])).toString();
};
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json; charset=utf-8';

interface Sent {
  readonly query?: string;
  readonly type?: string;
  readonly body?: string;
}
/** The places where clients put members. */
const PLACES: Readonly<Record<string, (members: Answer) => Sent>> = {
  'the query': (members) => ({ query: toForm(members) }),
  'a JSON body': (members) => ({ type: JSON_TYPE, body: JSON.stringify(members) }),
  'a form': (members) => ({ type: FORM, body: toForm(members) }),
  'json in the query': (members) => ({ query: toForm({ json: members }) }),
  'json in a form': (members) => ({ type: FORM, body: toForm({ json: members }) }),
};
const inJson = (members: Answer): Sent => ({ type: JSON_TYPE, body: JSON.stringify(members) });

let at: TestServer;
beforeAll(async () => {
  at = await startWithCustomer(...CHECKS);
});
afterAll(() => at.close());

const send = (method: string, path: string, { query, type, body }: Sent) =>
  call(at, method, `/api/1${path}${query === undefined ? '' : `?${query}`}`, {
    headers: type === undefined ? {} : { 'content-type': type },
    ...(body === undefined ? {} : { body }),
  });

const list = async (customer: Answer = {}) =>
  (await callWith(at, 'GET', '/api/1/maintenance', { ...customer, token: 'TOK' })).body.schedules as Answer;

for (const [operation, attribute, description, tried] of DOCUMENT) {
  describe.each(tried.kinds ?? (['scheduled', 'ad-hoc'] as const))(
    `${operation} ${attribute}, ${description}: %s`,
    (kind) => {
      const { accepted, ignored, refused, required } = tried;
      const { id, stored, needed, defaults } = KINDS[kind];
      const isCustomer = attribute === 'customerid';
      const customer = isCustomer ? { customerid: CUSTOMER } : {};
      const base: Answer = operation === 'POST' ? needed : { id };
      const { [attribute]: _, ...without } = base;
      const after = operation === 'POST' ? { ...defaults, ...needed } : stored;
      /** Stores an entry with the id of the document, unless the operation creates one. */
      const prepare = async () => {
        await reset(at);
        if (operation === 'POST') return;
        const members = { ...needed, ...stored, ...customer, token: 'TOK' };
        const [key] = entryIn(await callWith(at, 'POST', '/api/1/maintenance', members));
        await renameTo(at, key, id);
      };
      beforeAll(prepare);
      const prepared = operation === 'POST' ? {} : { [id]: toRead(stored) };
      /** Proves what is stored, and that nothing is stored elsewhere. */
      const expectStored = async (entries: Answer) => {
        expect(await list(customer)).toEqual(entries);
        if (isCustomer) expect(await list()).toEqual({});
      };

      /** @returns what is stored after a success */
      const expectDone = (place: string, answer: Answer, entry: Answer) => {
        const [key = id] = Object.keys(answer.body as Answer).filter(
          (member) => member !== 'ok' && member !== 'message',
        );
        const bodies = {
          GET: { [id]: toRead(entry) },
          POST: { [key]: toEntry(entry), ...SAVED },
          PUT: { [id]: toEntry(entry), ...SAVED },
          DELETE: REMOVED,
        };
        expect([place, answer]).toEqual([place, { status: 200, body: bodies[operation] }]);
        return operation === 'DELETE' ? {} : { [key]: toRead(entry) };
      };

      if (refused.length > 0) {
        test('is refused when it is wrong', async () => {
          for (const [value, error] of refused) {
            const answer = await send(operation, '/maintenance', inJson({ ...base, [attribute]: value, token: 'TOK' }));
            const status = isCustomer ? 403 : 200;
            expect([value, answer]).toEqual([value, { status, body: { error: expect.stringContaining(error) } }]);
          }
          await expectStored(prepared);
        });
      }

      test(required === undefined ? 'can be left out' : 'is required', async () => {
        const isElsewhere = isCustomer && operation !== 'POST';
        let left: Answer = {};
        for (const nothing of [{}, { [attribute]: null }]) {
          const answer = await send(operation, '/maintenance', inJson({ ...without, ...nothing, token: 'TOK' }));
          if (required !== undefined || isElsewhere) {
            const error = expect.stringContaining(required ?? `There is no maintenance ${id}`);
            expect(answer).toEqual({ status: 200, body: { error } });
          } else if (operation === 'GET') {
            expect(answer).toEqual({ status: 200, body: { schedules: { [id]: toRead(stored) } } });
          } else {
            left = { ...left, ...expectDone('left out', answer, after) };
          }
        }
        if (required !== undefined || isElsewhere) await expectStored(prepared);
        else if (operation !== 'GET') expect(await list()).toEqual(left);
      });

      test('is accepted in every place, stored and answered', async () => {
        if (operation === 'POST') await reset(at);
        let left: Answer = {};
        for (const [index, [place, put]] of Object.entries(PLACES).entries()) {
          // An ad-hoc maintenance is removed when it is disabled.
          const isGone =
            operation === 'DELETE' || (operation === 'PUT' && attribute === 'enabled' && kind === 'ad-hoc');
          if (index > 0 && isGone) await prepare();
          const value = accepted[index % accepted.length];
          const answer = await send(operation, '/maintenance', put({ ...without, [attribute]: value, token: 'TOK' }));
          left = { ...left, ...expectDone(place, answer, ignored ? after : { ...after, [attribute]: value }) };
          if (operation === 'DELETE') expect([place, await list(customer)]).toEqual([place, {}]);
        }
        await expectStored(left);
      });

      if (attribute === 'id' && accepted[0] !== 'any') {
        test('is accepted in the path', async () => {
          await prepare();
          const answer = await send(operation, `/maintenance/${accepted[0]}`, inJson({ ...without, token: 'TOK' }));
          expect(await list()).toEqual(expectDone('the path', answer, after));
        });
      }
    },
  );
}
