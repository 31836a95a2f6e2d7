import { z } from 'zod';
import type { Preset } from './preset.ts';
import { address, token } from './settings.ts';

const settings = z.object({ url: address('https://api.pingdom.com/api/3.1') });
const credentials = token('An API token with read and write access, from Settings, Pingdom API.');

export const pingdom: Preset<typeof settings, typeof credentials> = {
  kind: 'pingdom',
  title: 'Pingdom',
  documentation: ['https://docs.pingdom.com/api/'],
  settings,
  credentials,
  describe: ({ url }) => ({
    form: 'switch',
    headers: { Authorization: 'Bearer {token}' },
    off: { method: 'PUT', url: `${url}/checks/{check}`, json: { paused: true } },
    on: { method: 'PUT', url: `${url}/checks/{check}`, json: { paused: false } },
    state: { method: 'GET', url: `${url}/checks/{check}`, state: '/check/status', failing: '/check/status' },
    // "unconfirmed_down" may yet be nothing.
    states: { off: ['paused'], failing: ['down'] },
    list: {
      method: 'GET',
      url: `${url}/checks?include_tags=true&limit=1000&offset={offset}`,
      items: '/checks',
      id: '/id',
      name: '/name',
      tags: '/tags',
      state: '/status',
      failing: '/status',
    },
  }),
};
