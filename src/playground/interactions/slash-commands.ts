import { responseMessage } from '../response-urls.ts';
import { APP_ID, SLACKBOT } from '../workspace/seed.ts';
import { channelNameInPayload } from '../workspace/slack-objects.ts';
import type { StoredChannel, StoredPerson } from '../workspace/state.ts';
import type { World } from '../world.ts';
import { failureWord, isEmptyBody } from './payload.ts';
import { markedUp } from './typed-text.ts';

export interface CommandOutcome {
  /** Slack's word for what went wrong, such as `operation_timeout`; absent when the app acked in time. */
  error?: string;
}

/** A person sends a slash command from a channel; a failure is told to them by Slackbot, as Slack does. */
export async function sendCommand(
  world: World,
  person: StoredPerson,
  channel: StoredChannel,
  command: string,
  text: string,
): Promise<CommandOutcome> {
  const { workspace } = world;
  const slackbot = (said: string): void => {
    workspace.post({ channel: channel.id, author: SLACKBOT, text: said, onlyFor: person.id });
  };
  const known = workspace.manifest.features.slash_commands.find((each) => each.command === command);
  if (known === undefined || world.installation.revoked === 'account_inactive') {
    slackbot(`\`${command}\` is not a valid command.`);
    return { error: 'unknown_command' };
  }
  const origin = { channel: channel.id, person: person.id };
  const ack = await world.delivery.send({
    type: 'slash_commands',
    title: `slash_commands ${command}`,
    acceptsResponse: true,
    payload: {
      token: world.installation.verificationToken,
      team_id: workspace.team.id,
      team_domain: workspace.team.domain,
      channel_id: channel.id,
      channel_name: channelNameInPayload(channel),
      user_id: person.id,
      user_name: person.name,
      command,
      text: known.should_escape ? markedUp(text.trim(), workspace, true) : text.trim(),
      api_app_id: APP_ID,
      is_enterprise_install: 'false',
      response_url: world.responseUrls.issue(origin),
      trigger_id: world.triggers.issue({ person: person.id, channel: channel.id }),
    },
  });
  const error = failureWord(ack);
  if (error !== undefined) {
    slackbot(`${command} failed with the error "${error}"`);
    return { error };
  }
  if (ack.outcome !== 'acked' || isEmptyBody(ack.body)) return {};
  const answer = responseMessage.safeParse(typeof ack.body === 'string' ? { text: ack.body } : ack.body);
  if (!answer.success || world.responseUrls.answer(origin, answer.data) !== undefined) {
    slackbot(`${command} failed with the error "invalid_response"`);
    return { error: 'invalid_response' };
  }
  return {};
}
