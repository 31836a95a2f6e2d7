import { z } from 'zod';
import type { Preset } from './preset.ts';
import { address } from './settings.ts';

const settings = z.object({ url: address('https://api.datadoghq.com') });
const credentials = z.object({
  api_key: z.string().min(1).describe('An API key, from Organization Settings.'),
  application_key: z.string().min(1).describe('An application key that may read monitors and manage downtimes.'),
});

/** Monitors are not switched off; a downtime lies over each, and no alert of it is sent. */
export const datadog: Preset<typeof settings, typeof credentials> = {
  kind: 'datadog',
  title: 'Datadog',
  documentation: [
    'https://docs.datadoghq.com/api/latest/downtimes/',
    'https://docs.datadoghq.com/api/latest/monitors/get-all-monitors/',
    'https://docs.datadoghq.com/api/latest/monitors/get-a-monitors-details/',
  ],
  settings,
  credentials,
  describe: ({ url }) => ({
    form: 'downtime',
    headers: { 'DD-API-KEY': '{api_key}', 'DD-APPLICATION-KEY': '{application_key}' },
    find: {
      method: 'GET',
      url: `${url}/api/v2/downtime?current_only=false&page[limit]=100&page[offset]={offset}`,
      items: '/data',
      id: '/id',
      check: '/attributes/monitor_identifier/monitor_id',
      comment: '/attributes/message',
      state: '/attributes/status',
      lying: ['active', 'scheduled'],
    },
    put: {
      method: 'POST',
      url: `${url}/api/v2/downtime`,
      json: {
        data: {
          type: 'downtime',
          attributes: {
            monitor_identifier: { monitor_id: '{check:number}' },
            scope: '*',
            message: '{comment}',
            schedule: { start: null, end: '{until}' },
          },
        },
      },
    },
    change: {
      method: 'PATCH',
      url: `${url}/api/v2/downtime/{downtime}`,
      json: {
        data: {
          type: 'downtime',
          id: '{downtime}',
          attributes: { message: '{comment}', schedule: { end: '{until}' } },
        },
      },
    },
    // 404: it is gone.
    cancel: { method: 'DELETE', url: `${url}/api/v2/downtime/{downtime}`, accepts: [404] },
    result: { method: 'GET', url: `${url}/api/v1/monitor/{check}`, failing: '/overall_state' },
    states: { failing: ['Alert'] },
    list: {
      method: 'GET',
      url: `${url}/api/v1/monitor?page={page}&page_size=1000`,
      firstPage: 0,
      items: '',
      id: '/id',
      name: '/name',
      tags: '/tags',
      failing: '/overall_state',
    },
  }),
};
