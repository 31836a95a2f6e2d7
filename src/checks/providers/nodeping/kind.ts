import { z } from 'zod';
import type { ProviderKind } from '../provider.ts';
import { addressSetting } from '../provider-http.ts';
import { NodePingApi } from './api.ts';
import { nodeping } from './provider.ts';

const settings = z.object({
  customerid: z
    .string()
    .regex(/^[A-Za-z0-9]+$/, 'Expected: the id of a sub-account, such as 201205050153W2Q4C.')
    .optional()
    .describe(
      'The sub-account that the checks are of, such as 201205050153W2Q4C; leave it out for the account itself.',
    ),
  url: addressSetting
    .default('https://api.nodeping.com/api/1')
    .describe('Where its interface is; leave it out for the usual address.'),
});

const credentials = z.object({ token: z.string().min(1).describe('The API token, from Account Settings, API.') });

export const nodepingKind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'nodeping',
  title: 'NodePing',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  connect: ({ url, customerid: customerId }, { token }, { fetch }) =>
    nodeping(new NodePingApi({ url, token, customerId }, fetch)),
};
