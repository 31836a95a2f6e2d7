import type { ActionsBlockElement, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { type AccountSettings, readSettings, type Settings } from '../../access/accounts.ts';
import { type Grant, readRoles } from '../../access/repository.ts';
import { listScopes, type ScopeSettings } from '../../catalogue/scopes/repository.ts';
import { countServices } from '../../catalogue/services/repository.ts';
import { listProviders } from '../../checks/provider-repository.ts';
import { countChecks } from '../../checks/repository.ts';
import type { ProviderFormContext } from '../../checks/slack/forms.ts';
import { healthLine } from '../../checks/slack/messages.ts';
import { authorizeForm } from '../../core/permissions.ts';
import { listFreezes } from '../../freezes/repository.ts';
import { describeFreeze, type ListedFreeze } from '../../freezes/slack/messages.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import {
  button,
  context,
  divider,
  formatList,
  formatNames,
  type Message,
  quote,
  SLACK_LIMITS,
  section,
} from '../../slack/blocks.ts';
import { slackError } from '../../slack/connection/client.ts';
import { option, plain } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import type { Origin } from '../../slack/record-form.ts';
import { localizeDates } from '../../slack/time.ts';
import { recipientAdvice } from '../../texts/slack-errors.ts';
import { settingsForms as forms, sharedForms } from '../../texts/slack-forms.ts';
import { channelMessages, settingsMessages as texts } from '../../texts/slack-messages.ts';

/** What has a button that opens an empty form. */
export const ADD_KINDS = ['scope', 'service', 'check', 'freeze'] as const;

/** The value is the id of the freeze. */
export const REMOVE_FREEZE_ACTION = 'settings.freeze.remove';

/** How often the dialog was redrawn, so that its selects are empty again after each change. */
const metadata = z.object({ generation: z.number() });

/** The settings as the dialog below a form. */
export function readOrigin({ id, private_metadata }: { id: string; private_metadata: string }): Origin {
  return { view: id, generation: metadata.parse(JSON.parse(private_metadata)).generation };
}

const MAX_GRANTS = 15;
const MAX_FREEZES = 5;
const MAX_PROVIDERS = 5;
const MAX_IN_MESSAGE = 20;
const MAX_FAILING = 5;

/** The settings of an account. Freezes that are over are left out, the next one is first. */
async function readOverview({ ctx, providers }: ProviderFormContext, accountId: number) {
  const { clock, database: db } = ctx;
  const freezes: readonly ListedFreeze[] = await listFreezes(db, accountId, clock.now());
  return {
    settings: await readSettings(db, accountId),
    grants: (await readRoles(db, accountId)).grants,
    scopes: await listScopes(db, accountId),
    services: await countServices(db, accountId),
    checks: await countChecks(db, accountId),
    freezes,
    /** Besides Lull's own register. */
    providers: await listProviders(db, accountId),
    /** The kinds of monitoring systems that can be connected. */
    kinds: providers.configuration.described(),
  };
}
type Overview = Awaited<ReturnType<typeof readOverview>>;

type Find = keyof typeof forms.find;

/** The dialog from which admins change the settings, each in a form on top of it. @param zone of the person */
export function settingsModal(overview: Overview, generation: number, zone: string): ModalView {
  const { settings, grants, scopes, services, checks, freezes, providers, kinds } = overview;
  const selects = (kind: Find, next: ActionsBlockElement): KnownBlock => {
    const placeholder = plain(forms.find[kind]);
    const find = { type: 'external_select' as const, action_id: `settings.${kind}`, min_query_length: 0, placeholder };
    return { type: 'actions', block_id: `${kind}.${generation}`, elements: [find, next] };
  };
  const add = (kind: (typeof ADD_KINDS)[number]) => button(`settings.${kind}.add`, forms.add, kind);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: forms.title },
    close: { type: 'plain_text', text: sharedForms.close },
    private_metadata: JSON.stringify({ generation }),
    blocks: [
      {
        ...section(texts.defaults(settings.defaultChannel, settings.timezone, postCheckDelay(settings))),
        accessory: button('settings.defaults', forms.change, 'defaults'),
      },
      ...(settings.failingChannels.length === 0 ? [] : [lines(failingLines(settings))]),
      {
        ...lines([texts.roles(settings.defaultRole), ...formatList(grants, MAX_GRANTS, grantLine)]),
        accessory: button('settings.role', forms.addRole, 'role'),
      },
      divider,
      section(texts.scopes(scopes.length, formatScopes(scopes, 500), formatScopes(scopes.filter(needsApproval), 300))),
      selects('scope', add('scope')),
      section(texts.services(services)),
      selects('service', add('service')),
      section(texts.checks(checks)),
      selects('check', add('check')),
      lines([texts.providers(providers.length), ...formatList(providers, MAX_PROVIDERS, healthLine)]),
      selects('provider', {
        type: 'static_select',
        action_id: 'settings.provider.connect',
        placeholder: plain(forms.connect),
        options: kinds.slice(0, SLACK_LIMITS.options).map(({ kind, title }) => option(kind, title)),
      }),
      divider,
      { ...section(texts.freezes(freezes.length, MAX_FREEZES)), accessory: add('freeze') },
      ...freezes.slice(0, MAX_FREEZES).map((freeze) => ({
        ...section(`• ${quote(freeze.reason, 200)}: ${describeFreeze(freeze, zone)}${warning(freeze)}`),
        block_id: `freeze.${freeze.id}`,
        accessory: button(REMOVE_FREEZE_ACTION, forms.removeFreeze.yes, String(freeze.id), {
          confirm: { ...forms.removeFreeze, text: forms.removeFreeze.text(freeze.reason) },
        }),
      })),
      context([texts.inWords]),
    ],
  };
}

