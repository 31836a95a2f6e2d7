import type { Workspace } from '../workspace/workspace.ts';

// A person types `@ana`, `#ops` and bare addresses; Slack hands on `<@U…>`, `<#C…|ops>` and `<https://…>`.

const TOKEN = /(https?:\/\/[^\s<>]+)|(^|[\s(,])([@#])([a-z0-9][a-z0-9._-]*)/gi;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * What was typed, with people, channels and addresses marked up, and `&`, `<` and `>` escaped.
 *
 * @param names whether a person is followed by their name, as in commands: `<@U…|ana>`.
 */
export function markedUp(typed: string, workspace: Workspace, names: boolean): string {
  let out = '';
  let from = 0;
  for (const match of typed.matchAll(TOKEN)) {
    const [whole, address, before = '', sign, name = ''] = match;
    const token = address !== undefined ? `<${escaped(address)}>` : mention(sign, name, workspace, names);
    if (token === undefined) continue;
    out += escaped(typed.slice(from, match.index) + before) + token;
    from = match.index + whole.length;
    // A full stop that ends the sentence is no part of a name.
    const trailing = /[._-]+$/.exec(name)?.[0] ?? '';
    if (address === undefined) out += trailing;
  }
  return out + escaped(typed.slice(from));
}

function mention(sign: string | undefined, written: string, workspace: Workspace, names: boolean): string | undefined {
  const name = written.toLowerCase().replace(/[._-]+$/, '');
  if (sign === '@') {
    if (name === 'here' || name === 'channel' || name === 'everyone') return `<!${name}>`;
    const person = workspace.people().find((each) => each.name === name);
    if (person !== undefined) return names ? `<@${person.id}|${person.name}>` : `<@${person.id}>`;
    const group = workspace.groups().find((each) => each.handle === name);
    return group === undefined ? undefined : `<!subteam^${group.id}|@${group.handle}>`;
  }
  const channel = workspace.channelNamed(name);
  return channel === undefined ? undefined : `<#${channel.id}|${channel.name}>`;
}
