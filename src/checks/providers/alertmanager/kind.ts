import { z } from 'zod';
import type { ProviderKind } from '../kind.ts';
import { AlertmanagerApi } from './api.ts';
import { validateMatchers } from './matchers.ts';
import { alertmanager } from './provider.ts';

const settings = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .describe('Where its interface is, such as https://alertmanager.example.com; of a cluster, any one member.'),
  margin: z
    .int()
    .min(1)
    .max(24 * 60)
    .default(10)
    .describe('How long after the planned end a silence ends by itself (minutes), should Lull not live to end it.'),
});

const credentials = z
  .object({
    username: z.string().min(1).optional().describe('For a proxy that wants basic authentication.'),
    password: z.string().min(1).optional().describe('Of that user.'),
    token: z.string().min(1).optional().describe('For a proxy that wants a bearer token.'),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    message: 'A user needs a password, and a password a user.',
    path: ['password'],
  })
  .refine(({ username, token }) => username === undefined || token === undefined, {
    message: 'It is either a user with a password or a token.',
    path: ['token'],
  });

/** Prometheus Alertmanager: checks are matchers, such as `alertname="HighLatency",instance=~"db.*"`, and go off by a silence. */
export const alertmanagerKind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'alertmanager',
  title: 'Prometheus Alertmanager',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  problemOfId: validateMatchers,
  connect: ({ url, margin }, secrets, reach) =>
    alertmanager(new AlertmanagerApi(url, secrets, reach.fetch), reach, margin),
};
