import { randomBytes } from 'node:crypto';
import { isSubscribed } from '../workspace/manifest.ts';
import { APP_ID, BOT_USER } from '../workspace/seed.ts';
import { toSlackMessage, toSlackUser } from '../workspace/slack-objects.ts';
import { toSeconds } from '../workspace/timestamps.ts';
import type { Workspace, WorkspaceEvent } from '../workspace/workspace.ts';
import type { StoredChannel } from '../workspace/workspace-file.ts';
import type { Delivery } from './delivery.ts';

type SlackEvent = Record<string, unknown> & { type: string };

/** Real time before the first, second and third redelivery of an event. */
export const REDELIVERY_DELAYS_MS = [0, 60_000, 300_000];

/** The Events API: sends the app what happens in the workspace, if it subscribes to the event and is in the channel. */
export class Events {
  readonly #workspace: Workspace;
  readonly #delivery: Delivery;
  readonly #redeliveryDelaysMs: number[];
  readonly #token: string;
  readonly #timers = new Set<NodeJS.Timeout>();
  #installed: boolean;
  #closed = false;
  /** The last event of each type; the most recent one is last. */
  readonly #last = new Map<string, { payload: Record<string, unknown>; title: string }>();

  constructor(options: {
    workspace: Workspace;
    delivery: Delivery;
    redeliveryDelaysMs: number[];
    token: string;
    installed: boolean;
  }) {
    this.#installed = options.installed;
    this.#workspace = options.workspace;
    this.#delivery = options.delivery;
    this.#redeliveryDelaysMs = options.redeliveryDelaysMs;
    this.#token = options.token;
    options.workspace.listen((event) => this.#publish(event));
  }

  /** Sends an event, and again later if the app does not ack. */
  send(event: SlackEvent): void {
    if (!this.#installed) return;
    const name = toSubscriptionName(event);
    if (!isSubscribed(this.#workspace.manifest, name)) return;
    const { team } = this.#workspace;
    const payload = {
      token: this.#token,
      team_id: team.id,
      context_team_id: team.id,
      context_enterprise_id: null,
      api_app_id: APP_ID,
      event,
      type: 'event_callback',
      event_id: `Ev${randomBytes(5).toString('hex').toUpperCase()}`,
      event_time: toSeconds(this.#workspace.now()),
      authorizations: [
        { enterprise_id: null, team_id: team.id, user_id: BOT_USER, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event_context: '4-playground',
    };
    const subtype = typeof event.subtype === 'string' ? ` ${event.subtype}` : '';
    const title = `${event.type}${subtype}`;
    this.#last.delete(event.type);
    this.#last.set(event.type, { payload, title });
    void this.#deliver(payload, title, 0, '');
  }

  async #deliver(payload: Record<string, unknown>, title: string, attempt: number, reason: string): Promise<void> {
    const ack = await this.#delivery.send({
      type: 'events_api',
      payload,
      acceptsResponse: false,
      title,
      ...(attempt === 0 ? {} : { retry: { attempt, reason } }),
    });
    const delayMs = this.#redeliveryDelaysMs[attempt];
    if (ack.outcome === 'acked' || delayMs === undefined || this.#closed) return;
    const httpReason = { timeout: 'http_timeout', unreachable: 'connection_failed', refused: 'http_error' }[
      ack.outcome
    ];
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#deliver(payload, title, attempt + 1, this.#delivery.kind === 'socket' ? 'timeout' : httpReason);
    }, delayMs);
    this.#timers.add(timer);
  }

  /** Sends the last event, or the last of a type, again, as Slack does when an ack was lost. */
  redeliverLast(type?: string): void {
    const last = type === undefined ? [...this.#last.values()].at(-1) : this.#last.get(type);
    if (last === undefined) throw new Error('No event was sent yet, so none can be sent again.');
    void this.#deliver(last.payload, last.title, 1, 'timeout');
  }

  /** Sends the events of an uninstallation, and nothing after them. */
  markUninstalled(): void {
    this.send({ type: 'tokens_revoked', tokens: { oauth: [], bot: [BOT_USER] } });
    this.send({ type: 'app_uninstalled' });
    this.#installed = false;
  }

  markInstalled(): void {
    this.#installed = true;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #publish(event: WorkspaceEvent): void {
    for (const slackEvent of this.#eventsFor(event)) this.send(slackEvent);
  }

  #eventsFor(event: WorkspaceEvent): SlackEvent[] {
    const workspace = this.#workspace;
    switch (event.type) {
      case 'message_posted': {
        const { message } = event;
        const channel = workspace.channel(message.channel);
        if (channel === undefined || message.onlyFor !== undefined || !workspace.isBotMember(channel)) return [];
        const slackEvent: SlackEvent = {
          ...toSlackMessage(workspace, message, { metadata: true }),
          type: 'message',
          channel: channel.id,
          channel_type: toChannelType(channel),
          event_ts: message.ts,
        };
        if (channel.kind !== 'dm' && message.text.includes(`<@${BOT_USER}>`) && message.author !== BOT_USER) {
          return [slackEvent, { ...slackEvent, type: 'app_mention', channel_type: undefined }];
        }
        return [slackEvent];
      }
      case 'message_changed': {
        const channel = workspace.channel(event.message.channel);
        if (event.silent || channel === undefined || !workspace.isBotMember(channel)) return [];
        const ts = workspace.nextTs();
        return [
          {
            type: 'message',
            subtype: 'message_changed',
            hidden: true,
            message: toSlackMessage(workspace, event.message, { metadata: true }),
            previous_message: toSlackMessage(workspace, event.previous, { metadata: true }),
            channel: channel.id,
            channel_type: toChannelType(channel),
            ts,
            event_ts: ts,
          },
        ];
      }
      case 'message_deleted': {
        const { message } = event;
        const channel = workspace.channel(message.channel);
        if (channel === undefined || message.onlyFor !== undefined || !workspace.isBotMember(channel)) return [];
        const ts = workspace.nextTs();
        return [
          {
            type: 'message',
            subtype: 'message_deleted',
            hidden: true,
            deleted_ts: message.ts,
            previous_message: toSlackMessage(workspace, message, { metadata: true }),
            channel: channel.id,
            channel_type: toChannelType(channel),
            ts,
            event_ts: ts,
          },
        ];
      }
      case 'reaction': {
        const channel = workspace.channel(event.message.channel);
        if (channel === undefined || !workspace.isBotMember(channel)) return [];
        return [
          {
            type: event.added ? 'reaction_added' : 'reaction_removed',
            user: event.user,
            reaction: event.name,
            item: { type: 'message', channel: channel.id, ts: event.message.ts },
            item_user: event.message.author,
            event_ts: workspace.nextTs(),
          },
        ];
      }
      case 'member_joined':
      case 'member_left': {
        const { channel, user } = event;
        const joined = event.type === 'member_joined';
        if (!joined && user === BOT_USER) {
          return [{ type: channel.kind === 'private' ? 'group_left' : 'channel_left', channel: channel.id }];
        }
        if (!workspace.isBotMember(channel)) return [];
        const inviter = joined && event.inviter !== undefined ? { inviter: event.inviter } : {};
        return [
          {
            type: joined ? 'member_joined_channel' : 'member_left_channel',
            user,
            channel: channel.id,
            channel_type: channel.kind === 'private' ? 'G' : 'C',
            team: workspace.team.id,
            ...inviter,
            event_ts: workspace.nextTs(),
          },
        ];
      }
      case 'channel_archived':
      case 'channel_unarchived': {
        const { channel, user } = event;
        if (channel.kind === 'private' && !workspace.isBotMember(channel)) return [];
        const kind = channel.kind === 'private' ? 'group' : 'channel';
        const change = event.type === 'channel_archived' ? 'archive' : 'unarchive';
        return [{ type: `${kind}_${change}`, channel: channel.id, user, event_ts: workspace.nextTs() }];
      }
      case 'people_changed':
        return [
          {
            type: 'user_change',
            user: toSlackUser(workspace, event.person, { locale: true }),
            cache_ts: toSeconds(workspace.now()),
            event_ts: workspace.nextTs(),
          },
        ];
      case 'group_changed': {
        const { group, added, removed } = event;
        const ts = workspace.nextTs();
        return [
          {
            type: 'subteam_members_changed',
            subteam_id: group.id,
            team_id: workspace.team.id,
            date_update: toSeconds(workspace.now()),
            added_users: added,
            added_users_count: added.length,
            removed_users: removed,
            removed_users_count: removed.length,
            event_ts: ts,
          },
        ];
      }
      case 'channel_created':
      case 'channel_read':
        return [];
    }
  }
}

const toChannelType = (channel: StoredChannel): 'channel' | 'group' | 'im' =>
  channel.kind === 'dm' ? 'im' : channel.kind === 'private' ? 'group' : 'channel';

/** The name an app subscribes to. For messages it depends on the kind of channel. */
function toSubscriptionName(event: SlackEvent): string {
  if (event.type !== 'message') return event.type;
  return event.channel_type === 'im'
    ? 'message.im'
    : event.channel_type === 'group'
      ? 'message.groups'
      : 'message.channels';
}
