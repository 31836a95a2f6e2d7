/** What stands in braces: a name, and `:number` after it where JSON wants a number. */
const PLACEHOLDER = /\{(\w+)(:number)?\}/g;

/** What the names in braces stand for. */
export type Values = Readonly<Record<string, string>>;

/** A value cannot stand where it is to be put. The message names it, and shows it unless it is a secret. */
export class TemplateError extends Error {}

/** The names in braces, in a text or in all texts of a JSON value. */
export function listPlaceholders(json: unknown): readonly string[] {
  if (typeof json === 'string') return [...json.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  if (typeof json !== 'object' || json === null) return [];
  return Object.values(json).flatMap(listPlaceholders);
}

/**
 * An address with its values, each of them one part of it: whatever it holds, it begins no other path, query or host.
 * @throws Unfit for a value that would lead to another path by itself
 */
export function fillUrl(template: string, values: Values): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = standsFor(name, values);
    // These mean "here" and "above" even when they are encoded (https://url.spec.whatwg.org/#double-dot-path-segment).
    if (value === '' || value === '.' || value === '..') {
      throw new TemplateError(`"${value}" cannot be a part of an address (${name}).`);
    }
    return encodeURIComponent(value.toWellFormed());
  });
}

/** @throws Unfit for a value that would end the header, or cannot be sent in one */
export function fillHeader(template: string, values: Values): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = standsFor(name, values);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new TemplateError(`${name} has a sign that a header cannot hold, such as a line break.`);
    }
    return value;
  });
}

/** A text that is escaped as a whole afterwards: a member of a form. */
export function fillText(template: string, values: Values): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => standsFor(name, values));
}

/**
 * A JSON value with its values: each stays within the text it stands in, and `"{check:number}"` alone becomes a number.
 * @throws Unfit for a value that is no number where one is wanted
 */
export function fillJson(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const [whole, name = '', number] = PLACEHOLDER[Symbol.matchAll](template).next().value ?? [];
    if (number === undefined || whole !== template) return fillText(template, values);
    const value = standsFor(name, values);
    if (!/^-?\d{1,15}$/.test(value))
      throw new TemplateError(`"${value}" is not a number, and ${name} must be one here.`);
    return Number(value);
  }
  if (Array.isArray(template)) return template.map((each) => fillJson(each, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, each]) => [key, fillJson(each, values)]));
}

function standsFor(name: string, values: Values): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new TemplateError(`There is nothing to put for {${name}}.`);
  return value;
}
