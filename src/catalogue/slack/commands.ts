import { z } from 'zod';
import { authorize } from '../../core/permissions.ts';
import { welcomeMessage } from '../../slack/answers.ts';
import type { Message } from '../../slack/blocks.ts';
import type { Entry } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import { lastPage, PAGE_SIZE } from '../../slack/paging.ts';
import type { Person } from '../../slack/people.ts';
import { countServices, listServices } from '../services/repository.ts';
import { serviceList } from './messages.ts';

export const servicesQuery = z.object({ of: z.literal('services'), page: z.number().int().min(1) });
export type ServicesQuery = z.infer<typeof servicesQuery>;

/** `/maintenance services`: each with its status now. */
export const serviceCommands: readonly Entry[] = [
  { form: /^services$/i, run: (context, person) => servicesPage(context, person, { of: 'services', page: 1 }) },
];

export async function servicesPage({ ctx }: SlackContext, { actor }: Person, query: ServicesQuery): Promise<Message> {
  authorize(actor, 'read');
  const total = await countServices(ctx.database, actor.accountId);
  if (total === 0) return welcomeMessage;
  const page = Math.min(query.page, lastPage(total));
  const shown = await listServices(ctx.database, actor.accountId, { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE });
  return serviceList(shown, { page, total });
}
