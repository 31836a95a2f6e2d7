import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecretCalendar, listVisibleCalendars, revokeCalendar } from '../../src/calendars/commands.ts';
import { findCalendarBySecret } from '../../src/calendars/repository.ts';
import { type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const everything = { scopes: [], services: [] };

test('a calendar is found by the secret of its address, which is not stored', async () => {
  const { calendar, secret } = await createSecretCalendar(w.ctx, w.ana, { name: ' On call ', ...everything });
  expect(calendar.name).toBe('On call');
  expect(await findCalendarBySecret(w.ctx.database, secret, w.clock.now())).toMatchObject({ id: calendar.id });
  expect(JSON.stringify(await w.ctx.database.calendar.findMany())).not.toContain(secret);
  expect(JSON.stringify(await w.ctx.database.auditEvent.findMany())).not.toContain(secret);
});

test('a revoked calendar has no address anymore', async () => {
  const { calendar, secret } = await createSecretCalendar(w.ctx, w.ana, { name: 'Lost', ...everything });
  await revokeCalendar(w.ctx, w.ana, calendar.id);
  expect(await findCalendarBySecret(w.ctx.database, secret, w.clock.now())).toBeUndefined();
  await expect(revokeCalendar(w.ctx, w.ana, calendar.id)).rejects.toMatchObject({ kind: 'not-found' });
});

test('people see and revoke their own calendars, admins all', async () => {
  const { calendar } = await createSecretCalendar(w.ctx, w.person('viewer', 'U0BEN'), { name: 'Ben', ...everything });
  const names = async (actor: typeof w.ana) => (await listVisibleCalendars(w.ctx, actor)).map(({ name }) => name);
  expect(await names(w.person('viewer', 'U0BEN'))).toEqual(['Ben']);
  expect(await names(w.person('viewer', 'U0CAT'))).toEqual([]);
  expect(await names(w.lull)).toContain('Ben');
  await expect(revokeCalendar(w.ctx, w.person('viewer', 'U0CAT'), calendar.id)).rejects.toMatchObject({
    kind: 'not-found',
  });
  await revokeCalendar(w.ctx, w.lull, calendar.id);
});

describe('nobody can create a calendar', () => {
  test('as a guest, or when limited to scopes', async () => {
    const input = { name: 'x', ...everything };
    await expect(createSecretCalendar(w.ctx, w.person('none'), input)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(createSecretCalendar(w.ctx, { ...w.ana, scopes: [1] }, input)).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  test('without a name or of unknown scopes and services; each wrong field is reported', async () => {
    const wrong = createSecretCalendar(w.ctx, w.ana, { name: ' ', scopes: [77], services: [78] });
    await expect(wrong).rejects.toMatchObject({
      kind: 'invalid',
      problems: [{ field: 'name' }, { field: 'services' }, { field: 'scopes' }],
    });
  });
});
