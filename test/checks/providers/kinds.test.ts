import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Configuration } from '../../../src/checks/providers/configuration.ts';
import { PRESET_KINDS } from '../../../src/checks/providers/http/presets.ts';
import { KINDS } from '../../../src/checks/providers/kinds.ts';
import { httpProblemText } from '../../../src/texts/http-errors.ts';
import { boundTo } from './connected.ts';

const KEY = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const fields = z.record(z.string(), z.unknown()).default({});
const example = z.strictObject({ name: z.string(), kind: z.string(), settings: fields, credentials: fields });
const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const section = /\n## Monitoring systems\n.*?(?=\n## )/s.exec(readme)?.[0] ?? '';
const lines = /```json\n(.*?)```/s.exec(section)?.[1]?.trim().split('\n') ?? [];
const examples = lines.map((line) => example.parse(JSON.parse(line)));
const values = { LULL_SECRET_A: 'secret a', LULL_SECRET_B: 'secret b', LULL_SECRET_KEY: KEY };
/** The hosts that each example reaches. */
const REACHED = {
  alertmanager: 'alertmanager.example.com',
  icinga2: 'icinga.example.com',
  nodeping: 'api.nodeping.com',
  'better-stack': 'uptime.betterstack.com',
  checkly: 'api.checklyhq.com',
  datadog: 'api.datadoghq.eu',
  healthchecks: 'checks.example.com',
  pingdom: 'api.pingdom.com',
  statuscake: 'api.statuscake.com',
  uptimerobot: 'api.uptimerobot.com',
  http: 'example.com',
  webhook: 'monitoring.example.com',
};
const configuration = new Configuration(KINDS, boundTo(Object.values(REACHED), values), httpProblemText);

describe('the kinds of monitoring systems', () => {
  it('have unique names', () => {
    expect(new Set(configuration.kinds).size).toBe(KINDS.length);
  });

  it('have an example each in the README', () => {
    expect(examples.map(({ kind }) => kind).sort()).toEqual([...configuration.kinds].sort());
  });

  it.each(examples)('are connected as the README says: $kind', ({ kind, settings, credentials }) => {
    expect(configuration.validateSettings(kind, settings)).toEqual([]);
    expect(configuration.validateCredentials(kind, credentials)).toEqual([]);
    const complete = configuration.complete(kind, settings, credentials);
    const fetch = () => Promise.reject(new Error('nothing is asked yet'));
    const reach = { fetch, publicUrl: 'https://lull.example.com', now: () => new Date() };
    const provider = complete.kind.connect(complete.settings, complete.credentials, reach);
    expect(['switch', 'downtime']).toContain(provider.form);
  });

  it.each(examples)('refuse a secret that is not bound to their host: $kind', ({ kind, settings, credentials }) => {
    expect(configuration.validateBoth(kind, settings, credentials)).toEqual([]);
    const unbound = new Configuration(KINDS, boundTo(['elsewhere.example.com'], values), httpProblemText);
    const host = z.string().parse(Object.entries(REACHED).find(([name]) => name === kind)?.[1]);
    const expected = Object.entries(credentials).flatMap(([key, value]) => {
      const name = /^env:(.*)$/.exec(String(value))?.[1];
      if (name === undefined) return [];
      const params = { variable: name, host, entry: `LULL_SECRET_HOSTS=${name.slice(12)}=${host}` };
      return [{ field: `credentials.${key}`, code: 'secret-not-bound', params }];
    });
    expect(unbound.validateBoth(kind, settings, credentials)).toEqual(expected);
  });

  it('name the documentation they are implemented from if they were never tried live', () => {
    const untried = configuration.described().filter(({ writtenFrom }) => writtenFrom.length > 0);
    expect(untried.map(({ kind }) => kind)).toEqual(PRESET_KINDS.map(({ kind }) => kind));
    for (const { title, writtenFrom } of untried) {
      expect(section, title).toMatch(new RegExp(`${title}\\b.* (are|is) implemented from their documentation`, 's'));
      expect(writtenFrom.every((page) => page.startsWith('https://'))).toBe(true);
    }
  });

  it.each(configuration.described())('say of every field of $kind what it is for', ({ settings, credentials }) => {
    const described = z.object({ properties: z.record(z.string(), z.object({ description: z.string().min(10) })) });
    expect(described.safeParse(settings).error).toBeUndefined();
    expect(described.safeParse(credentials).error).toBeUndefined();
  });
});
