import type { Problem } from '../../domain/refusal.ts';
import { at } from '../messages/time.ts';
import { fieldOf } from './form.ts';

/** Instants as the rules say them. */
const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z/g;

/**
 * Problems as Slack shows them, each at its field.
 * @param fields the block ids of the form; what belongs to none of them shows at the first
 * @param zone the IANA zone of whoever filled it in, in which instants are said
 */
export function fieldErrors(
  problems: readonly Problem[],
  fields: readonly string[],
  zone: string,
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { field, message } of problems) {
    const own = fields.find((id) => fieldOf(id) === field);
    const place = own ?? fields[0];
    if (place === undefined) continue;
    // At the field itself its name over HTTP says nothing.
    const told =
      own !== undefined && message.startsWith(`${field} `) ? `This ${message.slice(field.length + 1)}` : message;
    const said = told.replace(INSTANT, (instant) => `${at(new Date(instant), zone)} (${zone})`);
    errors[place] = errors[place] === undefined ? said : `${errors[place]} ${said}`;
  }
  return errors;
}
