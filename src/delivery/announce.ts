import type { Logger } from 'pino';
import type { TimelineEvent } from '../audit/events.ts';
import { record } from '../audit/record.ts';
import type { ChannelRef } from '../channels.ts';
import { type CommentEventType, commentEvents } from '../comments/events.ts';
import { findComment } from '../comments/repository.ts';
import { DeliveryError } from '../core/errors.ts';
import { systemActor } from '../core/permissions.ts';
import { notifyResponsible } from '../maintenance/commands/announce.ts';
import { countChecks } from '../maintenance/commands/coverage.ts';
import {
  type Announcement,
  claimAnnouncement,
  claimPost,
  findLastPostAbout,
  listPendingPosts,
  listUnfinishedAnnouncements,
  outdateAnnouncements,
  type PendingPost,
  releasePost,
  settlePost,
  updateAnnouncement,
} from '../maintenance/repository/announcements.ts';
import { findMaintenancesOrDeleted } from '../maintenance/repository/list.ts';
import { lockMaintenances } from '../maintenance/repository/locked.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { isOver } from '../maintenance/rules/reminders.ts';
import { viewFor } from '../maintenance/rules/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import type { Channel, ChannelMessage, Recipient } from './channel.ts';
import { deleteChannelFailure, putChannelFailure, retryFailedAnnouncements } from './repository.ts';

/** The most that the clocks of Lull and of a channel may differ: the message of a claim is no older than this before it. */
const MAX_CLOCK_SKEW_MS = 5 * 60_000;
/** How far back to search for the message of a claim in the future: Lull's clock was ahead when it was made. */
const WRONG_CLOCK_SEARCH_MS = 24 * 3_600_000;

/** A reply waits at least this long for its announcement to be stored. */
const REPLIES_WAIT_MS = 1_500;

/** How many announcements a run brings up to date, and how many notes it posts in each thread, before other jobs get a turn. */
const MAX_PER_RUN = 20;
/** After this many unexpected errors the channel is left to a retry. */
const MAX_ERRORS = 3;

/** In this order for all of a channel: a new announcement is the most urgent, and a changed one the least. */
const STEPS = ['post', 'postNotes', 'update'] as const;

/**
 * Brings the announcements in a channel up to date, and their threads. Idempotent. Announced once: each message is claimed
 * in the database before it is posted, and carries its key; after a crash in between, the channel is searched for the key
 * before anything is posted again.
 */
export async function announce(ctx: ActionContext, channel: Channel, log: Logger, job: Jobs['announce']) {
  const { database, clock } = ctx;
  const { accountId } = job;
  const found = await listUnfinishedAnnouncements(database, clock.now(), accountId, job, MAX_PER_RUN + 1);
  const next = found[MAX_PER_RUN];
  const due = found.slice(0, MAX_PER_RUN);
  const contents = await readContents(database, accountId, due);
  const opened = new Map<string, LiveAnnouncement>();
  const failed = new Map<string, unknown>();
  const messenger = new Messenger(channel);
  /** Set once nothing can be sent to the channel: then no more calls are made. */
  let unreachable: FinalReason | undefined;
  /** When the channel can be called again, in milliseconds since 1970. */
  let retryAt: number | undefined;
  for (const step of STEPS) {
    if (next !== undefined && STEPS.indexOf(firstStep(next)) < STEPS.indexOf(step)) break;
    // A pause of posting, of announcements and notes alike, leaves time for updates.
    if (retryAt !== undefined && step !== 'update') continue;
    for (const { maintenanceId, ...announcement } of due) {
      const { id } = announcement;
      if (failed.has(id)) continue;
      let live = opened.get(id);
      if (retryAt !== undefined && (Date.now() >= retryAt || (live === undefined && announcement.messageRef === null)))
        continue;
      try {
        const content = contents.get(id);
        if (content === undefined) continue;
        live ??= new LiveAnnouncement(ctx, messenger, content, announcement);
        opened.set(id, live);
        if (unreachable !== undefined) throw new DeliveryError(unreachable);
        await live[step]();
      } catch (error) {
        const reason = error instanceof DeliveryError ? error.reason : undefined;
        if (reason?.kind === 'disconnected') return;
        if (reason?.kind === 'later') {
          retryAt = Math.min(retryAt ?? Number.POSITIVE_INFINITY, Date.now() + reason.retryAfterSeconds * 1000);
          break;
        }
        if (reason?.kind === 'final' && live !== undefined) {
          failed.set(id, undefined);
          if (reason.recipient === true) unreachable = reason;
          await live.recordPermanentFailure(reason);
          const about = { maintenance: maintenanceId, channel: job.channel, error: reason.error };
          log.error(about, `an announcement failed: ${reason.advice}`);
          continue;
        }
        failed.set(id, error);
        await updateAnnouncement(database, id, { attempts: announcement.attempts + 1 });
        if (failed.size === MAX_ERRORS) throw error;
      }
    }
  }
  if (messenger.sent && unreachable === undefined && due.some(({ channelFails }) => channelFails)) {
    await recordRecovery(ctx, log, job);
  }
  if (retryAt !== undefined) return enqueue(database, 'announce', job, { notBefore: new Date(retryAt) });
  for (const error of failed.values()) if (error !== undefined) throw error;
  if (next !== undefined || [...opened].some(([id, { hasMore }]) => hasMore && !failed.has(id))) {
    await enqueue(database, 'announce', job);
  }
}

