import { createHash } from 'node:crypto';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { type Listed, type SyncDifference, syncDifference } from '../domain/sync.ts';
import { record } from '../store/audit.ts';
import { removeChecks } from '../store/coverage.ts';
import type { Queries } from '../store/database.ts';
import { findProvider, lockProvider, type StoredProvider, setSynced } from '../store/providers.ts';
import { alter, bringIn, keptChecks } from '../store/sync.ts';
import { type Ground, transact } from './action.ts';
import { changingCoverage } from './cover.ts';
import { noSuchProvider } from './edit-provider.ts';

/** So many checks of each kind are named in the record of a sync. */
const RECORDED = 50;

/**
 * Asks a provider for every check that it has.
 * @throws Refusal of kind `conflict` when it cannot say, or does not answer
 */
export type Lister = (accountId: number, provider: string) => Promise<readonly Listed[]>;

/** What a sync of a provider would do. */
export interface Sync {
  readonly provider: StoredProvider;
  readonly difference: SyncDifference;
  /** Stands for this very difference. */
  readonly seen: string;
}

/**
 * What differs between a provider's checks and those that Lull has of it. Nothing is changed.
 * @throws Refusal `forbidden`, `not-found`, or what the lister throws
 */
export async function previewSync({ database }: Ground, actor: Actor, name: string, list: Lister): Promise<Sync> {
  mustBeAllowed(actor, 'sync-provider');
  if ((await findProvider(database, actor.accountId, name)) === undefined) throw noSuchProvider(name);
  const listed = await list(actor.accountId, name);
  return compare(database, actor.accountId, name, listed);
}

/**
 * Brings in the checks that came, removes those that went, and takes over names and tags. Windows in progress follow.
 * @param seen of the difference that somebody saw: another one is not applied
 * @returns what was done
 * @throws Refusal `forbidden`, `not-found`, `conflict` when the difference is another by now, or what the lister throws
 */
export async function syncProvider(
  ground: Ground,
  actor: Actor,
  name: string,
  list: Lister,
  seen: string,
): Promise<Sync> {
  mustBeAllowed(actor, 'sync-provider');
  const { accountId } = actor;
  if ((await findProvider(ground.database, accountId, name)) === undefined) throw noSuchProvider(name);
  const listed = await list(accountId, name);
  return transact(ground, async (tx, now) =>
    changingCoverage(tx, accountId, now, async () => {
      await lockProvider(tx, accountId, name);
      const sync = await compare(tx, accountId, name, listed);
      if (sync.seen !== seen) {
        throw new Refusal(
          'conflict',
          `The checks of ${name} are others than those you saw. Look at the difference again.`,
        );
      }
      const { came, went, altered } = sync.difference;
      if (came.length > 0) await bringIn(tx, accountId, name, came);
      if (altered.length > 0) await alter(tx, accountId, altered);
      const gone = went.map(({ id }) => id);
      if (gone.length > 0) await removeChecks(tx, accountId, gone, now);
      await setSynced(tx, accountId, name, now);
      await record(tx, actor, now, {
        action: 'sync-provider',
        subject: `provider:${name}`,
        before: { went: namesOf(went), altered: namesOf(altered.map(({ before }) => before)) },
        after: {
          checks_added: came.length,
          checks_removed: went.length,
          checks_changed: altered.length,
          came: namesOf(came),
          altered: namesOf(altered.map(({ after }) => after)),
        },
      });
      return sync;
    }),
  );
}

async function compare(db: Queries, accountId: number, name: string, listed: readonly Listed[]): Promise<Sync> {
  const provider = await findProvider(db, accountId, name);
  if (provider === undefined) throw noSuchProvider(name);
  const difference = syncDifference(await keptChecks(db, accountId, name), listed);
  const seen = createHash('sha256').update(JSON.stringify(difference)).digest('base64url').slice(0, 22);
  return { provider, difference, seen };
}

function namesOf(checks: readonly { readonly name: string }[]): string[] {
  return checks.slice(0, RECORDED).map(({ name }) => name);
}
