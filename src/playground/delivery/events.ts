import { randomBytes } from 'node:crypto';
import { subscribes } from '../workspace/manifest.ts';
import { APP_ID, BOT_USER } from '../workspace/seed.ts';
import { slackMessage, slackUser } from '../workspace/slack-objects.ts';
import type { StoredChannel } from '../workspace/state.ts';
import { secondsOf } from '../workspace/timestamps.ts';
import type { Happening, Workspace } from '../workspace/workspace.ts';
import type { Delivery } from './delivery.ts';

type SlackEvent = Record<string, unknown> & { type: string };

/** Real milliseconds to wait before the first, second and third time an event is sent again. */
export const REDELIVERY_MS = [0, 60_000, 300_000];

/** The Events API: what happens in the workspace, as far as the app subscribes to it and is where it happens. */
export class Events {
  readonly #workspace: Workspace;
  readonly #delivery: Delivery;
  readonly #redeliveryMs: number[];
  readonly #token: string;
  readonly #timers = new Set<NodeJS.Timeout>();
  #installed: boolean;
  #closed = false;
  /** The last of each type, the last of all at the end. */
  readonly #last = new Map<string, { payload: Record<string, unknown>; title: string }>();

  constructor(options: {
    workspace: Workspace;
    delivery: Delivery;
    redeliveryMs: number[];
    token: string;
    installed: boolean;
  }) {
    this.#installed = options.installed;
    this.#workspace = options.workspace;
    this.#delivery = options.delivery;
    this.#redeliveryMs = options.redeliveryMs;
    this.#token = options.token;
    options.workspace.listen((happening) => this.#happened(happening));
  }

  /** Tell the app of something, now, and again when it does not ack. */
  send(event: SlackEvent): void {
    if (!this.#installed) return;
    const name = subscriptionName(event);
    if (!subscribes(this.#workspace.manifest, name)) return;
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
      event_time: secondsOf(this.#workspace.now()),
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
    const wait = this.#redeliveryMs[attempt];
    if (ack.outcome === 'acked' || wait === undefined || this.#closed) return;
    const why = { timeout: 'http_timeout', unreachable: 'connection_failed', refused: 'http_error' }[ack.outcome];
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#deliver(payload, title, attempt + 1, this.#delivery.kind === 'socket' ? 'timeout' : why);
    }, wait);
    this.#timers.add(timer);
  }

  /** Send the last event, or the last of a type, once more, as Slack does when an ack was lost. */
  redeliverLast(type?: string): void {
    const last = type === undefined ? [...this.#last.values()].at(-1) : this.#last.get(type);
    if (last === undefined) throw new Error('No event was sent yet, so none can be sent again.');
    void this.#deliver(last.payload, last.title, 1, 'timeout');
  }

  /** The app was taken out of the workspace: it is told so, and then nothing more. */
  uninstalled(): void {
    this.send({ type: 'tokens_revoked', tokens: { oauth: [], bot: [BOT_USER] } });
    this.send({ type: 'app_uninstalled' });
    this.#installed = false;
  }

  /** The app is in the workspace, and told of what happens from now on. */
  installed(): void {
    this.#installed = true;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #happened(happening: Happening): void {
    for (const event of this.#eventsFor(happening)) this.send(event);
  }

  #eventsFor(happening: Happening): SlackEvent[] {
    const workspace = this.#workspace;
    switch (happening.type) {
      case 'message_posted': {
        const { message } = happening;
        const channel = workspace.channel(message.channel);
        if (channel === undefined || message.onlyFor !== undefined || !workspace.botIn(channel)) return [];
        const event: SlackEvent = {
          ...slackMessage(workspace, message, { metadata: true }),
          type: 'message',
          channel: channel.id,
          channel_type: channelType(channel),
          event_ts: message.ts,
        };
        if (channel.kind !== 'dm' && message.text.includes(`<@${BOT_USER}>`) && message.author !== BOT_USER) {
          return [event, { ...event, type: 'app_mention', channel_type: undefined }];
        }
        return [event];
      }
      case 'message_changed': {
        const channel = workspace.channel(happening.message.channel);
        if (happening.silent || channel === undefined || !workspace.botIn(channel)) return [];
        const ts = workspace.nextTs();
        return [
          {
            type: 'message',
            subtype: 'message_changed',
            hidden: true,
            message: slackMessage(workspace, happening.message, { metadata: true }),
            previous_message: slackMessage(workspace, happening.previous, { metadata: true }),
            channel: channel.id,
            channel_type: channelType(channel),
            ts,
            event_ts: ts,
          },
        ];
      }
      case 'message_deleted': {
        const { message } = happening;
        const channel = workspace.channel(message.channel);
        if (channel === undefined || message.onlyFor !== undefined || !workspace.botIn(channel)) return [];
        const ts = workspace.nextTs();
        return [
          {
            type: 'message',
            subtype: 'message_deleted',
            hidden: true,
            deleted_ts: message.ts,
            previous_message: slackMessage(workspace, message, { metadata: true }),
            channel: channel.id,
            channel_type: channelType(channel),
            ts,
            event_ts: ts,
          },
        ];
      }
      case 'reaction': {
        const channel = workspace.channel(happening.message.channel);
        if (channel === undefined || !workspace.botIn(channel)) return [];
        return [
          {
            type: happening.added ? 'reaction_added' : 'reaction_removed',
            user: happening.user,
            reaction: happening.name,
            item: { type: 'message', channel: channel.id, ts: happening.message.ts },
            item_user: happening.message.author,
            event_ts: workspace.nextTs(),
          },
        ];
      }
      case 'member_joined':
      case 'member_left': {
        const { channel, user } = happening;
        const joined = happening.type === 'member_joined';
        if (!joined && user === BOT_USER) {
          return [{ type: channel.kind === 'private' ? 'group_left' : 'channel_left', channel: channel.id }];
        }
        if (!workspace.botIn(channel)) return [];
        const inviter = joined && happening.inviter !== undefined ? { inviter: happening.inviter } : {};
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
        const { channel, user } = happening;
        if (channel.kind === 'private' && !workspace.botIn(channel)) return [];
        const kind = channel.kind === 'private' ? 'group' : 'channel';
        const what = happening.type === 'channel_archived' ? 'archive' : 'unarchive';
        return [{ type: `${kind}_${what}`, channel: channel.id, user, event_ts: workspace.nextTs() }];
      }
      case 'people_changed':
        return [
          {
            type: 'user_change',
            user: slackUser(workspace, happening.person, { locale: true }),
            cache_ts: secondsOf(workspace.now()),
            event_ts: workspace.nextTs(),
          },
        ];
      case 'channel_created':
      case 'channel_seen':
        return [];
    }
  }
}

const channelType = (channel: StoredChannel): 'channel' | 'group' | 'im' =>
  channel.kind === 'dm' ? 'im' : channel.kind === 'private' ? 'group' : 'channel';

/** The name an app subscribes to, which for messages tells the kind of channel. */
function subscriptionName(event: SlackEvent): string {
  if (event.type !== 'message') return event.type;
  return event.channel_type === 'im'
    ? 'message.im'
    : event.channel_type === 'group'
      ? 'message.groups'
      : 'message.channels';
}
