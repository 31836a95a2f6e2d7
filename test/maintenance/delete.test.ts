import { afterAll, beforeAll, expect, test } from 'vitest';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { comment } from '../../src/comments/commands.ts';
import { announce } from '../../src/delivery/announce.ts';
import { getMaintenance } from '../../src/maintenance/commands/find.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { deleteMaintenance, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { countMaintenances, listMaintenances } from '../../src/maintenance/repository/list.ts';
import { Channels, inSlack } from '../delivery/channels.ts';
import { silent, type World, world } from '../world.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());

const scheduled = () => schedule(w.ctx, w.ana, w.input({ services: [service] }));
const audited = async (maintenanceId: number) =>
  (await w.ctx.database.auditEvent.findMany({ where: { maintenanceId }, orderBy: { id: 'asc' } })).map(
    ({ type }) => type,
  );

test('a scheduled one is canceled, its channels are told, and nobody sees it any more', async () => {
  const { id } = await scheduled();
  const channels = new Channels();
  const tell = () => announce(w.ctx, channels, silent, { accountId: w.account.id, ...inSlack('C0DEFAULT') });
  await tell();
  await deleteMaintenance(w.ctx, w.ana, id);
  await tell();
  expect(channels.live('C0DEFAULT').map(({ message }) => message.text)).toEqual([expect.stringMatching(/Canceled/)]);

  await expect(getMaintenance(w.ctx, w.ana, id)).rejects.toMatchObject({ kind: 'not-found' });
  await expect(comment(w.ctx, w.ana, id, { text: 'x', internal: false })).rejects.toMatchObject({
    kind: 'not-found',
  });
  await expect(deleteMaintenance(w.ctx, w.ana, id)).rejects.toMatchObject({ kind: 'not-found' });
  expect(await listMaintenances(w.ctx.database, w.account.id)).toEqual([]);
  expect(await countMaintenances(w.ctx.database, w.account.id, {})).toBe(0);
  expect(await audited(id)).toEqual(['maintenance.scheduled', 'maintenance.canceled', 'maintenance.deleted']);
});

test('one in progress lets go of its checks', async () => {
  const { id } = await scheduled();
  await start(w.ctx, w.ana, id);
  await deleteMaintenance(w.ctx, w.ana, id);
  const mutes = await listMutes(w.ctx.database, w.account.id, id);
  expect(mutes).toHaveLength(1);
  expect(mutes.every(({ endedAt }) => endedAt !== null)).toBe(true);
});

test('of one that is over the record stays as it was', async () => {
  const { id } = await scheduled();
  await start(w.ctx, w.ana, id);
  await finish(w.ctx, w.ana, id, 'succeed');
  expect(await deleteMaintenance(w.ctx, w.ana, id)).toMatchObject({ status: 'succeed' });
  expect(await audited(id)).toEqual([
    'maintenance.scheduled',
    'maintenance.started',
    'maintenance.finished',
    'maintenance.deleted',
  ]);
});

test('a viewer may not', async () => {
  const { id } = await scheduled();
  await expect(deleteMaintenance(w.ctx, w.person('viewer'), id)).rejects.toMatchObject({ kind: 'forbidden' });
  expect(await getMaintenance(w.ctx, w.ana, id)).toMatchObject({ status: 'scheduled' });
});
