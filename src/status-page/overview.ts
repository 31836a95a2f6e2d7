import { findAccount } from '../access/accounts.ts';
import {
  assertInCatalogue,
  type Catalogue,
  isSelected,
  loadVisibleCatalogue,
  type Selection,
} from '../catalogue/http/selection.ts';
import { type Comment, listCommentsOfMany } from '../comments/repository.ts';
import type { Reader } from '../core/permissions.ts';
import { nextOccurrences } from '../core/recurrence/index.ts';
import { listMaintenances, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import { seriesViewFor, viewFor } from '../maintenance/rules/visibility.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listSeries } from '../series/repository.ts';

/** How many are shown of what is on, of what is coming, and of what is past. */
const MOST_ACTIVE = 100;
export const MAX_UPCOMING = 200;
const MOST_PAST = 20;
const MOST_SERIES = 200;
/** How far a timeline looks ahead. */
export const TIMELINE_DAYS = 28;
const DAY = 86_400_000;
/** More windows of one series than these tell no more than these do. */
const MOST_OF_SERIES = 60;

/** A window on the timeline: of a maintenance, or one that a series will make. */
export interface Planned {
  readonly name: string;
  readonly start: Date;
  readonly end: Date;
  readonly services: readonly { readonly id: number; readonly name: string }[];
  readonly made: boolean;
}

/** What there is to see of an account. */
export interface Overview {
  readonly account: { readonly name: string; readonly timezone: string };
  readonly now: Date;
  /** What the links to it must end in, so that they lead to the same account. */
  readonly at: string;
  readonly catalogue: Catalogue;
  readonly selection: Selection;
  readonly active: readonly Maintenance[];
  /** Those on each of them, by its id, oldest first. */
  readonly comments: ReadonlyMap<number, readonly Comment[]>;
  readonly coming: readonly Maintenance[];
  readonly past: readonly Maintenance[];
  readonly timeline: readonly Planned[];
}

/**
 * What is on, what is coming and what is past, as a reader may know of it.
 * @throws UserError `not-found` when a scope or a service of the selection is none the reader may know of
 */
export async function overviewFor(
  { database, clock }: ActionContext,
  { accountId, reader }: { readonly accountId: number; readonly reader: Reader },
  selection: Selection,
  at: string,
): Promise<Overview> {
  const now = clock.now();
  const account = await findAccount(database, accountId);
  const catalogue = await loadVisibleCatalogue(database, accountId, reader);
  assertInCatalogue(catalogue, selection);
  const everything = selection.scopes.length + selection.services.length === 0;
  const list = async (statuses: Maintenance['status'][], limit: number, newestFirst: boolean) => {
    // What is selected is a few of all: more are read, so that as many are left.
    const page = { limit: everything ? limit : limit * 10, newestFirst };
    const found = await listMaintenances(database, accountId, { reader, statuses }, page);
    return found
      .flatMap((one) => viewFor(reader, one) ?? [])
      .filter((one) => isSelected(selection, catalogue, one))
      .slice(0, limit);
  };
  const active = await list(['in-progress'], MOST_ACTIVE, false);
  const coming = await list(['scheduled'], MAX_UPCOMING, false);
  const past = await list(['succeed', 'failed', 'canceled'], MOST_PAST, true);
  const comments = await listCommentsOfMany(
    database,
    accountId,
    [...active, ...coming, ...past].map(({ id }) => id),
    reader,
  );
  const series = (await listSeries(database, accountId, MOST_SERIES)).flatMap((one) => {
    const seen = seriesViewFor(reader, one);
    return seen !== undefined && isSelected(selection, catalogue, seen) ? [seen] : [];
  });
  const until = new Date(now.getTime() + TIMELINE_DAYS * DAY);
  const timeline = [
    ...[...active, ...coming].map((one) => ({
      name: one.name,
      services: one.services,
      ...currentWindow(one),
      made: true,
    })),
    ...series.flatMap((one) =>
      one.enabled
        ? nextOccurrences(one, new Date(Math.max(one.plannedUntil.getTime(), now.getTime())), MOST_OF_SERIES).map(
            ({ start, end }) => ({
              name: one.name,
              services: one.services,
              start,
              end,
              made: false,
            }),
          )
        : [],
    ),
  ].filter(({ start, end }) => start < until && end > now);
  return {
    account: { name: account?.name ?? '', timezone: account?.timezone ?? 'UTC' },
    now,
    at,
    catalogue,
    selection,
    active,
    comments,
    coming,
    past,
    timeline,
  };
}