/** The settings, and how to change them in words. @param zone of the person */
export function settingsMessage(
  { settings, grants, scopes, freezes }: Pick<Overview, 'settings' | 'grants' | 'scopes' | 'freezes'>,
  zone: string,
): Message {
  const { defaultChannel, defaultRole, timezone } = settings;
  const { list } = texts;
  return {
    text: list.title,
    blocks: [
      lines([
        list.roles(defaultRole),
        ...formatList(grants, MAX_IN_MESSAGE, grantLine),
        list.scopes(formatScopes(scopes, 500)),
        list.approval(formatScopes(scopes.filter(needsApproval), 500)),
        list.channel(defaultChannel),
        ...failingLines(settings),
        list.timezone(timezone),
        list.postCheck(postCheckDelay(settings)),
        list.freezes(freezes.length),
        ...formatList(freezes, MAX_IN_MESSAGE, (freeze) => {
          return `• ${freeze.id}: ${describeFreeze(freeze, zone)}, ${quote(freeze.reason, 100)}${warning(freeze)}`;
        }),
      ]),
      context(list.help),
    ],
  };
}

const failingLines = ({ failingChannels }: Settings) =>
  formatList(failingChannels, MAX_FAILING, ({ channel, reason, since }) => {
    return channelMessages.failing(`<#${channel}>`, localizeDates(since), quote(recipientAdvice(reason), 300));
  });

const lines = (all: readonly string[]) => section(all.join('\n'));
const grantLine = ({ subject, role }: Grant) => `• ${mentionSubject(subject)}: ${role}`;
const needsApproval = ({ requiresApproval }: ScopeSettings) => requiresApproval;
const warning = ({ effect }: ListedFreeze) => (effect === 'warn' ? texts.warnsOnly : '');

function formatScopes(scopes: readonly ScopeSettings[], most: number): string {
  const names = scopes.map(({ name }) => name);
  return formatNames(names, most);
}

/** In words; undefined: no check. */
export const postCheckDelay = ({ postCheckAfter }: AccountSettings) =>
  postCheckAfter === 0 ? undefined : formatDuration(postCheckAfter * 60_000);

/** A user or a user group; nobody is notified. */
export const mentionSubject = (subject: string) =>
  subject.startsWith('S') ? `<!subteam^${subject}>` : `<@${subject}>`;

async function drawOverview(context: ProviderFormContext, { actor, timezone }: Person, generation: number) {
  return settingsModal(await readOverview(context, actor.accountId), generation, timezone);
}

/** @throws UserError `forbidden` for anyone but an admin */
export async function openSettings(context: ProviderFormContext, person: Person, triggerId: string): Promise<void> {
  authorizeForm(person.actor, 'configure-account');
  await context.client.views.open({ trigger_id: triggerId, view: await drawOverview(context, person, 0) });
}

/** Redraws the settings below the form that changed them. */
export async function redrawSettings(context: ProviderFormContext, person: Person, origin: Origin): Promise<void> {
  try {
    const view = await drawOverview(context, person, origin.generation + 1);
    await context.client.views.update({ view_id: origin.view, view });
  } catch (error) {
    // The person closed it.
    if (slackError(error) !== 'not_found') throw error;
  }
}
