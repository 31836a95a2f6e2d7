import type { PlainTextOption } from '@slack/types';
import { listProviders } from '../../checks/provider-repository.ts';
import { listChecks } from '../../checks/repository.ts';
import { SLACK_LIMITS } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import { checkOption, OPTIONS, option, serviceOption } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { listScopes } from '../scopes/repository.ts';
import { listServices } from '../services/repository.ts';

/** Offers services, checks, scopes and monitoring systems in searchable selects by a part of their names. */
export function listenToOptions(on: Listeners): void {
  for (const [actionId, search] of [
    [OPTIONS.services, servicesMatching],
    [OPTIONS.checks, checksMatching],
    [OPTIONS.scopes, scopesMatching],
    ['settings.scope', scopesMatching],
    ['settings.service', servicesMatching],
    ['settings.check', checksMatching],
    ['settings.provider', providersMatching],
  ] as const) {
    on.options(actionId, (typed) => search(on.context, typed));
  }
}

async function servicesMatching({ ctx, workspace }: SlackContext, matching: string): Promise<PlainTextOption[]> {
  const found = await listServices(ctx.database, workspace.account.id, { matching, limit: SLACK_LIMITS.options });
  return found.map(serviceOption);
}

async function checksMatching({ ctx, workspace }: SlackContext, matching: string): Promise<PlainTextOption[]> {
  const found = await listChecks(ctx.database, workspace.account.id, { matching, limit: SLACK_LIMITS.options });
  return found.map(checkOption);
}

async function providersMatching({ ctx, workspace }: SlackContext, matching: string): Promise<PlainTextOption[]> {
  const all = await listProviders(ctx.database, workspace.account.id);
  const found = all.filter(({ name }) => name.includes(matching.toLowerCase()));
  return found.slice(0, SLACK_LIMITS.options).map(({ name }) => option(name, name));
}

async function scopesMatching({ ctx, workspace }: SlackContext, matching: string): Promise<PlainTextOption[]> {
  const all = await listScopes(ctx.database, workspace.account.id);
  const found = all.filter(({ name }) => name.toLowerCase().includes(matching.toLowerCase()));
  return found.slice(0, SLACK_LIMITS.options).map(({ id, name }) => option(String(id), name));
}
