import { z } from 'zod';
import { authorize } from '../../core/permissions.ts';
import type { ServiceStatus } from '../../maintenance/rules/status.ts';
import { type Message, quote, welcomeMessage } from '../../slack/blocks.ts';
import type { Entry } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE, pagedMessage } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { catalogueMessages } from '../../texts/slack-messages.ts';
import { countServices, listServices, type Service } from '../services/repository.ts';

export const servicesQuery = z.object({ of: z.literal('services'), page: z.number().int().min(1) });

/** `/maintenance services`: each service with its current status. */
export const serviceCommands: readonly Entry[] = [
  { form: /^services$/i, run: (context, person) => servicesPage(context, person, { of: 'services', page: 1 }) },
];

export async function servicesPage(
  { ctx: { database } }: SlackContext,
  { actor }: Person,
  query: z.infer<typeof servicesQuery>,
): Promise<Message> {
  authorize(actor, 'read');
  const total = await countServices(database, actor.accountId);
  if (total === 0) return welcomeMessage;
  const page = Math.min(query.page, lastPage(total));
  const window = { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
  return serviceList(await listServices(database, actor.accountId, window), { page, total });
}

export const SERVICE_SIGNS: Record<ServiceStatus, string> = {
  up: ':large_green_circle:',
  degraded: ':large_yellow_circle:',
  down: ':red_circle:',
};

export function serviceList(services: readonly Service[], { page, total }: { page: number; total: number }): Message {
  return pagedMessage({
    title: catalogueMessages.services(total),
    lines: services.map(({ name, scope, status }) => {
      const where = scope === null ? '' : ` (${quote(scope.name, 100)})`;
      return `${SERVICE_SIGNS[status]} ${status}  *${quote(name, 200)}*${where}`;
    }),
    page,
    total,
    valueFor: (other) => JSON.stringify({ of: 'services', page: other }),
  });
}
