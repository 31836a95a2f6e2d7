import { findNames, secretCommands, secretCreatedMessage, secretList } from '../access/slack/secrets.ts';
import { listScopes } from '../catalogue/scopes/repository.ts';
import { listServices } from '../catalogue/services/repository.ts';
import { getPlace } from '../catalogue/slack/places.ts';
import { formatNames, type Message } from '../slack/blocks.ts';
import { idempotencyKey, type Run } from '../slack/command.ts';
import type { SlackContext } from '../slack/context.ts';
import { calendarMessages as texts } from '../texts/slack-messages.ts';
import { createSecretCalendar, listVisibleCalendars, revokeCalendar } from './commands.ts';
import type { Calendar } from './repository.ts';
import { secretPath } from './rules.ts';

const list: Run = async ({ ctx, publicUrl, workspace }, { actor }) => {
  // The address names its account, so that it holds when another workspace adds this Lull.
  const address = `${publicUrl}/calendar.ics?account=${workspace.teamId}`;
  return calendarList(await listVisibleCalendars(ctx, actor), await readNames(ctx, actor.accountId), address);
};

/** `On call`, `Databases of postgres`. */
const create: Run = async (context, person, [text = ''], request) => {
  const [, name = '', subject] = /^([\s\S]+?)(?:\s+of\s+([\s\S]+))?$/i.exec(text) ?? [];
  const place = subject === undefined ? undefined : await getPlace(context, person, subject);
  const { ctx, publicUrl } = context;
  const listIds = (kind: 'scope' | 'service') => (place?.kind === kind ? [place.id] : []);
  const calendar = { name, scopes: listIds('scope'), services: listIds('service') };
  const created = await createSecretCalendar(ctx, person.actor, calendar, idempotencyKey(request));
  const names = await readNames(ctx, person.actor.accountId);
  return created && calendarCreatedMessage(created.calendar, names, `${publicUrl}${secretPath(created.secret)}`);
};

/** Calendars to subscribe to. */
export const calendars = secretCommands('calendars?', { list, create, revoke: revokeCalendar, revoked: texts.revoked });

type Names = Readonly<Record<'scopes' | 'services', readonly { readonly id: number; readonly name: string }[]>>;

async function readNames({ database }: SlackContext['ctx'], accountId: number): Promise<Names> {
  return { scopes: await listScopes(database, accountId), services: await listServices(database, accountId) };
}

function describe({ scopes, services }: Calendar, names: Names): string {
  const all = [...findNames(scopes, names.scopes, 'scope'), ...findNames(services, names.services, 'service')];
  return all.length === 0 ? texts.everything : formatNames(all, 200);
}

/** @param address of the public calendar */
export function calendarList(all: readonly Calendar[], names: Names, address: string): Message {
  const headings = [texts.publicCalendar(address), ...(all.length === 0 ? [] : [texts.secretCalendars])];
  return secretList(headings, all, (calendar) => ({ about: describe(calendar, names) }), texts);
}

export function calendarCreatedMessage(calendar: Calendar, names: Names, address: string): Message {
  return secretCreatedMessage(calendar, describe(calendar, names), [texts.copy, address], texts);
}
