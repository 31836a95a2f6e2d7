import fc from 'fast-check';
import { z } from 'zod';
import type { Described, Operation, Schema } from './described.ts';

/** A random request, valid or not. */
export interface Asking {
  /** `undefined` if the document has no such operation. */
  readonly operation: Operation | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  readonly as: 'admin' | 'write' | 'read' | 'nobody' | 'unknown';
}

/** The latest ids, cursors and tags of responses, by kind. */
export class Seen {
  readonly #values = new Map<string, (string | number)[]>();

  add(kind: string, value: string | number): void {
    const known = this.#values.get(kind) ?? [];
    this.#values.set(kind, [...known.filter((each) => each !== value), value].slice(-20));
  }

  /** A random value of a kind, looked up when the request is generated. */
  one(kind: string, otherwise: string | number): fc.Arbitrary<string | number> {
    return fc.nat().map((which) => {
      const known = this.#values.get(kind) ?? [];
      return known[which % known.length] ?? otherwise;
    });
  }
}

const HUGE = 'x'.repeat(100_000);
/** Texts that are invalid in most fields. */
const oddText = fc.oneof(
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    'x\udfff',
    '\u202e',
    HUGE,
    '__proto__',
    "'; drop table",
    '%',
    '\\',
    '$x',
  ),
  fc.constantFrom('0', '-1', '1e400', 'null', 'true', 'NaN', '[]', '{}', '2147483648', '99999999999999999999', '*'),
  fc.constantFrom('0001-01-01T00:00', '9999-12-31T23:59:59Z', '2026-02-30T10:00Z', '+275760-09-13T00:00:00Z', '24:00'),
);
const odd: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: oddText },
  fc.constantFrom(null, true, false, 0, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, [], {}, [[]], [null]),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(fc.oneof(oddText, fc.integer()), { maxLength: 3 }),
  fc.dictionary(oddText, oddText, { maxKeys: 2 }),
  fc.constant(Array.from({ length: 3000 }, (_, index) => index)),
  fc.constant(JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)),
);
const oddHeader = fc
  .oneof(
    fc.constantFrom(
      '',
      '*',
      '"',
      '"1"',
      'W/"1"',
      '"1-x", "2"',
      'x',
      '\u00ff',
      'a b',
      ','.repeat(50),
      'é',
      'x'.repeat(300),
    ),
    fc.string({ maxLength: 30 }),
  )
  .map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ''));

const DAY = 86_400_000;

