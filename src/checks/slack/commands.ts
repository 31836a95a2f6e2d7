import { z } from 'zod';
import { getPlace } from '../../catalogue/slack/places.ts';
import { authorize } from '../../core/permissions.ts';
import type { Message } from '../../slack/blocks.ts';
import type { Entry } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { listProviders } from '../provider-repository.ts';
import { countChecks, listChecks } from '../repository.ts';
import type { Lister } from '../sync.ts';
import { checkList, withHealth } from './messages.ts';
import { sync } from './sync.ts';

export const checksQuery = z.object({
  of: z.literal('checks'),
  service: z.number().optional(),
  /** Of the service. */
  name: z.string().optional(),
  page: z.number().int().min(1),
});

/** `/maintenance checks`: which checks are muted, and by which maintenances. */
export const checkCommands = (list: Lister): readonly Entry[] => [
  { form: /^checks$/i, run: (context, person) => checksPage(context, person, { of: 'checks', page: 1 }) },
  sync(list),
  {
    form: /^checks\s+(.+)$/i,
    run: async (context, person, [service = '']) => {
      const { id, name } = await getPlace(context, person, service, 'service');
      return checksPage(context, person, { of: 'checks', service: id, name, page: 1 });
    },
  },
];

export async function checksPage(
  { ctx }: SlackContext,
  { actor }: Person,
  query: z.infer<typeof checksQuery>,
): Promise<Message> {
  authorize(actor, 'read');
  const filter = query.service === undefined ? {} : { services: [query.service] };
  const total = await countChecks(ctx.database, actor.accountId, filter);
  const page = Math.min(query.page, lastPage(total));
  const offset = (page - 1) * PAGE_SIZE;
  const shown = await listChecks(ctx.database, actor.accountId, { ...filter, limit: PAGE_SIZE, offset });
  const message = checkList(shown, { ...query, page, total });
  // The health of monitoring systems is shown once, above the first page of all checks.
  if (query.service !== undefined || page > 1) return message;
  return withHealth(message, await listProviders(ctx.database, actor.accountId));
}
