import type { Problem } from '../../core/errors.ts';
import { MAX_DESCRIPTION_CHARS } from '../../core/limits.ts';
import { validateName, validateText } from '../../maintenance/window.ts';
import { ownerInvalid, tooManyOwners } from '../errors.ts';

/** How many owners a service has at most: each of them hears when something needs them. */
const MOST_OWNERS = 20;

/** What is wrong with what is said of a service. @param service `owners` are Slack user ids */
export function validateService(service: {
  readonly name: string;
  readonly description?: string | undefined;
  readonly owners?: readonly string[] | undefined;
}): Problem[] {
  const { name, description = '', owners = [] } = service;
  const strangers = owners.filter((owner) => !/^[UW][A-Z0-9]{2,30}$/.test(owner));
  return [
    ...validateName('service', name),
    ...validateText('description', description, MAX_DESCRIPTION_CHARS),
    ...strangers.map((owner) => ownerInvalid.at('owners', { owner })),
    ...(owners.length > MOST_OWNERS ? [tooManyOwners.at('owners', { count: owners.length, max: MOST_OWNERS })] : []),
  ];
}
