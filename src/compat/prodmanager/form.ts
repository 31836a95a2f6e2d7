import { isUtf8 } from 'node:buffer';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Temporal } from 'temporal-polyfill';
import { scopeHasServices, stillNeeded } from '../../catalogue/errors.ts';
import type { UserError } from '../../core/errors.ts';
import { isId } from '../../core/keys.ts';
import { outsideScopes } from '../../core/permissions.ts';
import { type Resolved, resolve, wallClock } from '../../core/time.ts';
import { parseJson } from '../../http/body.ts';
import { HTTP_ERRORS, HttpError } from '../../http/errors.ts';
import { STATUS_BY_KIND } from '../../http/problem.ts';
import { httpErrorText, httpProblemText } from '../../texts/http-errors.ts';

/** Why a request is refused, by its fields. */
export type Reasons = Record<string, string[]>;

export class Failure extends Error {
  readonly status: ContentfulStatusCode;
  readonly reasons: Reasons;
  /** Default: which operation failed. */
  readonly title: string | undefined;

  constructor(status: ContentfulStatusCode, reasons: Reasons, title?: string) {
    super('a request failed');
    this.status = status;
    this.reasons = reasons;
    this.title = title;
  }
}

export function resourceNotFound(resource: string, id: number | string | undefined): Failure {
  return new Failure(404, { [resource]: [`Resource not found : ${id}`] });
}

/** @param id of the resource in the path */
export function toFailure(error: UserError | HttpError, resource: string, id: string | undefined): Failure {
  if (error instanceof HttpError) return new Failure(HTTP_ERRORS[error.code].status, { body: [error.message] });
  if (error.kind === 'not-found') return resourceNotFound(resource, id);
  const reasons: Reasons = {};
  for (const problem of error.problems) {
    const name = problem.field === 'services' ? 'service' : problem.field;
    reasons[name] = [...(reasons[name] ?? []), httpProblemText(problem)];
  }
  const about = error.kind === 'forbidden' ? 'token' : resource;
  if (error.problems.length === 0) reasons[about] = [httpErrorText(error)];
  return new Failure(OTHER_STATUSES[error.code] ?? STATUS_BY_KIND[error.kind], reasons);
}

/** ProdManager's statuses of errors, where they differ. A limit to scopes forbids a change as an approval or a freeze does. */
const OTHER_STATUSES: Readonly<Record<string, ContentfulStatusCode>> = {
  [stillNeeded.code]: 403,
  [scopeHasServices.code]: 403,
  [outsideScopes.code]: 409,
};

/** The fields of a request as text, without those that are null. */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads a form as JSON, multipart or URL-encoded. Of a field that comes several times the first counts.
 * @throws Failure
 */
export async function readForm(c: Context): Promise<Form> {
  const type = c.req.header('content-type') ?? '';
  const body = await c.req.arrayBuffer();
  const form = await parseForm(body, type);
  if (!isUtf8(URL_ENCODED.test(type) ? percentDecode(body) : body)) assertDecoded(form);
  return form;
}

const URL_ENCODED = /^application\/x-www-form-urlencoded\b/i;

async function parseForm(body: ArrayBuffer, type: string): Promise<Form> {
  if (/^application\/(.+\+)?json\b/i.test(type)) {
    const values = Object.entries(parseJsonObject(new TextDecoder().decode(body)));
    const isField = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
    return new Map(values.filter(([, value]) => isField(value)).map(([name, value]) => [name, String(value)]));
  }
  if (!URL_ENCODED.test(type) && !/^multipart\/form-data\b/i.test(type)) return new Map();
  try {
    const fields = new Map<string, string>();
    for (const [name, value] of await new Response(body, { headers: { 'content-type': type } }).formData()) {
      if (typeof value === 'string' && !fields.has(name)) fields.set(name, value);
    }
    return fields;
  } catch {
    throw new Failure(400, { body: [`The body is not what its type, ${type}, says, or not in UTF-8.`] });
  }
}

function parseJsonObject(text: string): object {
  const value = text.trim() === '' ? {} : parseJson(text, 'The body is not JSON.');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Failure(400, { body: ['The body is not a JSON object.'] });
}

function percentDecode(body: ArrayBuffer): Buffer {
  const decode = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16));
  return Buffer.from(
    Buffer.from(body)
      .toString('latin1')
      .replace(/%([0-9a-f]{2})/gi, decode),
    'latin1',
  );
}

/**
 * Refuses fields with replacement characters, which are in place of bytes that are not UTF-8.
 * @throws Failure
 */
