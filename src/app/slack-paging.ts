import { z } from 'zod';
import { historyPage, historyQuery } from '../audit/slack/history.ts';
import { servicesPage, servicesQuery } from '../catalogue/slack/commands.ts';
import { checksPage, checksQuery } from '../checks/slack/commands.ts';
import { listPage, listQuery } from '../maintenance/slack/list.ts';
import { seriesPage, seriesQuery } from '../series/slack/commands.ts';
import { successMessage } from '../slack/answers.ts';
import type { Message } from '../slack/blocks.ts';
import type { SlackContext } from '../slack/context.ts';
import type { Person } from '../slack/people.ts';

const query = z.discriminatedUnion('of', [listQuery, checksQuery, servicesQuery, historyQuery, seriesQuery]);

/** Another page of what a message lists. The button carries the whole question, so that it serves as long as it stands. */
export async function handlePageButton(context: SlackContext, person: Person, value: string): Promise<Message> {
  const asked = query.safeParse(readJson(value));
  if (!asked.success) return successMessage('This list is of another version of Lull. Type the command again.');
  switch (asked.data.of) {
    case 'list':
      return listPage(context, person, asked.data);
    case 'checks':
      return checksPage(context, person, asked.data);
    case 'services':
      return servicesPage(context, person, asked.data);
    case 'history':
      return historyPage(context, person, asked.data);
    case 'series':
      return seriesPage(context, person, asked.data);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
