import { z } from 'zod';
import { isSigningSecret } from '../../../platform/outbound/signature.ts';
import type { ProviderKind } from '../kind.ts';
import { certificate, readTrustSettings } from '../provider-http.ts';
import { webhook } from './provider.ts';

const settings = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .describe('Where messages are sent, such as https://monitoring.example.com/lull.'),
  answers_state: z
    .boolean()
    .default(false)
    .describe(
      'Whether it answers checks.state. Without, Lull cannot know that a check was off before, nor that a hand switched it.',
    ),
  certificate: certificate.optional(),
});

const credentials = z.object({
  secret: z
    .string()
    .refine(
      isSigningSecret,
      'Expected: 24 to 64 random bytes in base64, such as the output of "openssl rand -base64 32".',
    )
    .describe('What messages are signed with (Standard Webhooks): the output of "openssl rand -base64 32".'),
});

/** A system of one's own, told what to switch by signed messages. */
export const webhookKind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'webhook',
  title: 'A system of your own, by webhook',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  connect({ url, answers_state: answersState, certificate: own }, { secret }, reach) {
    const asked = { title: new URL(url).host, fetch: reach.fetch, secrets: [secret], trust: readTrustSettings(own) };
    return webhook(asked, { url, secret, answersState }, reach);
  },
};
