import { z } from 'zod';
import { readTrust } from '../../../platform/outbound/trust.ts';
import type { ProviderKind } from '../kind.ts';
import { Icinga2Api } from './api.ts';
import { icinga2 } from './provider.ts';
import { validateTarget } from './target.ts';

const settings = z.object({
  url: z.url({ protocol: /^https$/ }).describe('Where its API listens, such as https://icinga.example.com:5665.'),
  certificate: z
    .string()
    .refine((text) => readTrust(text) !== undefined, {
      message: 'Expected certificates (PEM), or a SHA-256 fingerprint as openssl x509 -fingerprint -sha256 prints it.',
    })
    .optional()
    .describe("Icinga signs its own certificate: the CA's (ca.crt, PEM), or the SHA-256 fingerprint of the server's."),
  margin: z
    .int()
    .min(1)
    .max(24 * 60)
    .default(10)
    .describe('How long after the planned end a downtime ends by itself (minutes), should Lull not live to end it.'),
  all_services: z.boolean().default(true).describe('A downtime of a host lies over all of its services too.'),
  tags: z
    .array(z.string().min(1))
    .default([])
    .describe('Custom variables that become tags of imported checks, beside the groups. Name none that is secret.'),
});

const credentials = z.object({
  username: z.string().min(1).describe('Of an ApiUser object.'),
  password: z.string().min(1).describe('Of that user.'),
});

/** Icinga 2: checks are hosts (`db1`), services (`db1!disk`) or filters, and go off by downtimes. */
export const icinga2Kind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'icinga2',
  title: 'Icinga 2',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  problemOfId: validateTarget,
  connect: ({ url, certificate, margin, all_services: allServices, tags: variables }, secrets, reach) => {
    const trust = certificate === undefined ? undefined : readTrust(certificate);
    return icinga2(new Icinga2Api(url, secrets, trust, reach.fetch), reach, { margin, allServices, variables });
  },
};
