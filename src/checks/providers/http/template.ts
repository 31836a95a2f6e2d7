/** A name in braces, followed by `:number` where JSON requires a number. */
const PLACEHOLDER = /\{(\w+)(:number)?\}/g;

export type Values = Readonly<Record<string, string>>;

/** A value that cannot be used in its place. The message names it, and shows it unless it may be a secret. */
export class TemplateError extends Error {}

/** The names in braces in a text, or in all texts of a JSON value. */
export function listPlaceholders(json: unknown): readonly string[] {
  if (typeof json === 'string') return [...json.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  if (typeof json !== 'object' || json === null) return [];
  return Object.values(json).flatMap(listPlaceholders);
}

/**
 * Fills in an address. Whatever a value holds, it begins no other path segment, query or host.
 * @throws TemplateError for a value that would lead to another path
 */
export function fillUrl(template: string, values: Values): string {
  return fill(template, values, (value, name) => {
    // These lead to another path even when they are encoded (https://url.spec.whatwg.org/#double-dot-path-segment).
    if (value === '' || value === '.' || value === '..') {
      throw new TemplateError(`"${value}" cannot be a part of an address (${name}).`);
    }
    return encodeURIComponent(value.toWellFormed());
  });
}

/** @throws TemplateError for a value that would end the header, or cannot be sent in one */
export function fillHeader(template: string, values: Values): string {
  return fill(template, values, (value, name) => {
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
    throw new TemplateError(`${name} has a sign that a header cannot hold, such as a line break.`);
  });
}

/** Fills in a text that is escaped afterwards. */
export function fillText(template: string, values: Values): string {
  return fill(template, values, (value) => value);
}

/**
 * Fills in all texts of a JSON value. `"{check:number}"` becomes a number.
 * @throws TemplateError for a value that is no number where one is required
 */
export function fillJson(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const [match, name = '', number] = PLACEHOLDER[Symbol.matchAll](template).next().value ?? [];
    if (number === undefined || match !== template) return fillText(template, values);
    const value = fillText(`{${name}}`, values);
    if (/^-?\d{1,15}$/.test(value)) return Number(value);
    throw new TemplateError(`"${value}" is not a number, and ${name} must be one here.`);
  }
  if (Array.isArray(template)) return template.map((each) => fillJson(each, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, each]) => [key, fillJson(each, values)]));
}

function fill(template: string, values: Values, encode: (value: string, name: string) => string): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new TemplateError(`There is nothing to put for {${name}}.`);
    return encode(value, name);
  });
}

/**
 * The value that a JSON Pointer leads to; undefined when it leads nowhere.
 *
 *     lookUp({ data: [{ status: 'paused' }] }, '/data/0/status'); // 'paused'
 *
 * @see https://www.rfc-editor.org/rfc/rfc6901
 */
export function lookUp(json: unknown, pointer: string): unknown {
  let found = json;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null) return undefined;
    found = new Map(Object.entries(found)).get(key);
  }
  return found;
}

/** Whether a text is a JSON Pointer. The empty one is the whole value. */
export function isPointer(text: string): boolean {
  return /^(\/([^/~]|~[01])*)*$/.test(text);
}

/** The text of an id or a name, which may be a number. */
export function readText(json: unknown): string | undefined {
  if (typeof json === 'number') return String(json);
  return typeof json === 'string' && json !== '' ? json : undefined;
}
