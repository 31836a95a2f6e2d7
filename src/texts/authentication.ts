import type { Suspension } from '../access/rules.ts';

/** Why a token or a secret calendar is not accepted. */
export const authenticationTexts = {
  suspended: {
    'app-removed': (name) =>
      `The token ${name} is suspended: the Slack workspace removed Lull. It works again when Lull is installed there again.`,
    'owner-unknown': (name, owner) =>
      `The role of ${owner}, who owns the token ${name}, is not known yet, because Slack has not answered. Try again in a minute.`,
    'owner-deactivated': (name, owner) =>
      `The token ${name} is suspended: its owner, ${owner}, is deactivated in Slack. Ask an admin of Lull for a token of your own or for a service token.`,
    'owner-outside': (name, owner) =>
      `The token ${name} is suspended: its owner, ${owner}, is a guest in Slack or not in the workspace. It works again when ${owner} is a full member.`,
    'owner-none': (name, owner) =>
      `The token ${name} is suspended: its owner, ${owner}, has no role in Lull. It works again when an admin of Lull gives ${owner} a role.`,
  } satisfies Record<Suspension, (name: string, owner: string) => string>,
} as const;
