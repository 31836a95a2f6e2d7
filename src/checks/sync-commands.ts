import { createHash } from 'node:crypto';
import { record } from '../audit/record.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { withCoverageChange } from '../maintenance/commands/coverage.ts';
import { detachChecks } from '../maintenance/repository/coverage.ts';
import type { Queries } from '../platform/database.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { providerNotFound, syncOutdated } from './errors.ts';
import { findProvider, lockProvider, type StoredProvider, setSynced } from './provider-repository.ts';
import { applyCheckChanges, importChecks, listStoredChecks } from './repository.ts';
import { type ListedCheck, type SyncDifference, syncDifference } from './sync.ts';

/** So many checks of each kind are named in the record of a sync. */
const RECORDED = 50;

/**
 * Asks a provider for every check that it has.
 * @throws UserError of kind `conflict` when it cannot say, or does not answer
 */
export type Lister = (accountId: number, provider: string) => Promise<readonly ListedCheck[]>;

/** What a sync of a provider would do. */
export interface Sync {
  readonly provider: StoredProvider;
  readonly difference: SyncDifference;
  /** Stands for this very difference. */
  readonly seen: string;
}

/**
 * What differs between a provider's checks and those that Lull has of it. Nothing is changed.
 * @throws UserError `forbidden`, `not-found`, or what the lister throws
 */
export async function previewSync(
  { database }: ActionContext,
  actor: Actor,
  name: string,
  list: Lister,
): Promise<Sync> {
  authorize(actor, 'sync-provider');
  if ((await findProvider(database, actor.accountId, name)) === undefined) throw providerNotFound({ name });
  const listed = await list(actor.accountId, name);
  return compare(database, actor.accountId, name, listed);
}

/**
 * Adds new checks, removes those that are gone, and takes over names and tags. Windows in progress follow.
 * @param seen of the difference that somebody saw: another one is not applied
 * @returns what was done
 * @throws UserError `forbidden`, `not-found`, `conflict` when the difference is another by now, or what the lister throws
 */
export async function syncProvider(
  ctx: ActionContext,
  actor: Actor,
  name: string,
  list: Lister,
  seen: string,
): Promise<Sync> {
  authorize(actor, 'sync-provider');
  const { accountId } = actor;
  if ((await findProvider(ctx.database, accountId, name)) === undefined) throw providerNotFound({ name });
  const listed = await list(accountId, name);
  return inTransaction(ctx, async (tx, now) =>
    withCoverageChange(tx, accountId, now, async () => {
      await lockProvider(tx, accountId, name);
      const sync = await compare(tx, accountId, name, listed);
      if (sync.seen !== seen) {
        throw syncOutdated({ name });
      }
      const { added, removed, changed } = sync.difference;
      if (added.length > 0) await importChecks(tx, accountId, name, added);
      if (changed.length > 0) await applyCheckChanges(tx, accountId, changed);
      const gone = removed.map(({ id }) => id);
      if (gone.length > 0) await detachChecks(tx, accountId, gone, now);
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

async function compare(db: Queries, accountId: number, name: string, listed: readonly ListedCheck[]): Promise<Sync> {
  const provider = await findProvider(db, accountId, name);
  if (provider === undefined) throw providerNotFound({ name });
  const difference = syncDifference(await listStoredChecks(db, accountId, name), listed);
  const seen = createHash('sha256').update(JSON.stringify(difference)).digest('base64url').slice(0, 22);
  return { provider, difference, seen };
}

function namesOf(checks: readonly { readonly name: string }[]): string[] {
  return checks.slice(0, RECORDED).map(({ name }) => name);
}
