import { InvalidId } from '../provider.ts';

/** As in Alertmanager's API. */
interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

const EXAMPLE = 'alertname="HighLatency",instance=~"db.*"';

/**
 * Reads matchers in Alertmanager's own syntax, as in its interface and in amtool: `alertname="HighLatency",instance=~"db.*"`,
 * in braces or not. Names and values may be quoted; a name that is more than letters, digits and `_` must be.
 * Regular expressions (RE2) are not validated.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#matcher
 * @throws InvalidId
 */
export function readMatchers(text: string): Matcher[] {
  const reader = new Reader(text);
  const braces = reader.take(/\{/y) !== undefined;
  const matchers: Matcher[] = [];
  for (;;) {
    matchers.push(readMatcher(reader));
    const comma = reader.take(/,/y) !== undefined;
    if (braces && reader.take(/\}/y) !== undefined) break;
    if (!comma && !reader.atEnd) reader.fail(braces ? 'a comma or "}"' : 'a comma');
    if (reader.atEnd && braces) reader.fail('"}"');
    if (reader.atEnd) break;
  }
  if (!reader.atEnd) reader.fail('nothing more');
  if (matchers.every(({ isRegex, isEqual, value }) => !isRegex && isEqual === (value === ''))) {
    throw new InvalidId(
      `${quoted(text)} would silence alerts that have none of these labels. Add a matcher for a value, such as ${EXAMPLE}.`,
    );
  }
  return matchers;
}

function readMatcher(reader: Reader): Matcher {
  const name = reader.quoted() ?? reader.take(/[A-Za-z_][A-Za-z0-9_]*/y) ?? reader.fail('the name of a label');
  if (name === '') reader.fail('the name of a label before this');
  const operator = reader.take(/=~|!~|!=|=/y) ?? reader.fail('=, !=, =~ or !~');
  const value = reader.quoted() ?? reader.take(/[^\s"'`{},=!~\\]+/y) ?? reader.fail('a value in double quotes');
  return { name, value, isRegex: operator.includes('~'), isEqual: operator.startsWith('=') };
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** @param pattern sticky */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) return undefined;
    this.#at += found.length;
    this.#skipSpace();
    return found;
  }

  /** The unescaped text in double quotes; undefined when none begin here. */
  quoted(): string | undefined {
    if (this.#text[this.#at] !== '"') return undefined;
    const found = this.take(/"(?:[^"\\]|\\["\\n])*"/y);
    if (found === undefined) {
      return this.fail(
        'closing double quotes, and in them a backslash only before a double quote, a backslash or an n',
      );
    }
    return found.slice(1, -1).replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }

  /** @throws InvalidId */
  fail(expected: string): never {
    const place = this.atEnd ? 'at its end' : `at ${quoted(this.#text.slice(this.#at, this.#at + 20))}`;
    throw new InvalidId(
      `${quoted(this.#text)} is not a list of matchers: ${place}, ${expected} was expected. ${EXAMPLE} is one.`,
    );
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

/** Compares matchers in any order. */
export function sameMatchers(some: readonly Matcher[], others: readonly Matcher[]): boolean {
  const serialize = (matchers: readonly Matcher[]) =>
    JSON.stringify(
      matchers.map(({ name, value, isRegex, isEqual }) => [name, value, isRegex, isEqual].join('\0')).sort(),
    );
  return serialize(some) === serialize(others);
}
