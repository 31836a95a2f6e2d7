import type { Team } from '../team.ts';
import { APP_ID, SLACKBOT } from '../workspace/seed.ts';
import { toPayloadChannelName } from '../workspace/slack-objects.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { StoredChannel, StoredPerson } from '../workspace/workspace-file.ts';
import { changeStanding, PEOPLE_COMMAND } from './administration.ts';
import { isEmptyBody, toFailureCode } from './payload.ts';
import { responseMessage } from './response-urls.ts';

// A person types `@ana`, `#ops` and URLs; Slack sends `<@U…>`, `<#C…|ops>` and `<https://…>`.

const TOKEN = /(https?:\/\/[^\s<>]+)|(^|[\s(,])([@#])([a-z0-9][a-z0-9._-]*)/gi;

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Marks up people, channels and URLs in typed text, and escapes `&`, `<` and `>`.
 *
 * @param withNames whether a person is followed by their name, as in commands: `<@U…|ana>`.
 */
export function markUp(typed: string, workspace: Workspace, withNames: boolean): string {
  let out = '';
  let from = 0;
  for (const match of typed.matchAll(TOKEN)) {
    const [whole, address, before = '', sign, name = ''] = match;
    const token = address !== undefined ? `<${escapeText(address)}>` : markUpMention(sign, name, workspace, withNames);
    if (token === undefined) continue;
    out += escapeText(typed.slice(from, match.index) + before) + token;
    from = match.index + whole.length;
    // Punctuation that ends a sentence is not part of a name.
    const trailing = /[._-]+$/.exec(name)?.[0] ?? '';
    if (address === undefined) out += trailing;
  }
  return out + escapeText(typed.slice(from));
}

function markUpMention(
  sign: string | undefined,
  typed: string,
  workspace: Workspace,
  withNames: boolean,
): string | undefined {
  const name = typed.toLowerCase().replace(/[._-]+$/, '');
  if (sign === '@') {
    if (name === 'here' || name === 'channel' || name === 'everyone') return `<!${name}>`;
    const person = workspace.people().find((each) => each.name === name);
    if (person !== undefined) return withNames ? `<@${person.id}|${person.name}>` : `<@${person.id}>`;
    const group = workspace.groups().find((each) => each.handle === name);
    return group === undefined ? undefined : `<!subteam^${group.id}|@${group.handle}>`;
  }
  const channel = workspace.channelNamed(name);
  return channel === undefined ? undefined : `<#${channel.id}|${channel.name}>`;
}

export interface CommandOutcome {
  /** Slack's error code, such as `operation_timeout`; absent when the app acked in time. */
  error?: string;
}

/** Sends a slash command to the app. Slackbot shows a failure to the person. */
export async function sendCommand(
  team: Team,
  person: StoredPerson,
  channel: StoredChannel,
  command: string,
  text: string,
): Promise<CommandOutcome> {
  const { workspace } = team;
  const replyAsSlackbot = (message: string): void => {
    workspace.post({ channel: channel.id, author: SLACKBOT, text: message, onlyFor: person.id });
  };
  if (command === PEOPLE_COMMAND) {
    replyAsSlackbot(changeStanding(workspace, person, text));
    return {};
  }
  const definition = workspace.manifest.features.slash_commands.find((each) => each.command === command);
  if (definition === undefined || team.installation.revoked === 'account_inactive') {
    replyAsSlackbot(`\`${command}\` is not a valid command.`);
    return { error: 'unknown_command' };
  }
  const origin = { channel: channel.id, person: person.id };
  const ack = await team.delivery.send({
    type: 'slash_commands',
    title: `slash_commands ${command}`,
    acceptsResponse: true,
    payload: {
      token: team.installation.verificationToken,
      team_id: workspace.team.id,
      team_domain: workspace.team.domain,
      channel_id: channel.id,
      channel_name: toPayloadChannelName(channel),
      user_id: person.id,
      user_name: person.name,
      command,
      text: definition.should_escape ? markUp(text.trim(), workspace, true) : text.trim(),
      api_app_id: APP_ID,
      is_enterprise_install: 'false',
      response_url: team.responseUrls.issue(origin),
      trigger_id: team.triggers.issue({ person: person.id, channel: channel.id }),
    },
  });
  const error = toFailureCode(ack);
  if (error !== undefined) {
    replyAsSlackbot(`${command} failed with the error "${error}"`);
    return { error };
  }
  if (ack.outcome !== 'acked' || isEmptyBody(ack.body)) return {};
  const response = responseMessage.safeParse(typeof ack.body === 'string' ? { text: ack.body } : ack.body);
  if (!response.success || team.responseUrls.apply(origin, response.data) !== undefined) {
    replyAsSlackbot(`${command} failed with the error "invalid_response"`);
    return { error: 'invalid_response' };
  }
  return {};
}
