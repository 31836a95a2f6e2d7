import type { Logger } from 'pino';
import type { TimelineEvent } from '../audit/events.ts';
import { record } from '../audit/record.ts';
import { countMutes } from '../checks/mute-repository.ts';
import { type CommentEventType, commentEvents } from '../comments/events.ts';
import { findComment } from '../comments/repository.ts';
import { DeliveryError } from '../core/errors.ts';
import { systemActor } from '../core/permissions.ts';
import { notifyOwner, toCoverage } from '../maintenance/commands/announce.ts';
import { forecastMutes } from '../maintenance/commands/coverage.ts';
import {
  type Announcement,
  claimPost,
  findAnnouncement,
  findLastPostAbout,
  listAnnouncedChannels,
  listPendingPosts,
  type PendingPost,
  settlePost,
  updateAnnouncement,
} from '../maintenance/repository/announcements.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { findMaintenanceOrDeleted, lockMaintenances } from '../maintenance/repository/maintenances.ts';
import { isOver } from '../maintenance/rules/reminders.ts';
import { OPEN_STATUSES } from '../maintenance/rules/status.ts';
import { viewFor } from '../maintenance/rules/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, handleDeliveryError, type Jobs } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import type { Channel, ChannelMessage, Recipient } from './channel.ts';

/** The most that the clocks of Lull and of a channel may differ: the message of a claim is no older than this before it. */
const MAX_CLOCK_SKEW_MS = 5 * 60_000;
/** How far back to search for the message of a claim in the future: Lull's clock was ahead when it was made. */
const WRONG_CLOCK_SEARCH_MS = 24 * 3_600_000;

/**
 * Updates one announcement and its thread. Idempotent. Announced once: each message is claimed in the database before it is
 * posted, and carries its key; after a crash in between, the channel is searched for the key before anything is posted again.
 */
export async function announce(ctx: ActionContext, channel: Channel, log: Logger, job: Jobs['announce']) {
  const { accountId, maintenanceId, channel: address } = job;
  const maintenance = await findMaintenanceOrDeleted(ctx.database, accountId, maintenanceId);
  const announcement = await findAnnouncement(ctx.database, accountId, maintenanceId, job);
  if (maintenance === undefined || announcement === undefined) return;
  const live = new LiveAnnouncement(ctx, channel, { accountId, type: 'channel', address }, announcement);
  try {
    // In a public channel, a window that turned internal leaves one neutral line, and nothing follows it.
    const view = viewFor(announcement.audience, maintenance);
    if (view === undefined) return await live.withdraw();
    await live.refresh(view);
    try {
      await live.refreshThread(maintenance);
    } catch (error) {
      if (!isGone(error)) throw error;
      // The live message had not changed, so its thread is the first to show that somebody deleted it.
      await live.repost(view);
      await live.refreshThread(maintenance);
    }
    await updateAnnouncement(ctx.database, announcement.id, { failedAt: null, error: null });
  } catch (error) {
    const final = await handleDeliveryError(ctx.database, error, 'announce', job);
    if (final === undefined) return;
    await recordPermanentFailure(ctx, maintenance, announcement, { error: final.error, advice: final.advice });
    const about = { maintenance: maintenanceId, channel: address, error: final.error };
    log.error(about, `an announcement failed: ${final.advice}`);
  }
}

const commentTypes = new Set<string>(commentEvents.map(({ shape }) => shape.type.value));

