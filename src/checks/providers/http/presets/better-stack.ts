import { z } from 'zod';
import type { Preset } from './preset.ts';
import { address, token } from './settings.ts';

const settings = z.object({ url: address('https://uptime.betterstack.com') });
const credentials = token('The API token of the team, from its settings.');

export const betterStack: Preset<typeof settings, typeof credentials> = {
  kind: 'better-stack',
  title: 'Better Stack',
  documentation: [
    'https://betterstack.com/docs/uptime/pausing-monitors-and-maintenances/',
    'https://betterstack.com/docs/uptime/api/update-an-existing-monitor/',
    'https://betterstack.com/docs/uptime/api/list-all-existing-monitors/',
  ],
  settings,
  credentials,
  describe: ({ url }) => ({
    form: 'switch',
    headers: { Authorization: 'Bearer {token}' },
    off: {
      method: 'PATCH',
      url: `${url}/api/v2/monitors/{check}`,
      json: { paused: true },
      shows: '/data/attributes/status',
    },
    on: {
      method: 'PATCH',
      url: `${url}/api/v2/monitors/{check}`,
      json: { paused: false },
      shows: '/data/attributes/status',
    },
    state: {
      method: 'GET',
      url: `${url}/api/v2/monitors/{check}`,
      state: '/data/attributes/status',
      failing: '/data/attributes/status',
    },
    states: { off: ['paused'], failing: ['down'] },
    list: {
      method: 'GET',
      url: `${url}/api/v2/monitors?per_page=250`,
      items: '/data',
      next: '/pagination/next',
      id: '/id',
      name: '/attributes/pronounceable_name',
      state: '/attributes/status',
      failing: '/attributes/status',
    },
  }),
};
