import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Audience, anonymousReader, toReader } from '../../../src/core/permissions.ts';
import { VISIBILITIES } from '../../../src/maintenance/rules/status.ts';
import { serviceAudience, viewFor, windowAudience } from '../../../src/maintenance/rules/visibility.ts';
import { sample } from '../../slack/samples.ts';

const visibility = fc.constantFrom(...VISIBILITIES);
const scope = fc.option(fc.record({ visibility }));
const service = fc.record({ visibility, scope });

test('a service is for everybody when it and its scope are', () => {
  fc.assert(
    fc.property(service, (it) => {
      const open = it.visibility === 'public' && it.scope?.visibility !== 'internal';
      expect(serviceAudience(it)).toBe(open ? 'public' : 'internal');
    }),
  );
});

test('a window is for everybody when it and its scope are, and one of its services if it has any', () => {
  fc.assert(
    fc.property(visibility, scope, fc.array(service, { maxLength: 3 }), (own, of, on) => {
      const services = on.map((it) => ({ audience: serviceAudience(it) }));
      const open =
        own === 'public' &&
        of?.visibility !== 'internal' &&
        (on.length === 0 || on.some((it) => it.visibility === 'public' && it.scope?.visibility !== 'internal'));
      expect(windowAudience({ visibility: own, scope: of, services })).toBe(open ? 'public' : 'internal');
    }),
  );
});

test('who may read is of the account; a guest and an anonymous reader are the public', () => {
  expect(toReader({ ...anonymousReader(1), role: 'viewer' })).toBe('internal');
  expect(toReader({ ...anonymousReader(1), role: 'viewer', scopes: [3] })).toEqual({ scopes: [3] });
  expect(toReader(anonymousReader(1))).toBe('public');
});

test('the public hears of the public services of a maintenance, and not who asked for it, approves it or watches it', () => {
  const named = (name: string, audience: Audience) => ({ id: 1, name, audience });
  const maintenance = sample({
    services: [named('api', 'public'), named('secret-ledger', 'internal')],
    checks: ['PROBE'],
    owner: { id: 'U0SECRET', name: 'Ana Secret' },
    approval: 'pending',
    requestedBy: ['U0SECRET'],
    reopensId: 777,
  });
  expect(viewFor('internal', maintenance)).toEqual(maintenance);
  const seen = viewFor('public', maintenance);
  expect(seen).toMatchObject({ name: maintenance.name, services: [{ name: 'api' }] });
  expect(JSON.stringify(seen)).not.toMatch(/secret|PROBE|pending|777/i);
  expect(viewFor('public', { ...maintenance, audience: 'internal' })).toBeUndefined();
});

test('a series that is internal is not named by a run that is public', () => {
  const series = {
    id: 3,
    key: 'NZT234',
    enabled: true,
    cron: '0 3 * * 0',
    timezone: 'UTC',
    durationMinutes: 60,
    duringFreeze: 'skip' as const,
    audience: 'internal' as const,
  };
  const run = { series, occurrence: new Date(0), state: 'following' as const };
  expect(viewFor('public', sample({ run }))?.run).toBeNull();
  expect(viewFor('public', sample({ run: { ...run, series: { ...series, audience: 'public' } } }))?.run).not.toBeNull();
});
