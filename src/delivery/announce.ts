import type { Logger } from 'pino';
import { z } from 'zod';
import { record } from '../audit/record.ts';
import { countMutes } from '../checks/mutes.ts';
import { isAboutComment, showComment, type Thread } from '../comments/show-comment.ts';
import { systemActor } from '../core/permissions.ts';
import { toCoverage } from '../maintenance/commands/announce.ts';
import { forecastMutes } from '../maintenance/commands/coverage.ts';
import { notifyOwner } from '../maintenance/commands/notify-owner.ts';
import { isOver } from '../maintenance/reminders.ts';
import {
  findMaintenanceOrDeleted,
  lockMaintenances,
  type Maintenance,
} from '../maintenance/repository/maintenances.ts';
import { announcement as drawAnnouncement, withdrawnMessage } from '../maintenance/slack/announcement.ts';
import { threadNote as drawNote } from '../maintenance/slack/note.ts';
import { OPEN_STATUSES } from '../maintenance/status.ts';
import { viewFor } from '../maintenance/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import type { Message } from '../slack/blocks.ts';
import {
  type Announcement,
  claimPost,
  findAnnouncement,
  listAnnouncedChannels,
  listPendingPosts,
  type PendingPost,
  settlePost,
  type TimelineEvent,
  updateAnnouncement,
} from './announcements.ts';

/** Where announcements are posted. Each call is made once: a job that failed is tried again by the queue. */
export interface Poster {
  /** Posts a message that carries `key` in its metadata. Returns its `ts`. */
  post(accountId: number, channel: string, message: Message, key: string, thread?: string): Promise<string>;
  update(accountId: number, channel: string, ts: string, message: Message): Promise<void>;
  /** Shows at somebody's message that Lull took note of it; where that cannot be shown, nothing happens. */
  mark(accountId: number, channel: string, ts: string): Promise<void>;
  /** The `ts` of the message with this key posted since `since`, if there is one in the channel or the thread. */
  find(accountId: number, channel: string, key: string, since: Date, thread?: string): Promise<string | undefined>;
}

/**
 * Why a post did not happen. Anything else that is thrown is a fault of the moment and tried again.
 *
 * `later`: not now, but again after so long, for there were too many, or the token is not taken at the moment.
 */
export class PostError extends Error {
  readonly reason:
    | { readonly kind: 'later'; readonly retryAfterSeconds: number }
    /** Lull is not in the workspace any more. What there is to say is said once it is installed again. */
    | { readonly kind: 'disconnected' }
    /** The message to be changed is not there any more. */
    | { readonly kind: 'gone' }
    /** Trying again will not help; `advice` says what a person can do. */
    | { readonly kind: 'final'; readonly error: string; readonly advice: string };

  constructor(reason: PostError['reason']) {
    super(reason.kind === 'final' ? reason.error : reason.kind);
    this.name = 'PostRefused';
    this.reason = reason;
  }
}

/** Events of an earlier time than this before a claim cannot be its message (milliseconds). */
const CLOCKS_DIFFER = 5 * 60_000;
/** How far back is looked for the message of a claim from the future: the clock ran ahead then, nobody knows how far (milliseconds). */
const CLOCK_WAS_WRONG = 24 * 3_600_000;

/**
 * Brings one announcement and its thread to the present state of the maintenance. Doing it twice changes nothing.
 * Each message is claimed in the database before it is posted, and carries its key; after a crash in between the
 * channel is asked before anything is posted again (rule 5).
 */
export async function announce(ctx: ActionContext, poster: Poster, log: Logger, job: Jobs['announce']): Promise<void> {
  const { accountId, maintenanceId, channel } = job;
  const maintenance = await findMaintenanceOrDeleted(ctx.database, accountId, maintenanceId);
  const announcement = await findAnnouncement(ctx.database, accountId, maintenanceId, channel);
  if (maintenance === undefined || announcement === undefined) return;
  try {
    // A window that turned internal leaves one neutral line in public channels, and nothing more is said there.
    const seen = viewFor(announcement.audience, maintenance);
    if (seen === undefined) {
      await withdraw(ctx, poster, accountId, announcement);
      return;
    }
    const ts = await bringUpToDate(ctx, poster, seen, announcement);
    try {
      await bringThreadUpToDate(ctx, poster, maintenance, announcement, ts);
    } catch (error) {
      if (!isGone(error)) throw error;
      // Nothing of the live message had changed, so that somebody deleted it shows in its thread.
      const anew = await bringUpToDate(ctx, poster, seen, { ...announcement, ts: null, claimedAt: null });
      await bringThreadUpToDate(ctx, poster, maintenance, announcement, anew);
    }
    await updateAnnouncement(ctx.database, announcement.id, { failedAt: null, error: null });
  } catch (error) {
    if (!(error instanceof PostError)) throw error;
    const { reason } = error;
    if (reason.kind === 'disconnected') return;
    if (reason.kind === 'later') {
      const notBefore = new Date(Date.now() + reason.retryAfterSeconds * 1000);
      await enqueue(ctx.database, 'announce', job, { notBefore });
      return;
    }
    if (reason.kind === 'gone') throw error;
    await recordPermanentFailure(ctx, maintenance, announcement, { error: reason.error, advice: reason.advice });
    log.error({ maintenance: maintenanceId, channel, error: reason.error }, `an announcement failed: ${reason.advice}`);
  }
}

