import { Temporal } from 'temporal-polyfill';
import { resolve, wallClock } from '../../core/time.ts';
import { Failure, type Reasons } from './failure.ts';
import type { Form } from './form.ts';

const REQUIRED = 'This field is required.';
const TRUE = ['1', 'true', 'on', 'yes', 'y'];
const FALSE = ['0', 'false', 'off', 'no', 'n', ''];

/** The year that calendars begin with here, and the last that everybody reads. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 9999;

/** `YYYY-MM-DDTHH:MM`, as the clocks of `zone` (IANA) show the instant. */
export function dateText(instant: Date, zone: string): string;
export function dateText(instant: Date | null, zone: string): string | null;
export function dateText(instant: Date | null, zone: string): string | null {
  return instant && wallClock(instant, zone).toString({ smallestUnit: 'minute', roundingMode: 'trunc' });
}

/** The instant of such a text; undefined when it is none. */
export function parseInstant(text: string, zone: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return undefined;
  try {
    const wall = Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return wall.year < FIRST_YEAR || wall.year > LAST_YEAR ? undefined : resolve(wall, zone).instant;
  } catch {
    return undefined;
  }
}

/** Reads the fields of a form, and keeps what is wrong with each until all were read. */
export class Fields {
  readonly reasons: Reasons = {};
  readonly #form: Form;
  readonly #zone: string;

  /** @param zone the IANA zone that dates are of */
  constructor(form: Form, zone: string) {
    this.#form = form;
    this.#zone = zone;
  }

  /** What is wrong with a field. */
  wrong(field: string, reason: string): void {
    this.reasons[field] = [...(this.reasons[field] ?? []), reason];
  }

  /** @throws Failure when anything is wrong */
  check(): void {
    if (Object.keys(this.reasons).length > 0) throw new Failure(400, this.reasons);
  }

  text(field: string): string | undefined {
    return this.#form.get(field)?.trim();
  }

  /** @returns an empty text, which counts no longer, when it is missing */
  required(field: string): string {
    const text = this.text(field) ?? '';
    if (text === '') this.wrong(field, REQUIRED);
    return text;
  }

  id(field: string): number | undefined {
    const text = this.text(field);
    if (text === undefined || text === '') return undefined;
    if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
    this.wrong(field, `${JSON.stringify(text)} is not a valid choice: an id, a whole number, is expected.`);
    return undefined;
  }

  /** @returns 0, which counts no longer, when it is missing */
  requiredId(field: string): number {
    if (this.required(field) === '') return 0;
    return this.id(field) ?? 0;
  }

  /** @returns the first of them, which counts no longer, when it is missing */
  oneOf<const T extends readonly [string, ...string[]]>(field: string, words: T): T[number] {
    const text = this.required(field);
    const word = words.find((known) => known === text);
    if (word === undefined && text !== '') {
      this.wrong(field, `${JSON.stringify(text)} is not a valid choice: one of ${words.join(', ')} is expected.`);
    }
    return word ?? words[0];
  }

  /**
   * @param present what the field is now: sent back as it was shown it is this instant, which may have seconds, too
   * @returns undefined when it is empty
   */
  date(field: string, present: Date | null = null): Date | undefined {
    const text = this.text(field) ?? '';
    if (text === '') return undefined;
    if (present !== null && text === dateText(present, this.#zone)) return present;
    const instant = parseInstant(text, this.#zone);
    if (instant === undefined) {
      this.wrong(field, `${JSON.stringify(text)} is not a valid date: YYYY-MM-DDTHH:MM is expected.`);
    }
    return instant;
  }

  /** @returns 1970, which counts no longer, when it is missing */
  requiredDate(field: string, present: Date | null = null): Date {
    if (this.required(field) === '') return new Date(0);
    return this.date(field, present) ?? new Date(0);
  }

  flag(field: string): boolean {
    const text = (this.text(field) ?? '').toLowerCase();
    if (!TRUE.includes(text) && !FALSE.includes(text)) {
      this.wrong(field, `${JSON.stringify(text)} is not valid: 0 or 1 is expected.`);
    }
    return TRUE.includes(text);
  }
}