type FinalReason = Extract<DeliveryError['reason'], { readonly kind: 'final' }>;

/** A channel, and whether it has taken a message. */
class Messenger implements Pick<Channel, 'render' | 'post' | 'update' | 'find' | 'mark'> {
  sent = false;
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  render(message: ChannelMessage): string | undefined {
    return this.#channel.render(message);
  }

  async post(...message: Parameters<Channel['post']>): Promise<string> {
    const ref = await this.#channel.post(...message);
    this.sent = true;
    return ref;
  }

  async update(...message: Parameters<Channel['update']>): Promise<void> {
    await this.#channel.update(...message);
    this.sent = true;
  }

  find(...message: Parameters<Channel['find']>): Promise<string | undefined> {
    return this.#channel.find(...message);
  }

  mark(...message: Parameters<Channel['mark']>): Promise<void> {
    return this.#channel.mark(...message);
  }
}

/** A channel takes messages again: what could not be announced in it, and is not over, is announced now. */
async function recordRecovery(ctx: ActionContext, log: Logger, job: Jobs['announce']): Promise<void> {
  const { accountId, channel } = job;
  const recovered = await inTransaction(ctx, async (tx) => {
    if (!(await deleteChannelFailure(tx, accountId, job))) return false;
    if (await retryFailedAnnouncements(tx, accountId, job)) await enqueue(tx, 'announce', job);
    return true;
  });
  if (recovered) log.info({ channel }, 'a channel takes messages again');
}

/** Has what failed in a channel announced there again, as somebody unarchived it or invited Lull. */
export async function retryChannel(ctx: ActionContext, accountId: number, channel: ChannelRef): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const job = { accountId, ...channel };
    if (await retryFailedAnnouncements(tx, accountId, channel)) await enqueue(tx, 'announce', job);
  });
}

/** What an announcement shows. */
interface Content {
  readonly maintenance: Maintenance;
  /** How many checks it mutes, or muted. */
  readonly checks: number;
  /** The events that are not in its thread yet, one more than a run posts. */
  readonly pending: () => readonly PendingPost[];
}

/** @returns what announcements show, by their id */
async function readContents(
  db: Queries,
  accountId: number,
  announcements: readonly { readonly id: string; readonly maintenanceId: number }[],
): Promise<ReadonlyMap<string, Content>> {
  const ids = announcements.map(({ maintenanceId }) => maintenanceId);
  const maintenances = await findMaintenancesOrDeleted(db, accountId, ids);
  const checks = await countChecks(db, accountId, [...maintenances.values()]);
  const pending = await listPendingPosts(
    db,
    announcements.map(({ id }) => id),
    MAX_PER_RUN + 1,
  );
  const contents = new Map<string, Content>();
  for (const { id, maintenanceId } of announcements) {
    const maintenance = maintenances.get(maintenanceId);
    if (maintenance === undefined) continue;
    contents.set(id, {
      maintenance,
      checks: checks.get(maintenanceId) ?? 0,
      pending: pending.get(id) ?? (() => []),
    });
  }
  return contents;
}

function firstStep({ messageRef, hasNotes }: { messageRef: string | null; hasNotes: boolean }) {
  if (messageRef === null) return 'post';
  return hasNotes ? 'postNotes' : 'update';
}

const commentTypes = new Set<string>(commentEvents.map(({ shape }) => shape.type.value));

function isAboutComment(event: TimelineEvent): event is TimelineEvent<CommentEventType> {
  return commentTypes.has(event.type);
}

