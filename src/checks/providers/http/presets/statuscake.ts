import { z } from 'zod';
import type { Preset } from './preset.ts';
import { address, token } from './settings.ts';

const settings = z.object({ url: address('https://api.statuscake.com') });
const credentials = token('An API token, from My Account.');

export const statuscake: Preset<typeof settings, typeof credentials> = {
  kind: 'statuscake',
  title: 'StatusCake',
  documentation: ['https://developers.statuscake.com/api/'],
  settings,
  credentials,
  describe: ({ url }) => ({
    form: 'switch',
    headers: { Authorization: 'Bearer {token}' },
    off: { method: 'PUT', url: `${url}/v1/uptime/{check}`, form: { paused: 'true' } },
    on: { method: 'PUT', url: `${url}/v1/uptime/{check}`, form: { paused: 'false' } },
    state: { method: 'GET', url: `${url}/v1/uptime/{check}`, state: '/data/paused', failing: '/data/status' },
    states: { off: [true], on: [false], failing: ['down'] },
    list: {
      method: 'GET',
      url: `${url}/v1/uptime?limit=100&page={page}`,
      items: '/data',
      id: '/id',
      name: '/name',
      tags: '/tags',
      state: '/paused',
      failing: '/status',
    },
  }),
};
