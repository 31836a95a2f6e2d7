import type { ActionsBlockElement, Button, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { AccountSettings } from '../../store/accounts.ts';
import type { ScopeSettings } from '../../store/catalogue.ts';
import type { Grant } from '../../store/roles.ts';
import { button, context, cut, divider, LIMITS, names, section } from '../messages/blocks.ts';
import { subjectInWords } from '../messages/settings.ts';
import { plain } from '../modals/form.ts';
import { SETTINGS } from './ids.ts';

/** What the dialog carries along, unseen: how often it was drawn, so that its selects are empty again after each change. */
export const overviewMetadata = z.object({ generation: z.number() });

/** How an account is set. */
export interface Overview {
  readonly settings: AccountSettings;
  readonly grants: readonly Grant[];
  readonly scopes: readonly ScopeSettings[];
  readonly services: number;
  readonly checks: number;
  /** The names of the monitoring systems besides Lull's own register. */
  readonly providers: readonly string[];
}

/** How many roles are listed. */
const LISTED = 15;

/** The dialog from which admins change everything, each thing in a form on top of it. */
export function settingsModal(overview: Overview, generation: number): ModalView {
  const { settings, grants, scopes, services, checks, providers } = overview;
  const channel = settings.defaultChannel === null ? 'no channel' : `<#${settings.defaultChannel}>`;
  const roles = grants.slice(0, LISTED).map(({ subject, role }) => `• ${subjectInWords(subject)}: ${role}`);
  const approving = scopes.filter(({ requiresApproval }) => requiresApproval).map(({ name }) => name);
  const catalogued = (kind: keyof typeof FINDS, add: string) => part(kind, generation, FINDS[kind], add);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Settings' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify({ generation }),
    blocks: [
      {
        ...section(
          `*Defaults*\nEvery maintenance is announced in ${channel}. Who names no zone is in ${settings.timezone}.`,
        ),
        accessory: button(SETTINGS.defaults, 'Change...', 'defaults'),
      },
      {
        ...section(
          cut(
            [
              '*Roles*',
              `Members are ${settings.defaultRole === 'none' ? 'without rights' : settings.defaultRole}, where nothing else was said. Admins of the workspace are admins, guests have no rights.`,
              ...roles,
              ...(grants.length > LISTED ? [`and ${grants.length - LISTED} more`] : []),
            ].join('\n'),
            LIMITS.section,
          ),
        ),
        accessory: button(SETTINGS.role, 'Give a role...', 'role'),
      },
      divider,
      section(
        `*Scopes*  ${scopes.length}\n${
          scopes.length === 0
            ? 'A product, a region, an environment: what services live in.'
            : names(
                scopes.map(({ name }) => name),
                500,
              )
        }${approving.length === 0 ? '' : `\nNeed approval: ${names(approving, 300)}`}`,
      ),
      catalogued('scope', SETTINGS.addScope),
      section(`*Services*  ${services}\nWhat users know by name, with its owners and checks.`),
      catalogued('service', SETTINGS.addService),
      section(
        `*Checks*  ${checks}\nOf ${names(["Lull's own register", ...providers], 500)}: what a window switches off and on again.`,
      ),
      catalogued('check', SETTINGS.addCheck),
      divider,
      context(['Freezes, and all of this in words: `/maintenance settings show`.']),
    ],
  };
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
