import { findPersonKind } from '../../channels.ts';
import type { Problem } from '../../core/errors.ts';
import { MAX_DESCRIPTION_CHARS } from '../../core/limits.ts';
import { validateName, validateText } from '../../maintenance/rules/validation.ts';
import { ownerInvalid, tooManyOwners } from '../errors.ts';

/** Each of them is notified. */
const MAX_OWNERS = 20;

type Values = { name: string; description?: string | undefined; owners?: readonly string[] | undefined };

export function validateService({ name, description = '', owners = [] }: Values): Problem[] {
  const unknown = owners.filter((owner) => findPersonKind(owner) === undefined);
  return [
    ...validateName('service', name),
    ...validateText('description', description, MAX_DESCRIPTION_CHARS),
    ...unknown.map((owner) => ownerInvalid.at('owners', { owner })),
    ...(owners.length > MAX_OWNERS ? [tooManyOwners.at('owners', { count: owners.length, max: MAX_OWNERS })] : []),
  ];
}
