import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { revertToScheduled } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { advanceDueMaintenance } from '../../src/scheduler/advance.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());

async function begun() {
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service] }));
  await start(w.ctx, w.ana, id);
  return id;
}

describe('a maintenance that began by mistake', () => {
  test('is scheduled again, wants no check off any more, and begins again at its start', async () => {
    const id = await begun();
    const window = w.soon(hours(2), hours(1));
    const back = await revertToScheduled(w.ctx, w.ana, id, window);
    expect(back).toMatchObject({
      ...{ status: 'scheduled', startedAt: null, endedAt: null },
      ...{ scheduledStart: window.start, scheduledEnd: window.end },
    });
    const mutes = await listMutes(w.ctx.database, w.account.id, id);
    expect(mutes.map(({ endedAt }) => endedAt)).toEqual([expect.any(Date)]);

    w.clock.moveTo(new Date(window.start.getTime() + minutes(1)));
    while ((await advanceDueMaintenance(w.ctx)).outcome === 'moved');
    const [mute] = await listMutes(w.ctx.database, w.account.id, id);
    expect(mute).toMatchObject({ endedAt: null, outcome: 'pending' });
  });

  test('is not put back to where it would begin again at once', async () => {
    const id = await begun();
    const now = w.soon(-minutes(1), hours(1));
    await expect(revertToScheduled(w.ctx, w.ana, id, now)).rejects.toMatchObject({
      ...{ kind: 'invalid', problems: [{ field: 'scheduled_start_date' }] },
    });
  });

  test('is not put back when it never began', async () => {
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service] }));
    await expect(revertToScheduled(w.ctx, w.ana, id, w.soon(hours(2), hours(1)))).rejects.toMatchObject({
      kind: 'conflict',
    });
  });
});