/** Valid and invalid requests, generated from the document. @param now the time that most of them refer to */
export function requests({ operations, schemas }: Described, seen: Seen, now: Date): fc.Arbitrary<Asking> {
  const time = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.integer({ min: -2 * DAY, max: 20 * DAY }).map((ms) => new Date(now.getTime() + ms).toISOString()),
    },
    fc.constantFrom('2027-03-28T02:30', '2026-10-25T02:30', '2026-12-05T23:00+01:00', '2026-12-05T22:00:00.123Z'),
    fc.constantFrom(
      '0001-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '1900-01-01T00:00',
      '9999-12-30T00:00Z',
      '-271821-04-20T00:00Z',
    ),
  );
  const name = fc.oneof(
    fc.constantFrom('api', 'web', 'db', 'Postgres upgrade', 'eu', 'us', 'nodeping-eu', 'Ünïcödé'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  );
  /** Values for fields by name, where the schema is not specific enough. */
  const hints: readonly (readonly [RegExp, fc.Arbitrary<unknown>])[] = [
    [/(_date|_before|_after|^start|^end|^after|^before|^now|^over)$/, time],
    [
      /^timezone$/,
      fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'Etc/GMT+12', 'Mars/Base'),
    ],
    [
      /^cron$/,
      fc.constantFrom(
        '0 3 * * *',
        '*/5 * * * *',
        '30 2 * * 0',
        '@daily',
        '0 0 30 2 *',
        '0 0 29 2 *',
        '* * * * * *',
        '0 3 L * *',
      ),
    ],
    [
      /^text$/,
      fc.constantFrom(
        'tomorrow 2am for 2h api: upgrade',
        'every sunday 3am for 1 hour',
        'next friday',
        'api now',
        'blah',
        '30.02. 25:00',
      ),
    ],
    [/^locale$/, fc.constantFrom('en-US', 'en-GB', 'de', 'x-klingon')],
    [/^scopes?$/, seen.one('scopes', 1)],
    [/^services?$/, seen.one('services', 1)],
    [/^checks?$/, seen.one('checks', 'C1')],
    [/^maintenances?$/, seen.one('maintenances', 1)],
    [/^series$/, seen.one('series', 1)],
    [/^cursor$/, seen.one('cursor', 'x.y')],
    [/^seen$/, seen.one('difference', 'x')],
    [
      /^(subject|external_id|external_reference|q|tag|actor|key)$/,
      fc.oneof(name, seen.one('checks', 'C1').map(String)),
    ],
    [/^channel$/, fc.constantFrom('C0DEFAULT', 'C0OPS', '#ops', 'D1')],
    [/^owners$/, fc.constantFrom('U0ANA', 'U0BEN')],
    [/^kind$/, fc.constantFrom('nodeping', 'icinga2', 'alertmanager', 'updown', 'webhook', 'builtin')],
    [/^provider$/, fc.oneof(fc.constant('builtin'), seen.one('providers', 'nodeping-eu'))],
    [
      /^(url|external_link)$/,
      fc.constantFrom('https://a.example/x', 'http://127.0.0.1:9/', 'javascript:alert(1)', 'https://[::1]/', 'x'),
    ],
    [/^events$/, fc.constantFrom('maintenance.started', 'maintenance.finished', 'maintenance.scheduled', 'x.y')],
    [
      /^settings$/,
      fc.constantFrom({}, { customerid: 'A' }, { url: 'https://a.example' }, { url: 'http://127.0.0.1:9' }),
    ],
    [
      /^credentials$/,
      fc.constantFrom({}, { token: 'abc' }, { username: 'a', password: 'b' }, { token: 'env:LULL_SECRET_X' }),
    ],
    [/name|description|comment|reason|note/, name],
    [/^version$/, fc.integer({ min: 1, max: 5 })],
    [/minutes|days/, fc.oneof(fc.integer({ min: 1, max: 600 }), fc.constantFrom(0, -5, 1_000_000, 2 ** 31, 2 ** 53))],
  ];

  /** Values that fit a schema. @param name of the field */
  function fitting(is: Schema, name: string): fc.Arbitrary<unknown> {
    const {
      $ref,
      allOf,
      anyOf,
      oneOf,
      type,
      enum: words,
      const: constant,
      properties,
      items,
      additionalProperties,
    } = is;
    const of = (schema: unknown, name: string) => fitting(z.record(z.string(), z.unknown()).parse(schema), name);
    const several = (schemas: unknown) =>
      z
        .array(z.unknown())
        .parse(schemas)
        .map((each) => of(each, name));
    if (typeof $ref === 'string') return of(schemas[$ref.replace(/.*\//, '')], name);
    if (constant !== undefined) return fc.constant(constant);
    if (Array.isArray(words)) return fc.constantFrom(...words);
    const many = anyOf ?? oneOf;
    if (many !== undefined) return fc.oneof(...several(many));
    if (allOf !== undefined) return fc.tuple(...several(allOf)).map((parts) => Object.assign({}, ...parts));
    const types: unknown[] = Array.isArray(type) ? type : [type];
    if (types.includes('null')) {
      const rest = types.filter((each) => each !== 'null');
      return fc.oneof(
        { weight: 4, arbitrary: of({ ...is, type: rest.length === 1 ? rest[0] : rest }, name) },
        fc.constant(null),
      );
    }
    if (properties !== undefined) {
      const fields = Object.entries(z.record(z.string(), z.unknown()).parse(properties));
      return fc.record(Object.fromEntries(fields.map(([field, each]) => [field, of(each, field)])), {
        requiredKeys: z.array(z.string()).parse(is.required ?? []),
      });
    }
    if (type === 'array') return fc.array(of(items ?? {}, name), { minLength: Number(is.minItems ?? 0), maxLength: 3 });
    const hint = hints.find(([pattern]) => pattern.test(name))?.[1];
    if (hint !== undefined && type !== 'boolean')
      return type === 'string' ? hint.map((value) => (typeof value === 'number' ? String(value) : value)) : hint;
    if (type === 'object')
      return fc.dictionary(fc.string(), typeof additionalProperties === 'object' ? of(additionalProperties, '') : odd, {
        maxKeys: 2,
      });
    if (type === 'integer' || type === 'number') {
      const min = Number(is.minimum ?? 1);
      return fc.integer({ min, max: Math.max(min, Math.min(Number(is.maximum ?? 1000), 100_000)) });
    }
    if (type === 'boolean') return fc.boolean();
    if (type === 'string')
      return fc.oneof(name === 'date-time' || is.format === 'date-time' ? time : fc.string({ maxLength: 20 }), oddText);
    return odd;
  }

  /** Mostly valid bodies, and bodies with one wrong field. */
  function bodyOf({ requestBody }: Operation): fc.Arbitrary<{ body?: string | Buffer; type?: string }> {
    const [first] = Object.entries(requestBody?.content ?? {});
    const right = first === undefined ? fc.constant<unknown>({}) : fitting(first[1].schema, '');
    const json = (value: unknown) => ({ body: JSON.stringify(value), type: 'application/json' });
    const changed = fc
      .tuple(right, fc.nat(), fc.option(odd, { nil: undefined, freq: 4 }))
      .map(([value, which, other]) => {
        const fields = Object.entries(Object(value));
        const [field] = fields[which % Math.max(1, fields.length)] ?? ['x'];
        return json(
          Object.fromEntries([
            ...fields.filter(([name]) => name !== field),
            ...(other === undefined ? [] : [[field, other]]),
          ]),
        );
      });
    const added = fc.tuple(right, oddText, odd).map(([value, field, other]) => {
      const text = JSON.stringify({ ...Object(value), [field]: other });
      return { body: text, type: 'application/json; charset=utf-8' };
    });
    return fc.oneof(
      { weight: 10, arbitrary: right.map(json) },
      { weight: 8, arbitrary: changed },
      { weight: 2, arbitrary: added },
      { weight: 1, arbitrary: odd.map(json) },
      { weight: 1, arbitrary: fc.constantFrom({}, { type: 'application/json' }, { body: '', type: 'text/plain' }) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            fc.oneof(
              oddText.map((text) => Buffer.from(text)),
              fc.uint8Array({ maxLength: 20 }).map(Buffer.from),
              fc.constant('{"name":'),
            ),
            fc.constantFrom(
              'application/json',
              'application/yaml',
              'text/plain',
              'application/x-www-form-urlencoded',
              'multipart/form-data',
              'application/json; charset=utf-16',
              ';',
            ),
          )
          .map(([body, type]) => ({ body, type })),
      },
      { weight: 1, arbitrary: right.map((value) => ({ body: JSON.stringify(value), type: 'application/yaml' })) },
      { weight: 1, arbitrary: right.map((value) => ({ body: JSON.stringify(value) })) },
    );
  }

  const encoded = (value: unknown) =>
    encodeURIComponent((typeof value === 'object' ? JSON.stringify(value) : String(value)).toWellFormed());

  function pathOf({ path }: Operation): fc.Arbitrary<string> {
    const parts = path.split('/').map((part, place, all): fc.Arbitrary<string> => {
      if (!part.startsWith('{')) return fc.constant(part);
      return fc.oneof(
        { weight: 12, arbitrary: seen.one(all[place - 1] ?? '', 1).map(encoded) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            '0',
            '-1',
            '1',
            '999999',
            '2147483648',
            '9'.repeat(30),
            'NaN',
            '1.5',
            '%00',
            '%ff',
            '%',
            '..%2f',
            ' ',
          ),
        },
        { weight: 1, arbitrary: oddText.map((text) => encoded(text.slice(0, 2000)) || 'x') },
      );
    });
    return fc.tuple(...parts).map((made) => made.join('/').replaceAll(' ', '%20'));
  }

  function queryOf({ parameters }: Operation): fc.Arbitrary<string> {
    const known = parameters.filter((each) => each.in === 'query');
    const fits = known.map((each) =>
      fc.option(
        fc
          .oneof({ weight: 5, arbitrary: fitting(each.schema, each.name) }, { weight: 1, arbitrary: odd })
          .map((value) =>
            (Array.isArray(value) ? value.slice(0, 150) : [value]).map(
              (one) => `${each.name}=${encoded(one).slice(0, 4000)}`,
            ),
          ),
        { nil: [], freq: 3 },
      ),
    );
    const strange = fc.option(
      fc.oneof(
        fc.constantFrom(
          'account=T0TEST',
          'account=T0NONE',
          'account=%00',
          'limit=2',
          'limit=2&limit=3',
          'cursor=',
          '%',
          '=',
          '__proto__=1',
          'x[]=1',
          '%ff=%ff',
        ),
        oddText.map((text) => `x=${encoded(text).slice(0, 4000)}`),
      ),
      { nil: '', freq: 6 },
    );
    return fc
      .tuple(
        ...fits.map((each) => fc.oneof({ weight: 1, arbitrary: each }, { weight: 1, arbitrary: fc.constant([]) })),
        strange,
      )
      .map((parts) => {
        const text = parts
          .flat()
          .filter((part) => part !== '')
          .join('&');
        return text === '' ? '' : `?${text}`;
      });
  }

  function headersOf({ parameters }: Operation): fc.Arbitrary<Record<string, string>> {
    const known = parameters.filter((each) => each.in === 'header').map((each) => each.name.toLowerCase());
    const of = (name: string) =>
      fc.oneof(seen.one(name.startsWith('if-') ? 'tag' : name, 'a-key').map(String), oddHeader);
    const sent = ['lull-account', 'accept', 'origin', 'if-modified-since', 'range', 'expect-ct'];
    return fc
      .tuple(
        ...known.map((name) => fc.option(of(name), { nil: undefined, freq: 1 })),
        fc.option(fc.tuple(fc.constantFrom(...sent), oddHeader), { nil: undefined, freq: 8 }),
      )
      .map((values) => {
        const more = z.tuple([z.string(), z.string()]).safeParse(values.at(-1));
        return Object.fromEntries([
          ...known.flatMap((name, place) => (typeof values[place] === 'string' ? [[name, values[place]]] : [])),
          ...(more.success ? [more.data] : []),
        ]);
      });
  }

  const as = fc.oneof(
    { weight: 10, arbitrary: fc.constant('admin' as const) },
    { weight: 3, arbitrary: fc.constantFrom('write' as const, 'read' as const, 'nobody' as const) },
    { weight: 1, arbitrary: fc.constant('unknown' as const) },
  );

  const described = fc.constantFrom(...operations).chain((operation) =>
    fc
      .tuple(pathOf(operation), queryOf(operation), headersOf(operation), bodyOf(operation), as)
      .map(([path, query, headers, { body, type }, as]): Asking => {
        const sends = operation.method !== 'GET';
        return {
          operation,
          method: operation.method,
          path: `/api/v1${path}${query}`,
          headers: { ...headers, ...(sends && type !== undefined ? { 'content-type': type } : {}) },
          body: sends ? body : undefined,
          as,
        };
      }),
  );
  const strange = fc
    .tuple(
      described,
      fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'),
      fc.constantFrom('', '/', '/x', '/openapi.json', '%2f', '//'),
    )
    .map(([asking, method, more]): Asking => {
      const [path = '', query] = asking.path.split('?');
      const to = `${path}${more}${query === undefined ? '' : `?${query}`}`;
      return { ...asking, operation: undefined, method, path: to };
    });
  return fc.oneof({ weight: 12, arbitrary: described }, { weight: 1, arbitrary: strange });
}
