import { findPersonKind } from '../../channels.ts';
import type { Problem } from '../../core/errors.ts';
import { MAX_DESCRIPTION_CHARS } from '../../core/limits.ts';
import { validateName, validateText } from '../../maintenance/rules/validation.ts';
import { ownerInvalid, tooManyOwners } from '../errors.ts';

/** How many owners a service has at most: each of them hears when something needs them. */
const MOST_OWNERS = 20;

/** @param service `owners` are ids of people */
export function validateService(service: {
  readonly name: string;
  readonly description?: string | undefined;
  readonly owners?: readonly string[] | undefined;
}): Problem[] {
  const { name, description = '', owners = [] } = service;
  const strangers = owners.filter((owner) => findPersonKind(owner) === undefined);
  return [
    ...validateName('service', name),
    ...validateText('description', description, MAX_DESCRIPTION_CHARS),
    ...strangers.map((owner) => ownerInvalid.at('owners', { owner })),
    ...(owners.length > MOST_OWNERS ? [tooManyOwners.at('owners', { count: owners.length, max: MOST_OWNERS })] : []),
  ];
}
