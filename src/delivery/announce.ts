import type { Logger } from 'pino';
import type { TimelineEvent } from '../audit/events.ts';
import { record } from '../audit/record.ts';
import { countMutes } from '../checks/mute-repository.ts';
import { DeliveryError } from '../core/delivery-error.ts';
import { systemActor } from '../core/permissions.ts';
import { toCoverage } from '../maintenance/commands/announce.ts';
import { forecastMutes } from '../maintenance/commands/coverage.ts';
import { notifyOwner } from '../maintenance/commands/notify-owner.ts';
import {
  type Announcement,
  claimPost,
  findAnnouncement,
  listAnnouncedChannels,
  listPendingPosts,
  type PendingPost,
  settlePost,
  updateAnnouncement,
} from '../maintenance/repository/announcements.ts';
import {
  findMaintenanceOrDeleted,
  lockMaintenances,
  type Maintenance,
} from '../maintenance/repository/maintenances.ts';
import { isOver } from '../maintenance/rules/reminders.ts';
import { OPEN_STATUSES } from '../maintenance/rules/status.ts';
import { viewFor } from '../maintenance/rules/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import type { Channel, ChannelMessage, Recipient } from './channel.ts';
import { isAboutComment, showComment, type ThreadNote } from './comments.ts';

/** How far the clocks of Lull and of a channel may differ: the message of a claim is no older than this before it. */
const MAX_CLOCK_SKEW_MS = 5 * 60_000;
/** How far back to look for the message of a claim in the future: Lull's clock was ahead when it was made. */
const WRONG_CLOCK_SEARCH_MS = 24 * 3_600_000;

/**
 * Brings one announcement and its thread up to date with the maintenance. Idempotent. Announced once: each message is
 * claimed in the database before it is posted, and carries its key; after a crash in between, the channel is searched for
 * the key before anything is posted again.
 */
export async function announce(
  ctx: ActionContext,
  channel: Channel,
  log: Logger,
  job: Jobs['announce'],
): Promise<void> {
  const { accountId, maintenanceId, channel: address } = job;
  const maintenance = await findMaintenanceOrDeleted(ctx.database, accountId, maintenanceId);
  const announcement = await findAnnouncement(ctx.database, accountId, maintenanceId, job);
  if (maintenance === undefined || announcement === undefined) return;
  const live = new LiveAnnouncement(ctx, channel, { accountId, type: 'channel', address }, announcement);
  try {
    // A window that turned internal leaves one neutral line in public channels, and nothing follows it there.
    const view = viewFor(announcement.audience, maintenance);
    if (view === undefined) {
      await live.withdraw();
      return;
    }
    await live.refresh(view);
    try {
      await live.refreshThread(maintenance);
    } catch (error) {
      if (!isGone(error)) throw error;
      // The live message had not changed, so that its thread is the first to show that somebody deleted it.
      await live.repost(view);
      await live.refreshThread(maintenance);
    }
    await updateAnnouncement(ctx.database, announcement.id, { failedAt: null, error: null });
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const { reason } = error;
    if (reason.kind === 'disconnected') return;
    if (reason.kind === 'later') {
      const notBefore = new Date(Date.now() + reason.retryAfterSeconds * 1000);
      await enqueue(ctx.database, 'announce', job, { notBefore });
      return;
    }
    if (reason.kind === 'gone') throw error;
    await recordPermanentFailure(ctx, maintenance, announcement, { error: reason.error, advice: reason.advice });
    log.error(
      { maintenance: maintenanceId, channel: address, error: reason.error },
      `an announcement failed: ${reason.advice}`,
    );
  }
}

/** The live message of a maintenance in one channel, and its thread. */
class LiveAnnouncement {
  readonly #ctx: ActionContext;
  readonly #channel: Channel;
  readonly #place: Recipient;
  readonly #announcement: Announcement;
  /** The live message, once it is known. */
  #ref: string | null;

  constructor(ctx: ActionContext, channel: Channel, place: Recipient, announcement: Announcement) {
    this.#ctx = ctx;
    this.#channel = channel;
    this.#place = place;
    this.#announcement = announcement;
    this.#ref = announcement.messageRef;
  }

