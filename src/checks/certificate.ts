import { z } from 'zod';
import { readTrust, type Trust } from '../outgoing/trust.ts';

/** The field for a certificate that is not a public one. There is none for taking any. */
export const certificate = z
  .string()
  .refine((text) => readTrust(text) !== undefined, 'Expected: certificates as PEM, or a SHA-256 fingerprint.')
  .describe('The certificate to trust where it is not a public one: a PEM, or the SHA-256 fingerprint of its own.');

/** @param text of the field */
export function trustOf(text: string | undefined): Trust | undefined {
  return text === undefined ? undefined : readTrust(text);
}
