import type { ActionsBlockElement, Button, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { type AccountSettings, readSettings } from '../../access/accounts.ts';
import { type Grant, readRoles } from '../../access/repository.ts';
import { listScopes, type ScopeSettings } from '../../catalogue/scopes/repository.ts';
import { countServices } from '../../catalogue/services/repository.ts';
import { listProviders, type StoredProvider } from '../../checks/provider-repository.ts';
import { countChecks } from '../../checks/repository.ts';
import type { ProviderFormContext } from '../../checks/slack/provider-forms.ts';
import { healthLine } from '../../checks/slack/provider-health.ts';
import { authorize } from '../../core/permissions.ts';
import { listFreezes } from '../../freezes/repository.ts';
import type { Freeze } from '../../freezes/rules.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import {
  button,
  context,
  divider,
  formatList,
  formatNames,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import { slackError } from '../../slack/connection/client.ts';
import { option, plain } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { type Origin, SETTINGS } from '../../slack/record-form.ts';
import { formatWindow } from '../../slack/time.ts';
import { describeSubject } from './messages.ts';

/** What the dialog carries along, unseen: how often it was drawn, so that its selects are empty again after each change. */
export const overviewMetadata = z.object({ generation: z.number() });

/** How an account is set. */
export interface Overview {
  readonly settings: AccountSettings;
  readonly grants: readonly Grant[];
  readonly scopes: readonly ScopeSettings[];
  readonly services: number;
  readonly checks: number;
  /** Those that are not over, the next one first. */
  readonly freezes: readonly Freeze[];
  /** The monitoring systems besides Lull's own register, and the kinds that can be connected. */
  readonly providers: readonly StoredProvider[];
  readonly kinds: readonly { readonly kind: string; readonly title: string }[];
}

/** How many roles are listed, and how many freezes. */
const LISTED = 15;
const FREEZES = 5;
/** How many monitoring systems are shown with their health. */
const PROVIDERS = 5;

/** The dialog from which admins change everything, each thing in a form on top of it. @param zone that of whoever looks */
export function settingsModal(overview: Overview, generation: number, zone: string): ModalView {
  const { settings, grants, scopes, services, checks, freezes, providers, kinds } = overview;
  const { defaultChannel, defaultRole, postCheckAfter, timezone } = settings;
  const announced =
    defaultChannel === null
      ? 'No channel hears of every maintenance.'
      : `<#${defaultChannel}> hears of every maintenance.`;
  const looks =
    postCheckAfter === 0
      ? 'Checks are not looked at again after a window.'
      : `Checks are looked at again ${formatDuration(postCheckAfter * 60_000)} after a window.`;
  const approving = scopes.filter(({ requiresApproval }) => requiresApproval).map(({ name }) => name);
  const catalogued = (kind: keyof typeof FINDS, add: string) => part(kind, generation, FINDS[kind], add);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Settings' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify({ generation }),
    blocks: [
      {
        ...section(`*Defaults*\n${announced} Who names no zone is in ${timezone}. ${looks}`),
        accessory: button(SETTINGS.defaults, 'Change...', 'defaults'),
      },
      {
        ...section(
          truncateBlocks(
            [
              '*Roles*',
              `Members: ${defaultRole === 'none' ? 'no rights' : defaultRole}, where nothing else was said. Admins of the workspace: admin. Guests: no rights.`,
              ...formatList(grants, LISTED, ({ subject, role }) => `• ${describeSubject(subject)}: ${role}`),
            ].join('\n'),
            SLACK_LIMITS.section,
          ),
        ),
        accessory: button(SETTINGS.role, 'Give a role...', 'role'),
      },
      divider,
      section(
        `*Scopes*  ${scopes.length}\n${
          scopes.length === 0
            ? 'A product, a region, an environment: what services live in.'
            : formatNames(
                scopes.map(({ name }) => name),
                500,
              )
        }${approving.length === 0 ? '' : `\nNeed approval: ${formatNames(approving, 300)}`}`,
      ),
      catalogued('scope', SETTINGS.addScope),
      section(`*Services*  ${services}\nWhat users know by name, with its owners and checks.`),
      catalogued('service', SETTINGS.addService),
      section(
        `*Checks*  ${checks}\nWhat a window switches off and on again, in Lull's own register and in monitoring systems.`,
      ),
      catalogued('check', SETTINGS.addCheck),
      section(
        truncateBlocks(
          [
            `*Monitoring systems*  ${providers.length}`,
            ...(providers.length === 0
              ? ['None yet. Lull switches the checks of those that are connected here.']
              : formatList(providers, PROVIDERS, healthLine)),
          ].join('\n'),
          SLACK_LIMITS.section,
        ),
      ),
      {
        type: 'actions',
        block_id: `provider.${generation}`,
        elements: [
          {
            type: 'external_select',
            action_id: SETTINGS.provider,
            min_query_length: 0,
            placeholder: plain('Change one'),
          },
          {
            type: 'static_select',
            action_id: SETTINGS.connect,
            placeholder: plain('Connect another'),
            options: kinds.slice(0, SLACK_LIMITS.options).map(({ kind, title }) => option(kind, title)),
          },
        ],
      },
      divider,
      {
        ...section(
          `*Freezes*  ${freezes.length}\nWhat falls into one is refused or remarked.${freezes.length > FREEZES ? ` The next ${FREEZES}:` : ''}`,
        ),
        accessory: button(SETTINGS.addFreeze, 'Add...', 'freeze'),
      },
      ...freezes.slice(0, FREEZES).map((freeze) => freezeLine(freeze, zone)),
      context(['All of this in words: `/maintenance settings show`.']),
    ],
  };
}

