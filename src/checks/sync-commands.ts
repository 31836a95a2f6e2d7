import { createHash } from 'node:crypto';
import { record } from '../audit/record.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { withCoverageChange } from '../maintenance/commands/coverage.ts';
import { detachChecks } from '../maintenance/repository/coverage.ts';
import type { Queries } from '../platform/database.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { providerNotFound, syncOutdated } from './errors.ts';
import { findProvider, lockProvider, type StoredProvider, setSynced } from './provider-repository.ts';
import { applyCheckChanges, importChecks, listStoredChecks } from './repository.ts';

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
 * Brings in the checks that came, removes those that went, and takes over names and tags. Windows in progress follow.
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
      const { came, went, altered } = sync.difference;
      if (came.length > 0) await importChecks(tx, accountId, name, came);
      if (altered.length > 0) await applyCheckChanges(tx, accountId, altered);
      const gone = went.map(({ id }) => id);
      if (gone.length > 0) await detachChecks(tx, accountId, gone, now);
      await setSynced(tx, accountId, name, now);
      await record(tx, actor, now, {
        type: 'provider.synced',
        subject: { kind: 'provider', id: name },
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

/** A check as its monitoring system has it. */
export interface ListedCheck {
  /** The system's own id of it. */
  readonly externalId: string;
  readonly name: string;
  /** Whether it is on over there. */
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

/** A check as Lull has it. */
export interface StoredCheck {
  /** Lull's id. */
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  readonly tags: readonly string[];
}

/** One that goes by another name or has other tags over there. */
export interface ChangedCheck {
  readonly before: StoredCheck;
  readonly after: ListedCheck;
}

/** What a sync would do: `came` is added, `went` is removed, `altered` takes the name and tags from over there. */
export interface SyncDifference {
  readonly came: readonly ListedCheck[];
  readonly went: readonly StoredCheck[];
  readonly altered: readonly ChangedCheck[];
}

/**
 * What differs between the checks of a monitoring system and those that Lull has of it, each by external id.
 * @param listed as the system says it: names and tags are trimmed and cut here, and of one id said twice the first counts
 */
export function syncDifference(kept: readonly StoredCheck[], listed: readonly ListedCheck[]): SyncDifference {
  const there = new Map<string, ListedCheck>();
  for (const each of listed) if (!there.has(each.externalId)) there.set(each.externalId, tidy(each));
  const here = new Map(kept.map((each) => [each.externalId, each]));
  const byId = (a: { externalId: string }, b: { externalId: string }) => (a.externalId < b.externalId ? -1 : 1);
  return {
    came: [...there.values()].filter(({ externalId }) => !here.has(externalId)).sort(byId),
    went: kept.filter(({ externalId }) => !there.has(externalId)).sort(byId),
    altered: [...kept].sort(byId).flatMap((before): ChangedCheck[] => {
      const after = there.get(before.externalId);
      return after === undefined || same(before, after) ? [] : [{ before, after }];
    }),
  };
}

/** Whether there is nothing to do. */
export function isInSync({ came, went, altered }: SyncDifference): boolean {
  return came.length + went.length + altered.length === 0;
}

/** As a check may be named and tagged. */
function tidy({ externalId, name, enabled, tags }: ListedCheck): ListedCheck {
  const tidied = (text: string) => text.replaceAll('\0', '').toWellFormed().trim().slice(0, MAX_NAME_CHARS).trim();
  const named = tidied(name) || tidied(externalId);
  return { externalId, name: named, enabled, tags: [...new Set(tags.map(tidied))].filter((tag) => tag !== '').sort() };
}

function same(before: StoredCheck, after: ListedCheck): boolean {
  return before.name === after.name && JSON.stringify([...before.tags].sort()) === JSON.stringify(after.tags);
}
