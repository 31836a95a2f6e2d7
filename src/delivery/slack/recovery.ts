import type { Listeners } from '../../slack/listeners.ts';
import { retryChannel } from '../announce.ts';

/** Announces what could not be announced in a channel, once it is unarchived or somebody invites Lull. */
export function listenToRecovery({ app, context, track }: Listeners): void {
  const { ctx, workspace, log } = context;
  const retry = (channel: string) => {
    const retried = retryChannel(ctx, workspace.account.id, { channelKind: 'slack', channel });
    track(retried.catch((error: unknown) => log.error({ error, channel }, 'a channel could not be retried')));
  };
  app.event('channel_unarchive', async ({ event }) => retry(event.channel));
  app.event('group_unarchive', async ({ event }) => retry(event.channel));
  app.event('member_joined_channel', async ({ event }) => {
    if (event.user === workspace.botUserId) retry(event.channel);
  });
}