function freezeLine(freeze: Freeze, zone: string): KnownBlock {
  const { id, scope, reason, effect } = freeze;
  const of = scope === null ? 'everything' : quote(scope.name, 100);
  const text = `• ${quote(reason, 200)}: ${of}, ${formatWindow(freeze, zone)}${effect === 'warn' ? ', warns only' : ''}`;
  const removal = button(SETTINGS.removeFreeze, 'Remove', String(id), {
    confirm: { title: 'Remove this freeze?', text: `"${reason}" holds no longer.`, yes: 'Remove', no: 'Keep' },
  });
  return { ...section(text), block_id: `freeze.${id}`, accessory: removal };
}

const FINDS = { scope: 'Change a scope', service: 'Change a service', check: 'Change a check' } as const;

/** A select to find one of them, and a button to add another. */
function part(kind: keyof typeof FINDS, generation: number, find: string, add: string): KnownBlock {
  const select: ActionsBlockElement = {
    type: 'external_select',
    action_id: SETTINGS[kind],
    min_query_length: 0,
    placeholder: plain(find),
  };
  const added: Button = button(add, 'Add...', kind);
  return { type: 'actions', block_id: `${kind}.${generation}`, elements: [select, added] };
}

/** How an account is set now. */
async function drawn(
  { ctx, providers }: ProviderFormContext,
  { actor, timezone }: Person,
  generation: number,
): Promise<ModalView> {
  const db = ctx.database;
  const { accountId } = actor;
  return settingsModal(
    {
      settings: await readSettings(db, accountId),
      grants: (await readRoles(db, accountId)).grants,
      scopes: await listScopes(db, accountId),
      services: await countServices(db, accountId),
      checks: await countChecks(db, accountId),
      freezes: await listFreezes(db, accountId, ctx.clock.now()),
      providers: await listProviders(db, accountId),
      kinds: providers.configuration.described(),
    },
    generation,
    timezone,
  );
}

/** Opens the settings, for an admin. */
export async function openSettings(context: ProviderFormContext, person: Person, triggerId: string): Promise<void> {
  authorize(person.actor, 'configure-account');
  await context.client.views.open({ trigger_id: triggerId, view: await drawn(context, person, 0) });
}

/** Draws the settings anew, under the form that changed something. */
export async function redrawSettings(context: ProviderFormContext, person: Person, origin: Origin): Promise<void> {
  try {
    const view = await drawn(context, person, origin.generation + 1);
    await context.client.views.update({ view_id: origin.view, view });
  } catch (error) {
    // Closed meanwhile.
    if (slackError(error) !== 'not_found') throw error;
  }
}