/** The live message of a maintenance in one channel, and its thread. */
class LiveAnnouncement {
  /** Whether there are more notes than a run posts. */
  hasMore = false;
  #notesPosted = false;
  readonly #ctx: ActionContext;
  readonly #channel: Messenger;
  readonly #place: Recipient;
  readonly #announcement: Announcement;
  readonly #content: Content;
  /** Of the events that are not in the thread, those that this run posts and has not posted yet. */
  #pending: PendingPost[] | undefined;
  /** What the audience of the channel sees of it: undefined once a window that was announced in public turned internal. */
  readonly #view: Maintenance | undefined;
  /** The live message, once it is known. */
  #ref: string | null;
  /** As this run read it, or set it. */
  #claimedAt: Date | null;
  #rendered: string | null | undefined;

  constructor(ctx: ActionContext, channel: Messenger, content: Content, announcement: Announcement) {
    const { maintenance } = content;
    this.#ctx = ctx;
    this.#channel = channel;
    this.#content = content;
    this.#place = { accountId: maintenance.accountId, type: 'channel', address: announcement.channel };
    this.#announcement = announcement;
    this.#view = viewFor(announcement.audience, maintenance);
    this.#ref = announcement.messageRef;
    this.#claimedAt = announcement.claimedAt;
    this.#rendered = announcement.rendered;
  }

