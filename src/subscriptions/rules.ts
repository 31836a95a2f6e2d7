import { findChannelRef } from '../channels.ts';
import type { Problem } from '../core/errors.ts';
import { channelInvalid } from './errors.ts';

/** @param channel an address that somebody entered in this field */
export function validateChannel(field: string, channel: string): Problem[] {
  if (findChannelRef(channel) !== undefined) return [];
  return [channelInvalid.at(field, { channel })];
}
