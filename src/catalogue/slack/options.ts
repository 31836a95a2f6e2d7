import { listProviders } from '../../checks/provider-repository.ts';
import { listChecks } from '../../checks/repository.ts';
import { SLACK_LIMITS } from '../../slack/blocks.ts';
import { checkOption, OPTIONS, option, serviceOption } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { listScopes } from '../scopes/repository.ts';
import { listServices } from '../services/repository.ts';

/** Offers services, checks, scopes and monitoring systems in searchable selects by a part of their names. */
export function listenToOptions(on: Listeners): void {
  const { ctx, workspace } = on.context;
  const { database } = ctx;
  const { id: accountId } = workspace.account;
  const limit = SLACK_LIMITS.options;
  const services = async (matching: string) =>
    (await listServices(database, accountId, { matching, limit })).map(serviceOption);
  const checks = async (matching: string) =>
    (await listChecks(database, accountId, { matching, limit })).map(checkOption);
  const scopes = async (matching: string) => {
    const found = await listScopes(database, accountId, { matching, limit });
    return found.map(({ id, name }) => option(String(id), name));
  };
  const providers = async (typed: string) => {
    const part = typed.toLowerCase();
    const found = (await listProviders(database, accountId)).filter(({ name }) => name.includes(part));
    return found.slice(0, limit).map(({ name }) => option(name, name));
  };
  for (const actionId of [OPTIONS.services, 'settings.service']) on.options(actionId, services);
  for (const actionId of [OPTIONS.checks, 'settings.check']) on.options(actionId, checks);
  for (const actionId of [OPTIONS.scopes, 'settings.scope']) on.options(actionId, scopes);
  on.options('settings.provider', providers);
}
