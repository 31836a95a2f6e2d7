import { record } from '../audit/record.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { withCoverageChange } from '../maintenance/commands/coverage.ts';
import { detachChecks } from '../maintenance/repository/coverage.ts';
import type { Queries } from '../platform/database.ts';
import { digest } from '../platform/fingerprints.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { providerNotFound, syncOutdated } from './errors.ts';
import { findProvider, lockProvider, setSynced } from './provider-repository.ts';
import {
  applyCheckChanges,
  type ChangedCheck,
  importChecks,
  type ListedCheck,
  listStoredChecks,
  type StoredCheck,
} from './repository.ts';

/** How many checks of each kind are named in the event of a sync. */
const MAX_RECORDED_CHECKS = 50;

/**
 * Lists every check of a provider.
 * @throws UserError `conflict` when it cannot list them or does not answer
 */
export type Lister = (accountId: number, provider: string) => Promise<readonly ListedCheck[]>;

export type SyncDifference = ReturnType<typeof syncDifference>;

/** The fingerprint is one of the difference. */
export type Sync = Awaited<ReturnType<typeof compare>>;

/**
 * Compares a provider's checks with those that Lull has of it. Changes nothing.
 * @throws UserError `forbidden`, `not-found`, or what the lister throws
 */
export async function previewSync({ database }: ActionContext, actor: Actor, name: string, list: Lister) {
  authorize(actor, 'sync-provider');
  return compare(database, actor.accountId, name, await listOf(database, actor, name, list));
}

/**
 * Adds new checks, removes those that are gone, and takes over names and tags. Maintenances in progress follow.
 * @param fingerprint of the difference that was confirmed
 * @throws UserError `forbidden`, `not-found`, `conflict` when the difference is another one by now, or what the lister
 *   throws
 */
export async function syncProvider(ctx: ActionContext, actor: Actor, name: string, list: Lister, fingerprint: string) {
  authorize(actor, 'sync-provider');
  const { accountId } = actor;
  const listed = await listOf(ctx.database, actor, name, list);
  return inTransaction(ctx, async (tx, now) =>
    withCoverageChange(tx, accountId, now, async () => {
      await lockProvider(tx, accountId, name);
      const sync = await compare(tx, accountId, name, listed);
      if (sync.fingerprint !== fingerprint) throw syncOutdated({ name });
      const { added, removed, changed } = sync.difference;
      if (added.length > 0) await importChecks(tx, accountId, name, added);
      if (changed.length > 0) await applyCheckChanges(tx, accountId, changed);
      const ids = removed.map(({ id }) => id);
      if (ids.length > 0) await detachChecks(tx, accountId, ids, now);
      await setSynced(tx, accountId, name, now);
      await record(tx, actor, now, {
        type: 'provider.synced',
        subject: { kind: 'provider', id: name },
        before: { removed: namesOf(removed), changed: namesOf(changed.map(({ before }) => before)) },
        after: {
          checks_added: added.length,
          checks_removed: removed.length,
          checks_changed: changed.length,
          added: namesOf(added),
          changed: namesOf(changed.map(({ after }) => after)),
        },
      });
      return sync;
    }),
  );
}

/** Lists the checks of a provider, once it is known to exist. */
async function listOf(db: Queries, { accountId }: Actor, name: string, list: Lister) {
  if ((await findProvider(db, accountId, name)) === undefined) throw providerNotFound({ name });
  return list(accountId, name);
}

async function compare(db: Queries, accountId: number, name: string, listed: readonly ListedCheck[]) {
  const provider = await findProvider(db, accountId, name);
  if (provider === undefined) throw providerNotFound({ name });
  const difference = syncDifference(await listStoredChecks(db, accountId, name), listed);
  const fingerprint = digest(JSON.stringify(difference));
  return { provider, difference, fingerprint };
}

function namesOf(checks: readonly { readonly name: string }[]): string[] {
  return checks.slice(0, MAX_RECORDED_CHECKS).map(({ name }) => name);
}

/**
 * Compares the checks that Lull has of a provider with the provider's own, by external id.
 * @param listed as the provider answers: names and tags are trimmed and cut here, and the first of several with one id counts
 */
export function syncDifference(stored: readonly StoredCheck[], listed: readonly ListedCheck[]) {
  const theirs = new Map<string, ListedCheck>();
  for (const check of listed) if (!theirs.has(check.externalId)) theirs.set(check.externalId, normalize(check));
  const ours = new Set(stored.map(({ externalId }) => externalId));
  const byId = (a: { externalId: string }, b: { externalId: string }) => (a.externalId < b.externalId ? -1 : 1);
  return {
    added: [...theirs.values()].filter(({ externalId }) => !ours.has(externalId)).sort(byId),
    removed: stored.filter(({ externalId }) => !theirs.has(externalId)).sort(byId),
    changed: [...stored].sort(byId).flatMap((before): ChangedCheck[] => {
      const after = theirs.get(before.externalId);
      return after === undefined || isSame(before, after) ? [] : [{ before, after }];
    }),
  };
}

export function isInSync({ added, removed, changed }: SyncDifference): boolean {
  return added.length + removed.length + changed.length === 0;
}

function normalize({ externalId, name, enabled, tags }: ListedCheck): ListedCheck {
  const clean = (text: string) => text.replaceAll('\0', '').toWellFormed().trim().slice(0, MAX_NAME_CHARS).trim();
  const cleanTags = [...new Set(tags.map(clean))].filter((tag) => tag !== '').sort();
  return { externalId, name: clean(name) || clean(externalId), enabled, tags: cleanTags };
}

function isSame(before: StoredCheck, after: ListedCheck): boolean {
  return before.name === after.name && JSON.stringify([...before.tags].sort()) === JSON.stringify(after.tags);
}
