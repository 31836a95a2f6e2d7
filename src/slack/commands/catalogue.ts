import { z } from 'zod';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { countChecks, listChecks } from '../../store/checks.ts';
import { listProviders } from '../../store/providers.ts';
import { countServices, listServices } from '../../store/services.ts';
import type { SlackContext } from '../context.ts';
import { welcome } from '../messages/answers.ts';
import { listedChecks, listedServices } from '../messages/catalogue.ts';
import type { Message } from '../messages/message.ts';
import { lastPage, PAGE } from '../messages/paged.ts';
import { withHealth } from '../messages/providers.ts';
import type { Person } from '../people.ts';
import type { Entry } from './command.ts';
import { mustBeNamed } from './places.ts';
import { sync } from './sync.ts';

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
      const { id, name } = await mustBeNamed(context, person, said, 'service');
      return checksPage(context, person, { of: 'checks', service: id, name, page: 1 });
    },
  },
];

export async function servicesPage(
  { ground }: SlackContext,
  { actor }: Person,
  query: ServicesQuery,
): Promise<Message> {
  mustBeAllowed(actor, 'read');
  const total = await countServices(ground.database, actor.accountId);
  if (total === 0) return welcome;
  const page = Math.min(query.page, lastPage(total));
  const shown = await listServices(ground.database, actor.accountId, { limit: PAGE, offset: (page - 1) * PAGE });
  return listedServices(shown, { page, total });
}

export async function checksPage({ ground }: SlackContext, { actor }: Person, query: ChecksQuery): Promise<Message> {
  mustBeAllowed(actor, 'read');
  const filter = query.service === undefined ? {} : { services: [query.service] };
  const total = await countChecks(ground.database, actor.accountId, filter);
  const page = Math.min(query.page, lastPage(total));
  const offset = (page - 1) * PAGE;
  const shown = await listChecks(ground.database, actor.accountId, { ...filter, limit: PAGE, offset });
  const message = listedChecks(shown, { ...query, page, total });
  // How they are is said once, where all checks are listed.
  if (query.service !== undefined || page > 1) return message;
  return withHealth(message, await listProviders(ground.database, actor.accountId));
}