/** Leaves nothing of what the live message said, if it was ever posted. */
async function withdraw(
  { database }: ActionContext,
  poster: Poster,
  accountId: number,
  { id, channel, ts, claimedAt, rendered: shown }: Announcement,
): Promise<void> {
  const posted =
    ts ?? (claimedAt === null ? undefined : await poster.find(accountId, channel, id, searchSince(claimedAt)));
  const rendered = JSON.stringify(withdrawnMessage);
  if (posted === undefined || shown === rendered) return;
  try {
    await poster.update(accountId, channel, posted, withdrawnMessage);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  await updateAnnouncement(database, id, { ts: posted, rendered });
}

/** Returns the `ts` of the live message. */
async function bringUpToDate(
  ctx: ActionContext,
  poster: Poster,
  maintenance: Maintenance,
  announcement: Announcement,
): Promise<string> {
  const { database } = ctx;
  const checks = await countChecks(database, maintenance);
  const message = drawAnnouncement(maintenance, { audience: announcement.audience, checks });
  const rendered = JSON.stringify(message);
  const { id, channel } = announcement;
  const { accountId } = maintenance;

  let ts = announcement.ts;
  if (ts === null && announcement.claimedAt !== null) {
    ts = (await poster.find(accountId, channel, id, searchSince(announcement.claimedAt))) ?? null;
  }
  if (ts !== null) {
    try {
      if (announcement.rendered !== rendered) await poster.update(accountId, channel, ts, message);
      await updateAnnouncement(database, id, { ts, rendered });
      return ts;
    } catch (error) {
      // Somebody deleted it: the start of a window must be seen all the same, so it is posted anew.
      if (!isGone(error)) throw error;
    }
  }
  // The system's clock: it is Slack's history that will be asked for messages since then.
  await updateAnnouncement(database, id, { claimedAt: new Date(), ts: null });
  const posted = await poster.post(accountId, channel, message, id);
  await updateAnnouncement(database, id, { ts: posted, rendered });
  return posted;
}

/** How many checks it switches off, or had: what the catalogue says by now is nothing to a window that is over. */
async function countChecks(db: Queries, maintenance: Maintenance): Promise<number> {
  const { accountId, id, status } = maintenance;
  if (!OPEN_STATUSES.includes(status)) return countMutes(db, accountId, id);
  return (await forecastMutes(db, accountId, toCoverage(maintenance))).switched.length;
}

async function bringThreadUpToDate(
  ctx: ActionContext,
  poster: Poster,
  maintenance: Maintenance,
  announcement: Announcement,
  thread: string,
): Promise<void> {
  const { accountId, id } = maintenance;
  for (const post of await listPendingPosts(ctx.database, accountId, id, announcement.id)) {
    const stale = isStale(post.event, maintenance, announcement.channel);
    const ts = stale ? '' : await tell(ctx, poster, maintenance, announcement, thread, post);
    await settlePost(ctx.database, announcement.id, post.event.id, ts);
  }
}

/** Tells one event in the thread, unless it was told already. Returns the `ts`, or `''` when there is nothing to say. */
async function tell(
  ctx: ActionContext,
  poster: Poster,
  { accountId }: Maintenance,
  announcement: Announcement,
  thread: string,
  post: PendingPost,
): Promise<string> {
  const { event, claim } = post;
  const { id, channel, audience } = announcement;
  const told: Thread = {
    async posted() {
      if (claim === null) return undefined;
      return poster.find(accountId, channel, claim.id, searchSince(claim.claimedAt), thread);
    },
    async send(message) {
      const key = claim?.id ?? (await claimPost(ctx.database, id, event.id, new Date()));
      return poster.post(accountId, channel, message, key, thread);
    },
    async change(ts, message) {
      try {
        await poster.update(accountId, channel, ts, message);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
    mark: (ts) => poster.mark(accountId, channel, ts),
  };
  if (isAboutComment(event)) return showComment(ctx, accountId, announcement, post, told);
  const message = drawNote(event, audience);
  if (message === undefined) return '';
  return (await told.posted()) ?? told.send(message);
}

function isGone(error: unknown): boolean {
  return error instanceof PostError && error.reason.kind === 'gone';
}

/** The earliest that Slack can have stamped the message of a claim. */
export function searchSince(claimedAt: Date): Date {
  const now = Date.now();
  return new Date(claimedAt.getTime() > now ? now - CLOCK_WAS_WRONG : claimedAt.getTime() - CLOCKS_DIFFER);
}

/**
 * Keeps that a maintenance cannot be announced in a channel, and why. The owner and the threads of the other channels hear
 * of it, once until it was announced there after all.
 * @param why Slack's word for it, and what a person can do about it
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
      action: 'announce-failed',
      maintenanceId: id,
      internal: true,
      after: { channel, ...why },
    });
    for (const other of await listAnnouncedChannels(tx, accountId, id)) {
      if (other !== channel) await enqueue(tx, 'announce', { accountId, maintenanceId: id, channel: other });
    }
    await notifyOwner(tx, { accountId, id }, `not-announced:${channel}`, event);
  });
}

const failure = z.object({ channel: z.string() });

/**
 * Whether an event that a channel was not told of yet is not worth telling there any more: a reminder that something else
 * happened after, or that this very channel could not be reached.
 */
export function isStale({ action, at, after }: TimelineEvent, maintenance: Maintenance, channel: string): boolean {
  if (action === 'remind') return isOver(at, maintenance);
  if (action === 'announce-failed') return failure.safeParse(after).data?.channel === channel;
  return false;
}
