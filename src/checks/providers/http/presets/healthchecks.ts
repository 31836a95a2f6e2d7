import { z } from 'zod';
import type { Preset } from './preset.ts';
import { address, token } from './settings.ts';

const settings = z.object({ url: address('https://healthchecks.io') });
const credentials = token('A read-write API key, from the settings of the project.');

/**
 * A check that is paused is resumed by its next ping, unless "manual resume" is set for it over there: then Lull sees it on
 * again and says so.
 */
export const healthchecks: Preset<typeof settings, typeof credentials> = {
  kind: 'healthchecks',
  title: 'Healthchecks',
  documentation: ['https://healthchecks.io/docs/api/'],
  settings,
  credentials,
  describe: ({ url }) => ({
    form: 'switch',
    headers: { 'X-Api-Key': '{token}' },
    off: { method: 'POST', url: `${url}/api/v3/checks/{check}/pause`, shows: '/status' },
    // 409: it is not paused.
    on: { method: 'POST', url: `${url}/api/v3/checks/{check}/resume`, shows: '/status', accepts: [409] },
    state: { method: 'GET', url: `${url}/api/v3/checks/{check}`, state: '/status', failing: '/status' },
    states: { off: ['paused'], failing: ['down'] },
    list: {
      method: 'GET',
      url: `${url}/api/v3/checks/`,
      items: '/checks',
      id: '/uuid',
      name: '/name',
      tags: '/tags',
      state: '/status',
      failing: '/status',
    },
  }),
};