  /** Removes everything that the live message says, if it was ever posted. */
  async withdraw(): Promise<void> {
    const ref = await this.#findPosted();
    const message = { type: 'withdrawn-announcement' } as const;
    const rendered = this.#channel.render(message);
    if (ref === null || this.#announcement.rendered === rendered) return;
    await this.#updateIfThere(ref, message);
    await this.#save({ ref, rendered });
  }

  async refresh(maintenance: Maintenance): Promise<void> {
    const message = await this.#message(maintenance);
    const rendered = this.#channel.render(message);
    const ref = await this.#findPosted();
    if (ref === null) return this.#post(message);
    try {
      if (this.#announcement.rendered !== rendered) await this.#channel.update(this.#place, ref, message);
      await this.#save({ ref, rendered });
    } catch (error) {
      // Somebody deleted it. It is posted again, because people must see that a window starts.
      if (!isGone(error)) throw error;
      await this.#post(message);
    }
  }

  /** Posts the live message again, because it was deleted. */
  async repost(maintenance: Maintenance): Promise<void> {
    await this.#post(await this.#message(maintenance));
  }

  /** Posts a note for each event that the thread does not have yet. */
  async refreshThread(maintenance: Maintenance): Promise<void> {
    const { database } = this.#ctx;
    const { id, channel } = this.#announcement;
    for (const post of await listPendingPosts(database, maintenance.accountId, maintenance.id, id)) {
      const ref = isStale(post.event, maintenance, channel) ? '' : await this.#postEvent(post);
      await settlePost(database, id, post.event.id, ref);
    }
  }

  /** @returns the reference of the note; `''` when there is nothing to say, or nothing new */
  async #postEvent({ event, claim }: PendingPost): Promise<string> {
    const thread = this.#ref;
    if (thread === null) throw new Error(`announcement ${this.#announcement.id} has no live message`);
    const { id, audience } = this.#announcement;
    const note: ThreadNote = {
      findPosted: async () =>
        claim === null ? undefined : this.#channel.find(this.#place, claim.id, searchSince(claim.claimedAt), thread),
      post: async (message) => {
        const key = claim?.id ?? (await claimPost(this.#ctx.database, id, event.id, new Date()));
        return this.#channel.post(this.#place, message, key, thread);
      },
      update: (ref, message) => this.#updateIfThere(ref, message),
      mark: (ref) => this.#channel.mark(this.#place, ref),
      shows: (message) => this.#channel.render(message) !== undefined,
    };
    if (isAboutComment(event)) return showComment(this.#ctx, this.#place, this.#announcement, event, note);
    const message = { type: 'event', event, audience } as const;
    if (!note.shows(message)) return '';
    return (await note.findPosted()) ?? note.post(message);
  }

  async #message(maintenance: Maintenance): Promise<ChannelMessage> {
    const checks = await countChecks(this.#ctx.database, maintenance);
    return { type: 'announcement', maintenance, audience: this.#announcement.audience, checks };
  }

  /** The live message, also when a process died before it could store the reference. */
  async #findPosted(): Promise<string | null> {
    const { id, claimedAt } = this.#announcement;
    if (this.#ref === null && claimedAt !== null) {
      this.#ref = (await this.#channel.find(this.#place, id, searchSince(claimedAt))) ?? null;
    }
    return this.#ref;
  }

  async #post(message: ChannelMessage): Promise<void> {
    const { id } = this.#announcement;
    // The real clock, not Lull's: the channel's history is searched for messages since then.
    await updateAnnouncement(this.#ctx.database, id, { claimedAt: new Date(), messageRef: null });
    const ref = await this.#channel.post(this.#place, message, id);
    await this.#save({ ref, rendered: this.#channel.render(message) });
  }

  async #save({ ref, rendered }: { ref: string; rendered: string | undefined }): Promise<void> {
    this.#ref = ref;
    await updateAnnouncement(this.#ctx.database, this.#announcement.id, {
      messageRef: ref,
      rendered: rendered ?? null,
    });
  }

  /** A message that somebody deleted stays deleted. */
  async #updateIfThere(ref: string, message: ChannelMessage): Promise<void> {
    try {
      await this.#channel.update(this.#place, ref, message);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** How many checks a maintenance mutes, or muted: later changes of the catalogue do not matter to one that is over. */
async function countChecks(db: Queries, maintenance: Maintenance): Promise<number> {
  const { accountId, id, status } = maintenance;
  if (!OPEN_STATUSES.includes(status)) return countMutes(db, accountId, id);
  return (await forecastMutes(db, accountId, toCoverage(maintenance))).switched.length;
}

function isGone(error: unknown): boolean {
  return error instanceof DeliveryError && error.reason.kind === 'gone';
}

/** The earliest instant at which a channel can have stamped the message of a claim. */
export function searchSince(claimedAt: Date): Date {
  const now = Date.now();
  return new Date(claimedAt.getTime() > now ? now - WRONG_CLOCK_SEARCH_MS : claimedAt.getTime() - MAX_CLOCK_SKEW_MS);
}

/**
 * Records that a maintenance cannot be announced in a channel. The owner and the threads of the other channels are notified,
 * once until an announcement succeeds there.
 * @param why the error as the channel names it, and what a person can do about it
 */
export async function recordPermanentFailure(
  ctx: ActionContext,
  { accountId, id }: Maintenance,
  announcement: Announcement,
  why: { readonly error: string; readonly advice: string },
): Promise<void> {
  const { channel } = announcement;
  await inTransaction(ctx, async (tx, now) => {
    await lockMaintenances(tx, accountId, [id]);
    await updateAnnouncement(tx, announcement.id, { failedAt: now, error: `${why.error}: ${why.advice}` });
    if (announcement.failedAt !== null) return;
    const event = await record(tx, systemActor(accountId), now, {
      type: 'maintenance.announcement_failed',
      maintenanceId: id,
      internal: true,
      after: { channel, ...why },
    });
    for (const other of await listAnnouncedChannels(tx, accountId, id)) {
      if (other.channelKind === announcement.channelKind && other.channel === channel) continue;
      await enqueue(tx, 'announce', { accountId, maintenanceId: id, ...other });
    }
    await notifyOwner(tx, { accountId, id }, `not-announced:${channel}`, event);
  });
}

/**
 * Whether an event is no longer worth a note in a thread that does not have it yet: a reminder of an instant that has passed,
 * or the failure to announce in this very channel.
 */
export function isStale(event: TimelineEvent, maintenance: Maintenance, channel: string): boolean {
  if (event.type === 'maintenance.reminded') return isOver(event.at, maintenance);
  return event.type === 'maintenance.announcement_failed' && event.after.channel === channel;
}