  /** Posts the live message if it was never posted. */
  async post(): Promise<void> {
    if (this.#view === undefined) return;
    const isStored = this.#ref !== null;
    if (isStored && this.#claimedAt === null) return;
    const ref = await this.#findPosted();
    if (ref === null) return this.#post(this.#view);
    // An earlier run posted it, and failed before it was certain that replies find it.
    if (!isStored) await this.#save({ ref, rendered: this.#rendered });
    await this.#readReplies(ref);
  }

  async postNotes(): Promise<void> {
    if (this.#view === undefined || this.#ref === null) return;
    try {
      await this.#postNotes();
    } catch (error) {
      if (!isGone(error)) throw error;
      // The thread is the first to show that somebody deleted the live message.
      await this.#post(this.#view);
      await this.#postNotes();
    }
  }

  /** Updates the live message. In a public channel, a window that turned internal leaves one neutral line. */
  async update(): Promise<void> {
    const { id, version } = this.#announcement;
    if (this.#view !== undefined && this.#ref === null) return;
    if (this.#view === undefined) await this.#withdraw();
    else await this.#refresh(this.#view);
    const finished = { failedAt: null, error: null, attempts: 0, shownVersion: version };
    await updateAnnouncement(this.#ctx.database, id, {
      claimedAt: null,
      messageRef: this.#ref,
      rendered: this.#rendered ?? null,
      ...(this.#view === undefined || this.#notesPosted ? finished : {}),
    });
  }

  /**
   * Notifies the threads of the other channels and whoever can act: once for each cause, until the channel takes a message
   * again; if the message itself was refused, once for each announcement, until it succeeds.
   */
  async recordPermanentFailure({ error, advice, recipient = false }: FinalReason): Promise<void> {
    const { accountId, id: maintenanceId } = this.#content.maintenance;
    const { id, channel, failedAt, version } = this.#announcement;
    const why = { error, advice };
    await inTransaction(this.#ctx, async (tx, now) => {
      await lockMaintenances(tx, accountId, [maintenanceId]);
      const failed = { failedAt: now, error: `${why.error}: ${why.advice}`, shownVersion: version };
      await updateAnnouncement(tx, id, failed);
      const cause = { reason: why.error, since: now };
      const isNew = recipient ? await putChannelFailure(tx, accountId, this.#announcement, cause) : failedAt === null;
      if (!isNew) return;
      const event = await record(tx, systemActor(accountId), now, {
        type: 'maintenance.announcement_failed',
        maintenanceId,
        internal: true,
        after: { channel, ...why },
      });
      for (const other of await outdateAnnouncements(tx, maintenanceId, this.#announcement)) {
        await enqueue(tx, 'announce', { accountId, ...other });
      }
      await notifyResponsible(tx, { accountId, id: maintenanceId }, `not-announced:${channel}:${event}`, event);
    });
  }

  async #withdraw(): Promise<void> {
    const ref = await this.#findPosted();
    const message = { type: 'withdrawn-announcement' } as const;
    const rendered = this.#channel.render(message);
    if (ref === null || this.#rendered === rendered) return;
    await this.#updateIfThere(ref, message);
    this.#rendered = rendered;
  }

  async #refresh(view: Maintenance): Promise<void> {
    const message = this.#message(view);
    const rendered = this.#channel.render(message);
    if (this.#rendered === rendered) return;
    try {
      await this.#channel.update(this.#place, this.#thread(), message);
      this.#rendered = rendered;
    } catch (error) {
      // Somebody deleted it. It is posted again, because people must see that a window starts.
      if (!isGone(error)) throw error;
      await this.#post(view);
    }
  }

  async #postNotes(): Promise<void> {
    const { maintenance, pending } = this.#content;
    const { id, channel, audience } = this.#announcement;
    if (this.#pending === undefined) {
      const all = pending();
      this.hasMore = all.length > MAX_PER_RUN;
      this.#pending = all.slice(0, MAX_PER_RUN);
    }
    for (let post = this.#pending[0]; post !== undefined; post = this.#pending[0]) {
      const { event } = post;
      let ref = '';
      if (isAboutComment(event)) ref = await this.#showComment(post, event);
      else if (!isStale(event, maintenance, channel)) {
        const message = { type: 'event', event, audience } as const;
        if (this.#isShown(message)) ref = (await this.#findNote(post)) ?? (await this.#postNote(post, message));
      }
      await settlePost(this.#ctx.database, id, event.id, ref);
      this.#pending.shift();
    }
    this.#notesPosted = !this.hasMore;
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

  async #postNote(post: PendingPost, message: ChannelMessage): Promise<string> {
    const { database } = this.#ctx;
    post.claim ??= await this.#claimNote(post.event);
    const key = post.claim.id;
    return unlessLater(this.#channel.post(this.#place, message, key, this.#thread()), async () => {
      await releasePost(database, key);
      post.claim = null;
    });
  }

  async #claimNote({ id: eventId }: TimelineEvent): Promise<PendingPost['claim'] & object> {
    const claimedAt = new Date();
    return { id: await claimPost(this.#ctx.database, this.#announcement.id, eventId, claimedAt), claimedAt };
  }

  #thread(): string {
    if (this.#ref === null) throw new Error(`announcement ${this.#announcement.id} has no live message`);
    return this.#ref;
  }

  #message(maintenance: Maintenance): ChannelMessage {
    const { checks } = this.#content;
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

  async #post(view: Maintenance): Promise<void> {
    const { id } = this.#announcement;
    const message = this.#message(view);
    // The real clock, not Lull's, because the channel's history is searched for messages since then.
    const { database } = this.#ctx;
    const claimedAt = new Date();
    await claimAnnouncement(database, id, claimedAt, this.#claimedAt);
    this.#claimedAt = claimedAt;
    const ref = await unlessLater(this.#channel.post(this.#place, message, id), async () => {
      await updateAnnouncement(database, id, { claimedAt: null });
      this.#claimedAt = null;
    });
    await this.#save({ ref, rendered: this.#channel.render(message) });
    if (Date.now() - claimedAt.getTime() > REPLIES_WAIT_MS) await this.#readReplies(ref);
  }

  /** Reads the replies that were written before it was stored which message they answer. */
  async #readReplies(thread: string): Promise<void> {
    const { accountId, id: maintenanceId } = this.#content.maintenance;
    const { channelKind, channel } = this.#announcement;
    const page = { accountId, maintenanceId, channelKind, channel, thread, cursor: '', after: thread };
    await inTransaction(this.#ctx, async (tx) => {
      await enqueue(tx, 'ingest-replies', page);
      await updateAnnouncement(tx, this.#announcement.id, { claimedAt: null });
    });
    this.#claimedAt = null;
  }

  async #save({ ref, rendered = null }: { ref: string; rendered: string | null | undefined }): Promise<void> {
    this.#ref = ref;
    this.#rendered = rendered;
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

/** Releases the claim of a message that the channel did not take for now, so that it need not be searched for. */
export async function unlessLater<T>(posted: Promise<T>, release: () => Promise<unknown>): Promise<T> {
  try {
    return await posted;
  } catch (error) {
    if (error instanceof DeliveryError && error.reason.kind === 'later') await release();
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof DeliveryError && error.reason.kind === 'gone';
}

/** The earliest instant at which a channel can have stamped the message of a claim. */
export function searchSince(claimedAt: Date): Date {
  const now = Date.now();
  return new Date(claimedAt.getTime() > now ? now - WRONG_CLOCK_SEARCH_MS : claimedAt.getTime() - MAX_CLOCK_SKEW_MS);
}

/** Whether a note about an event is pointless by now: a reminder of a past instant, or the failure in this very channel. */
function isStale(event: TimelineEvent, maintenance: Maintenance, channel: string): boolean {
  if (event.type === 'maintenance.reminded') return isOver(event.at, maintenance);
  return event.type === 'maintenance.announcement_failed' && event.after.channel === channel;
}
