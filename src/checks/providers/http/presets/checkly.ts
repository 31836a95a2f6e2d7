import { z } from 'zod';
import type { Preset } from './preset.ts';
import { address } from './settings.ts';

const settings = z.object({
  url: address('https://api.checklyhq.com'),
  account: z.string().min(1).describe('The account id, from the settings of the account.'),
});
const credentials = z.object({ token: z.string().min(1).describe('An API key, from the settings of the user.') });

/**
 * The documentation calls this way of an update deprecated; those that are to follow it differ by the type of a check. It
 * does not say that what an update leaves out stays as it is.
 */
export const checkly: Preset<typeof settings, typeof credentials> = {
  kind: 'checkly',
  title: 'Checkly',
  documentation: [
    'https://www.checklyhq.com/docs/api-reference/checks/update-a-check',
    'https://www.checklyhq.com/docs/api-reference/checks/list-all-checks',
    'https://www.checklyhq.com/docs/api-reference/check-status/retrieve-check-status-details',
  ],
  settings,
  credentials,
  describe: ({ url, account }) => ({
    form: 'switch',
    headers: { Authorization: 'Bearer {token}', 'X-Checkly-Account': account },
    off: {
      method: 'PUT',
      url: `${url}/v1/checks/{check}?autoAssignAlerts=false`,
      json: { activated: false },
      shows: '/activated',
    },
    on: {
      method: 'PUT',
      url: `${url}/v1/checks/{check}?autoAssignAlerts=false`,
      json: { activated: true },
      shows: '/activated',
    },
    state: { method: 'GET', url: `${url}/v1/checks/{check}`, state: '/activated' },
    result: { method: 'GET', url: `${url}/v1/check-statuses/{check}`, failing: '/hasFailures' },
    states: { off: [false], on: [true], failing: [true] },
    list: {
      method: 'GET',
      url: `${url}/v1/checks?limit=100&page={page}`,
      items: '',
      id: '/id',
      name: '/name',
      tags: '/tags',
      state: '/activated',
    },
  }),
};