function isAboutComment(event: TimelineEvent): event is TimelineEvent<CommentEventType> {
  return commentTypes.has(event.type);
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

  async repost(maintenance: Maintenance): Promise<void> {
    await this.#post(await this.#message(maintenance));
  }

  async refreshThread(maintenance: Maintenance): Promise<void> {
    const { database } = this.#ctx;
    const { id, channel, audience } = this.#announcement;
    for (const post of await listPendingPosts(database, maintenance.accountId, maintenance.id, id)) {
      const { event } = post;
      let ref = '';
      if (isAboutComment(event)) ref = await this.#showComment(post, event);
      else if (!isStale(event, maintenance, channel)) {
        const message = { type: 'event', event, audience } as const;
        if (this.#isShown(message)) ref = (await this.#findNote(post)) ?? (await this.#postNote(post, message));
      }
      await settlePost(database, id, event.id, ref);
    }
  }

  /**
   * Shows a comment in the thread as it is now, whatever the event was: posts, updates or withdraws it. In the channel where
   * it was written it is there already, so its message is marked instead.
   * @returns the reference of a new note; `''` if none was posted
   */
  async #showComment(post: PendingPost, event: TimelineEvent<CommentEventType>): Promise<string> {
    const { database } = this.#ctx;
    const { id, channelKind, channel, audience } = this.#announcement;
    const comment = await findComment(database, this.#place.accountId, event.subject.id);
    if (comment?.message?.channelKind === channelKind && comment.message.channel === channel) {
      if (event.type === 'maintenance.commented') await this.#channel.mark(this.#place, comment.message.messageRef);
      return '';
    }
    const current = comment && ({ type: 'comment', comment, audience } as const);
    const message = current && this.#isShown(current) ? current : undefined;
    const unsettled = await this.#findNote(post);
    const shown = unsettled ?? (await findLastPostAbout(database, id, event.subject));
    if (shown === undefined) return message === undefined ? '' : this.#postNote(post, message);
    await this.#updateIfThere(shown, message ?? { type: 'withdrawn-comment' });
    return unsettled ?? '';
  }

  #isShown(message: ChannelMessage): boolean {
    return this.#channel.render(message) !== undefined;
  }

  /** The note that an earlier run posted before it failed. */
  async #findNote({ claim }: PendingPost): Promise<string | undefined> {
    if (claim === null) return undefined;
    return this.#channel.find(this.#place, claim.id, searchSince(claim.claimedAt), this.#thread());
  }

  async #postNote({ event, claim }: PendingPost, message: ChannelMessage): Promise<string> {
    const key = claim?.id ?? (await claimPost(this.#ctx.database, this.#announcement.id, event.id, new Date()));
    return this.#channel.post(this.#place, message, key, this.#thread());
  }

  #thread(): string {
    if (this.#ref === null) throw new Error(`announcement ${this.#announcement.id} has no live message`);
    return this.#ref;
  }

  async #message(maintenance: Maintenance): Promise<ChannelMessage> {
    const checks = await countChecks(this.#ctx.database, maintenance);
    return { type: 'announcement', maintenance, audience: this.#announcement.audience, checks };
  }

  /** The live message, also if a process died before it could store the reference. */
  async #findPosted(): Promise<string | null> {
    const { id, claimedAt } = this.#announcement;
    if (this.#ref === null && claimedAt !== null) {
      this.#ref = (await this.#channel.find(this.#place, id, searchSince(claimedAt))) ?? null;
    }
    return this.#ref;
  }

  async #post(message: ChannelMessage): Promise<void> {
    const { id } = this.#announcement;
    // The real clock, not Lull's, because the channel's history is searched for messages since then.
    await updateAnnouncement(this.#ctx.database, id, { claimedAt: new Date(), messageRef: null });
    const ref = await this.#channel.post(this.#place, message, id);
    await this.#save({ ref, rendered: this.#channel.render(message) });
  }

  async #save({ ref, rendered = null }: { ref: string; rendered: string | null | undefined }): Promise<void> {
    this.#ref = ref;
    await updateAnnouncement(this.#ctx.database, this.#announcement.id, { messageRef: ref, rendered });
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

/** Notifies the owner and the threads of the other channels, once until an announcement succeeds there. */
async function recordPermanentFailure(
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

/** Whether a note about an event is pointless by now: a reminder of a past instant, or the failure in this very channel. */
function isStale(event: TimelineEvent, maintenance: Maintenance, channel: string): boolean {
  if (event.type === 'maintenance.reminded') return isOver(event.at, maintenance);
  return event.type === 'maintenance.announcement_failed' && event.after.channel === channel;
}