function assertDecoded(form: Form): void {
  const wrong = [...form].filter(([, value]) => value.includes('\ufffd'));
  const reasons = wrong.map(([name]) => [name, ['This is not UTF-8. Send text in UTF-8.']]);
  if (reasons.length > 0) throw new Failure(400, Object.fromEntries(reasons));
}

const TRUE = ['1', 'true', 'on', 'yes', 'y'];
const FALSE = ['0', 'false', 'off', 'no', 'n', ''];
const FIRST_YEAR = 1900;
const LAST_YEAR = 9999;

/** `YYYY-MM-DDTHH:MM` in an IANA zone. */
export function dateText(instant: Date, zone: string): string;
export function dateText(instant: Date | null, zone: string): string | null;
export function dateText(instant: Date | null, zone: string): string | null {
  return instant && wallClock(instant, zone).toString({ smallestUnit: 'minute', roundingMode: 'trunc' });
}

/** `YYYY-MM-DDTHH:MM`, or with a space in place of the `T`, or with seconds. */
const DATE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:[0-5]\d)?$/;

/** @returns undefined when the text is no date */
export function parseDate(text: string, zone: string): Resolved | undefined {
  if (!DATE.test(text)) return undefined;
  try {
    const wall = Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return wall.year < FIRST_YEAR || wall.year > LAST_YEAR ? undefined : resolve(wall, zone);
  } catch {
    return undefined;
  }
}

/** The date as `dateText` writes it, where it is a whole minute. */
const toMinuteText = (text: string): string => text.replace(/^(.{10})[T ](.{5})(:00)?$/, '$1T$2');

/** Reads the fields of a form, and collects their problems. What it returns for a wrong field is meaningless. */
export class Fields {
  readonly #reasons: Reasons = {};
  readonly #form: Form;
  readonly #zone: string;

  /** @param zone the IANA zone of dates */
  constructor(form: Form, zone: string) {
    this.#form = form;
    this.#zone = zone;
  }

  refuse(field: string, reason: string): void {
    this.#reasons[field] = [...(this.#reasons[field] ?? []), reason];
  }

  /** @throws Failure when a field is wrong */
  check(): void {
    if (Object.keys(this.#reasons).length > 0) throw new Failure(400, this.#reasons);
  }

  text(field: string): string | undefined {
    return this.#form.get(field)?.trim();
  }

  required(field: string): string {
    const text = this.text(field) ?? '';
    if (text === '') this.refuse(field, 'This field is required.');
    return text;
  }

  /** The text; empty if it is absent. @param present the text now, whose white space at the ends is kept */
  optional(field: string, present: string | null): string {
    const text = this.text(field) ?? '';
    return present !== null && text === present.trim() ? present : text;
  }

  id(field: string): number | undefined {
    const text = this.text(field);
    if (text === undefined || text === '') return undefined;
    if (/^[1-9]\d*$/.test(text) && isId(Number(text))) return Number(text);
    this.refuse(field, `${JSON.stringify(text)} is not a valid choice: an id, a whole number, is expected.`);
    return undefined;
  }

  requiredId(field: string): number {
    return (this.required(field) === '' ? undefined : this.id(field)) ?? 0;
  }

  oneOf<const T extends readonly [string, ...string[]]>(field: string, choices: T): T[number] {
    const text = this.required(field);
    const choice = choices.find((known) => known === text);
    if (choice === undefined && text !== '') {
      this.refuse(field, `${JSON.stringify(text)} is not a valid choice: one of ${choices.join(', ')} is expected.`);
    }
    return choice ?? choices[0];
  }

  /**
   * @param present the instant now, which is returned when its text is sent back: it may have seconds
   * @returns undefined when the field is empty
   */
  date(field: string, present: Date | null = null): Date | undefined {
    const text = this.text(field) ?? '';
    if (text === '') return undefined;
    if (present !== null && toMinuteText(text) === dateText(present, this.#zone)) return present;
    const date = parseDate(text, this.#zone);
    if (date === undefined) {
      this.refuse(field, `${JSON.stringify(text)} is not a valid date: YYYY-MM-DDTHH:MM is expected.`);
    } else if (date.gap !== undefined) {
      const problem = `clocks in ${this.#zone} go forward then. Choose another time.`;
      this.refuse(field, `${JSON.stringify(text)} does not exist: ${problem}`);
    }
    return date?.instant;
  }

  requiredDate(field: string, present: Date | null = null): Date {
    return (this.required(field) === '' ? undefined : this.date(field, present)) ?? new Date(0);
  }

  flag(field: string): boolean {
    const text = (this.text(field) ?? '').toLowerCase();
    if (!TRUE.includes(text) && !FALSE.includes(text)) {
      this.refuse(field, `${JSON.stringify(text)} is not valid: 0 or 1 is expected.`);
    }
    return TRUE.includes(text);
  }
}
