import { find } from '../../actions/action.ts';
import { cancel } from '../../actions/cancel.ts';
import { finish } from '../../actions/finish.ts';
import { start } from '../../actions/start.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import type { SlackContext } from '../context.ts';
import { commentModal } from '../modals/comment.ts';
import { extendModal } from '../modals/extend.ts';
import type { Person } from '../people.ts';

/** A press of a button on an announcement. */
export interface Press {
  readonly maintenanceId: number;
  readonly triggerId: string;
  /** The same for a redelivery of the same press. */
  readonly once: string;
}

/** What each button does. The announcement itself shows that it happened; only refusals are answered. */
export const pressed = {
  async start({ ground }: SlackContext, { actor }: Person, { maintenanceId, once }: Press): Promise<void> {
    await start(ground, actor, maintenanceId, once);
  },
  async finish({ ground }: SlackContext, { actor }: Person, { maintenanceId, once }: Press): Promise<void> {
    await finish(ground, actor, maintenanceId, 'succeed', once);
  },
  async cancel({ ground }: SlackContext, { actor }: Person, { maintenanceId, once }: Press): Promise<void> {
    await cancel(ground, actor, maintenanceId, undefined, once);
  },
  async extend({ ground, client }: SlackContext, person: Person, { maintenanceId, triggerId }: Press): Promise<void> {
    mustBeAllowed(person.actor, 'extend');
    const maintenance = await find(ground, person.actor, maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: extendModal(maintenance, person.timezone) });
  },
  async comment({ ground, client }: SlackContext, person: Person, { maintenanceId, triggerId }: Press): Promise<void> {
    mustBeAllowed(person.actor, 'comment');
    const maintenance = await find(ground, person.actor, maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: commentModal(maintenance) });
  },
} as const;
