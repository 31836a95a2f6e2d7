import type { Problem } from '../core/errors.ts';
import { channelInvalid } from './errors.ts';

/** @param channel what is to be the id of a Slack channel, given in this field */
export function validateChannel(field: string, channel: string): Problem[] {
  if (/^[A-Z0-9]{1,64}$/.test(channel)) return [];
  return [channelInvalid.at(field, { channel })];
}
