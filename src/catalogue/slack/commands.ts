import { z } from 'zod';
import { listProviders } from '../../checks/provider-repository.ts';
import { countChecks, listChecks } from '../../checks/repository.ts';
import { withHealth } from '../../checks/slack/provider-health.ts';
import { sync } from '../../checks/slack/sync.ts';
import { authorize } from '../../core/permissions.ts';
import { welcomeMessage } from '../../slack/answers.ts';
import type { Message } from '../../slack/blocks.ts';
import type { Entry } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { getPlace } from '../../slack/places.ts';
import { countServices, listServices } from '../services/repository.ts';
import { checkList, serviceList } from './messages.ts';

export const checksQuery = z.object({
  of: z.literal('checks'),
  service: z.number().optional(),
  /** What the service is called. */
  name: z.string().optional(),
  page: z.number().int().min(1),
});
export type ChecksQuery = z.infer<typeof checksQuery>;

export const servicesQuery = z.object({ of: z.literal('services'), page: z.number().int().min(1) });
export type ServicesQuery = z.infer<typeof servicesQuery>;

/** What there is: services with what they are now, checks with whether they are off and why. */
export const catalogue: readonly Entry[] = [
  { form: /^services$/i, run: (context, person) => servicesPage(context, person, { of: 'services', page: 1 }) },
  { form: /^checks$/i, run: (context, person) => checksPage(context, person, { of: 'checks', page: 1 }) },
  sync,
  {
    form: /^checks\s+(.+)$/i,
    run: async (context, person, [said = '']) => {
      const { id, name } = await getPlace(context, person, said, 'service');
      return checksPage(context, person, { of: 'checks', service: id, name, page: 1 });
    },
  },
];

export async function servicesPage({ ctx }: SlackContext, { actor }: Person, query: ServicesQuery): Promise<Message> {
  authorize(actor, 'read');
  const total = await countServices(ctx.database, actor.accountId);
  if (total === 0) return welcomeMessage;
  const page = Math.min(query.page, lastPage(total));
  const shown = await listServices(ctx.database, actor.accountId, { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE });
  return serviceList(shown, { page, total });
}

export async function checksPage({ ctx }: SlackContext, { actor }: Person, query: ChecksQuery): Promise<Message> {
  authorize(actor, 'read');
  const filter = query.service === undefined ? {} : { services: [query.service] };
  const total = await countChecks(ctx.database, actor.accountId, filter);
  const page = Math.min(query.page, lastPage(total));
  const offset = (page - 1) * PAGE_SIZE;
  const shown = await listChecks(ctx.database, actor.accountId, { ...filter, limit: PAGE_SIZE, offset });
  const message = checkList(shown, { ...query, page, total });
  // How they are is said once, where all checks are listed.
  if (query.service !== undefined || page > 1) return message;
  return withHealth(message, await listProviders(ctx.database, actor.accountId));
}
