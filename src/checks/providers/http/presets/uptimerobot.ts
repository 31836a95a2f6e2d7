import { z } from 'zod';
import type { Preset } from './preset.ts';
import { address, token } from './settings.ts';

const settings = z.object({ url: address('https://api.uptimerobot.com/v3') });
const credentials = token('The main API key, from Integrations & API.');

export const uptimerobot: Preset<typeof settings, typeof credentials> = {
  kind: 'uptimerobot',
  title: 'UptimeRobot',
  documentation: ['https://uptimerobot.com/api/v3/'],
  settings,
  credentials,
  describe: ({ url }) => ({
    form: 'switch',
    headers: { Authorization: 'Bearer {token}' },
    off: { method: 'POST', url: `${url}/monitors/{check}/pause`, shows: '/status' },
    on: { method: 'POST', url: `${url}/monitors/{check}/start`, shows: '/status' },
    state: { method: 'GET', url: `${url}/monitors/{check}`, state: '/status', failing: '/status' },
    // "LOOKS_DOWN" may yet be nothing.
    states: { off: ['PAUSED'], failing: ['DOWN'] },
    list: {
      method: 'GET',
      url: `${url}/monitors?limit=200`,
      items: '/data',
      next: '/nextLink',
      id: '/id',
      name: '/friendlyName',
      tags: '/tags',
      state: '/status',
      failing: '/status',
    },
    // The smallest plan takes ten requests a minute.
    atOnce: 2,
  }),
};
