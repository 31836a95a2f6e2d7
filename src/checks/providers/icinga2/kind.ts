import { z } from 'zod';
import { readTrust } from '../../../platform/outbound/trust.ts';
import { marginSetting } from '../downtimes.ts';
import type { ProviderKind } from '../provider.ts';
import { encodeBasic, ProviderHttp, readTrustSetting } from '../provider-http.ts';
import { Icinga2Api, readTarget } from './api.ts';
import { icinga2 } from './provider.ts';

const settings = z.object({
  url: z.url({ protocol: /^https$/ }).describe('Where its API listens, such as https://icinga.example.com:5665.'),
  certificate: z
    .string()
    .refine((text) => readTrust(text) !== undefined, {
      message: 'Expected certificates (PEM), or a SHA-256 fingerprint as openssl x509 -fingerprint -sha256 prints it.',
    })
    .optional()
    .describe("Icinga signs its own certificate: the CA's (ca.crt, PEM), or the SHA-256 fingerprint of the server's."),
  margin: marginSetting('downtime'),
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

/** Checks are hosts (`db1`), services (`db1!disk`) or filters, and are muted by downtimes. */
export const icinga2Kind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'icinga2',
  title: 'Icinga 2',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  parseId: readTarget,
  connect({ url, certificate, margin, all_services: allServices, tags: variables }, { username, password }, context) {
    const login = encodeBasic(username, password);
    const http = new ProviderHttp('Icinga', context.fetch, {
      headers: { authorization: `Basic ${login}` },
      secrets: [password, login],
      trust: readTrustSetting(certificate),
    });
    const api = new Icinga2Api(http, url.replace(/\/+$/, ''));
    return icinga2(api, context, { marginMinutes: margin, allServices, variables });
  },
};
