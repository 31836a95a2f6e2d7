import type { App } from '@slack/bolt';
import { slackError } from '../client.ts';
import type { Listening } from '../listening.ts';
import { readMessageEvent } from './message.ts';
import { hearReply } from './replies.ts';

/** Says what Lull hears of what happens in the workspace. Bolt acknowledges each event before it is worked on. */
export function listenToEvents(app: App, { context, track, missed, removed }: Listening): void {
  const { log, workspace } = context;

  app.event('message', async ({ event }) => {
    const reply = readMessageEvent(event);
    if (reply === undefined) return;
    track(
      hearReply(context, reply).catch((error: unknown) => {
        const { channel, ts } = reply.reply;
        // The reply goes without its mark, which shows that it was not kept.
        log.error({ error, channel, ts }, 'a reply in a thread could not be kept as a comment');
        // What Slack refused it refuses again; the rest passes.
        if (slackError(error) === undefined) missed();
      }),
    );
  });

  app.event('app_uninstalled', async () => removed('Lull was removed from the Slack workspace'));
  app.event('tokens_revoked', async ({ event }) => {
    if (event.tokens.bot?.includes(workspace.botUserId)) removed('the bot token of Lull was revoked in Slack');
  });
}
