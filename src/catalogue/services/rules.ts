import type { Problem } from '../../core/errors.ts';
import { MAX_DESCRIPTION_CHARS, validateName, validateText } from '../../maintenance/window.ts';

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
    ...strangers.map((owner) => ({
      field: 'owners',
      message: `owners has ${JSON.stringify(owner)}; ids of Slack users are expected, such as U024BE7LH.`,
    })),
    ...(owners.length > MOST_OWNERS
      ? [{ field: 'owners', message: `owners has ${owners.length}; at most ${MOST_OWNERS} are expected.` }]
      : []),
  ];
}
