import { z } from 'zod';
import { marginSetting } from '../downtimes.ts';
import type { ProviderKind } from '../provider.ts';
import { addressSetting, encodeBasic, ProviderHttp } from '../provider-http.ts';
import { readMatchers } from './matchers.ts';
import { alertmanager } from './provider.ts';

const settings = z.object({
  url: addressSetting.describe(
    'Where its interface is, such as https://alertmanager.example.com; of a cluster, any one member.',
  ),
  margin: marginSetting('silence'),
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

/** Checks are matchers, such as `alertname="HighLatency",instance=~"db.*"`, and are muted by silences. */
export const alertmanagerKind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'alertmanager',
  title: 'Prometheus Alertmanager',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  parseId: readMatchers,
  connect({ url, margin }, { username, password = '', token }, context) {
    const basic = username === undefined ? undefined : encodeBasic(username, password);
    const authorization = basic === undefined ? token && `Bearer ${token}` : `Basic ${basic}`;
    const http = new ProviderHttp('Alertmanager', context.fetch, {
      headers: authorization === undefined ? {} : { authorization },
      secrets: [password, token ?? '', basic ?? ''],
    });
    return alertmanager(http, url, context, margin);
  },
};
