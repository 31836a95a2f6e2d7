import type { Problem } from '../../domain/refusal.ts';
import { fieldOf } from './form.ts';

/**
 * Problems as Slack shows them, each at its field.
 * @param fields the block ids of the form; what belongs to none of them shows at the first
 */
export function fieldErrors(problems: readonly Problem[], fields: readonly string[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { field, message } of problems) {
    const place = fields.find((id) => fieldOf(id) === field) ?? fields[0];
    if (place === undefined) continue;
    errors[place] = errors[place] === undefined ? message : `${errors[place]} ${message}`;
  }
  return errors;
}
