import type { AccountSettings } from '../../access/accounts.ts';
import type { Grant } from '../../access/repository.ts';
import type { ScopeSettings } from '../../catalogue/scopes/repository.ts';
import type { StoredFreeze } from '../../freezes/repository.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import {
  context,
  formatList,
  formatNames,
  type Message,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import { formatWindow } from '../../slack/time.ts';

export interface Shown {
  readonly settings: AccountSettings;
  readonly grants: readonly Grant[];
  readonly scopes: readonly ScopeSettings[];
  readonly freezes: readonly StoredFreeze[];
}

/** How many of each are listed. */
const LISTED = 20;

/** A user or a user group, as Slack shows them without telling them. */
export function describeSubject(subject: string): string {
  return subject.startsWith('S') ? `<!subteam^${subject}>` : `<@${subject}>`;
}

/** How an account is set, and how to set it otherwise. @param zone the IANA zone of whoever looks */
export function settingsMessage({ settings, grants, scopes, freezes }: Shown, zone: string): Message {
  const approving = scopes.filter(({ requiresApproval }) => requiresApproval).map(({ name }) => name);
  const lines = [
    `*Members are*  ${settings.defaultRole === 'none' ? 'without rights' : settings.defaultRole}; the admins of the workspace are admins, guests have no rights`,
    ...formatList(grants, LISTED, ({ subject, role }) => `• ${describeSubject(subject)}: ${role}`),
    `*Scopes*  ${
      scopes.length === 0
        ? 'none'
        : formatNames(
            scopes.map(({ name }) => name),
            500,
          )
    }`,
    `*Need approval*  ${approving.length === 0 ? 'none' : formatNames(approving, 500)}`,
    `*Every maintenance is announced in*  ${settings.defaultChannel === null ? 'no channel' : `<#${settings.defaultChannel}>`}`,
    `*Time zone*  ${settings.timezone}, for whoever names none`,
    `*Checks are looked at again*  ${settings.postCheckAfter === 0 ? 'not at all' : `${formatDuration(settings.postCheckAfter * 60_000)} after a window`}`,
    `*Freezes*${freezes.length === 0 ? '  none' : ''}`,
    ...formatList(freezes, LISTED, (freeze) => {
      const of = freeze.scope === null ? 'everything' : quote(freeze.scope.name, 60);
      const effect = freeze.effect === 'warn' ? ', warns only' : '';
      return `• ${freeze.id}: ${of}, ${formatWindow(freeze, zone)}, ${quote(freeze.reason, 100)}${effect}`;
    }),
  ];
  return {
    text: 'Settings of Lull',
    blocks: [
      section(truncateBlocks(lines.join('\n'), SLACK_LIMITS.section)),
      context([
        'Roles: `settings default-role viewer`, `settings role @jonas approver`, `settings role @jonas default`; also for a user group. Roles are none, viewer, operator, approver, admin.',
        'Scopes and services: `settings scope add Production`, `settings scope Production approval on`, `settings owners api @ana @jonas`, `settings owners api none`.',
        'Freezes: `settings freeze 24 dec 8am to 27 dec 8am: Holidays`, `settings freeze Production friday 18:00 to monday 6am: Launch`, `settings warn ...` to remark only, `settings unfreeze 3`.',
        'Account: `settings channel #maintenance`, `settings channel none`, `settings zone Europe/Berlin`, `settings look 10` or `settings look off`.',
      ]),
    ],
  };
}
