import type { Workspace } from '../workspace/workspace.ts';
import type { StoredPerson } from '../workspace/workspace-file.ts';

/** What admins of a workspace do on pages of Slack's, as a command of the playground that anybody can type. */
export const PEOPLE_COMMAND = '/people';

const STANDINGS = {
  admin: { deleted: false, guest: false, admin: true },
  member: { deleted: false, guest: false, admin: false },
  guest: { deleted: false, guest: true, admin: false },
  deactivated: { deleted: true, guest: false, admin: false },
} as const;

const isStanding = (word: string): word is keyof typeof STANDINGS => Object.hasOwn(STANDINGS, word);

const HELP = `Type \`${PEOPLE_COMMAND} @jonas ${Object.keys(STANDINGS).join('|')}\`.`;

/** Runs `/people @jonas deactivated`. @returns the answer */
export function changeStanding(workspace: Workspace, person: StoredPerson, text: string): string {
  const [, name = '', word = ''] = /^@?([a-z0-9._-]+)\s+([a-z]+)$/i.exec(text.trim()) ?? [];
  const standing = word.toLowerCase();
  const other = workspace.people().find((each) => each.kind === 'person' && each.name === name.toLowerCase());
  if (other === undefined || !isStanding(standing)) return HELP;
  if (other.id === person.id && STANDINGS[standing].deleted) return 'Be someone else first: this is you.';
  workspace.changePerson(other.id, STANDINGS[standing]);
  return `${other.realName} is now: ${standing}.`;
}
