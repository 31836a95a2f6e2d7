import type { App } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import { listProviders } from '../../checks/provider-repository.ts';
import { listChecks } from '../../checks/repository.ts';
import { Refusal } from '../../core/errors.ts';
import { mustBeAllowed } from '../../core/permissions.ts';
import { checkOption, OPTIONS, serviceOption } from '../../maintenance/slack/window-form.ts';
import { SETTINGS } from '../../settings/slack/form.ts';
import { LIMITS } from '../../slack/blocks.ts';
import type { Listening, SlackContext } from '../../slack/context.ts';
import { option } from '../../slack/form.ts';
import { listScopes } from '../scopes/repository.ts';
import { listServices } from '../services/repository.ts';

/** Finds what somebody looks for in a form: services, checks, scopes and monitoring systems by what is typed of their names. */
export function listenToOptions(app: App, { context }: Listening): void {
  const { log, people, workspace } = context;
  for (const [actionId, search] of [
    [OPTIONS.services, servicesMatching],
    [OPTIONS.checks, checksMatching],
    [OPTIONS.scopes, scopesMatching],
    [SETTINGS.scope, scopesMatching],
    [SETTINGS.service, servicesMatching],
    [SETTINGS.check, checksMatching],
    [SETTINGS.provider, providersMatching],
  ] as const) {
    app.options(actionId, async ({ options, ack, body }) => {
      try {
        const { actor } = await people.find(workspace, body.user.id);
        mustBeAllowed(actor, 'read');
        await ack({ options: await search(context, options.value) });
      } catch (error) {
        if (!(error instanceof Refusal)) log.error({ error }, 'the options of a form could not be loaded');
        await ack({ options: [] });
      }
    });
  }
}

async function servicesMatching({ ground, workspace }: SlackContext, matching: string): Promise<PlainTextOption[]> {
  const found = await listServices(ground.database, workspace.account.id, { matching, limit: LIMITS.options });
  return found.map(serviceOption);
}

async function checksMatching({ ground, workspace }: SlackContext, matching: string): Promise<PlainTextOption[]> {
  const found = await listChecks(ground.database, workspace.account.id, { matching, limit: LIMITS.options });
  return found.map(checkOption);
}

async function providersMatching({ ground, workspace }: SlackContext, matching: string): Promise<PlainTextOption[]> {
  const all = await listProviders(ground.database, workspace.account.id);
  const found = all.filter(({ name }) => name.includes(matching.toLowerCase()));
  return found.slice(0, LIMITS.options).map(({ name }) => option(name, name));
}

async function scopesMatching({ ground, workspace }: SlackContext, matching: string): Promise<PlainTextOption[]> {
  const all = await listScopes(ground.database, workspace.account.id);
  const found = all.filter(({ name }) => name.toLowerCase().includes(matching.toLowerCase()));
  return found.slice(0, LIMITS.options).map(({ id, name }) => option(String(id), name));
}
