import { deleteDraftsBefore } from '../maintenance/repository/changes.ts';
import type { Queries } from '../platform/database.ts';
import { deleteKeysBefore, REPLY_KEY_TTL_MS } from '../platform/idempotency.ts';
import { deleteDeliveriesBefore } from '../webhooks/repository.ts';

const HOUR_MS = 3_600_000;

const RETENTION_MS = {
  /** Unanswered previews. Slack's `response_url` expires after 30 minutes. */
  drafts: 24 * HOUR_MS,
  processedRequests: 24 * HOUR_MS,
  replies: REPLY_KEY_TTL_MS,
  /** Settled webhook deliveries. Pending ones are kept. */
  deliveries: 30 * 24 * HOUR_MS,
} as const;

export async function applyRetention(db: Queries, now: Date): Promise<void> {
  const before = (ms: number) => new Date(now.getTime() - ms);
  await deleteDraftsBefore(db, before(RETENTION_MS.drafts));
  await deleteKeysBefore(db, before(RETENTION_MS.processedRequests), before(RETENTION_MS.replies));
  await deleteDeliveriesBefore(db, before(RETENTION_MS.deliveries));
}
