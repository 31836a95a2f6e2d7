import type { Problem } from '../core/errors.ts';

/** @param channel what is to be the id of a Slack channel, given in this field */
export function validateChannel(field: string, channel: string): Problem[] {
  if (/^[A-Z0-9]{1,64}$/.test(channel)) return [];
  const message = `${field} is ${JSON.stringify(channel)}; the id of a Slack channel such as C0123456789 is expected.`;
  return [{ field, message }];
}
