import { type CheckChange, removeChecks, saveChecks } from '../../checks/commands.ts';
import { type Problem, UserError } from '../../core/errors.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { RefusedChanges } from '../../core/refusals.ts';
import type { Queries } from '../../platform/database.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { endSubscriptions, subscribeAll } from '../../subscriptions/commands.ts';
import { catalogueConflict, nameUnknown } from '../errors.ts';
import { removeScopes, saveScopes } from '../scopes/commands.ts';
import { removeServices, saveServices } from '../services/commands.ts';
import { readCatalogue } from './repository.ts';
import {
  type Catalogue,
  type Change,
  type Changes,
  catalogueChanges,
  type Section,
  toKey,
  validateCatalogue,
} from './rules.ts';

/** The largest documents have ten thousand entries. */
const TIMEOUT_MS = 120_000;

/** A document of nothing but mistakes has thousands. */
const MAX_PROBLEMS = 100;

/** Thrown to roll back a dry run. */
class DryRun extends Error {
  readonly changes: Changes;

  constructor(changes: Changes) {
    super('dry run');
    this.changes = changes;
  }
}

/**
 * Changes the catalogue to what a document contains, completely or not at all, through the same commands that people use.
 * @param dryRun rolls everything back
 * @returns the changes
 * @throws UserError `forbidden`, or `invalid` or `conflict` with the fields that are wrong, by its place in the document
 */
export async function applyCatalogue(
  ctx: ActionContext,
  actor: Actor,
  wanted: Partial<Catalogue>,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Changes> {
  authorize(actor, 'apply-catalogue');
  const duplicates = validateCatalogue(wanted);
  if (duplicates.length > 0) throw UserError.invalid(duplicates.slice(0, MAX_PROBLEMS));
  const run = async (tx: Queries) => {
    const changes = await applyChanges({ ...ctx, within: tx }, actor, wanted);
    if (dryRun) throw new DryRun(changes);
    return changes;
  };
  try {
    return await inTransaction(ctx, run, { timeout: TIMEOUT_MS });
  } catch (error) {
    if (error instanceof DryRun) return error.changes;
    throw error;
  }
}

/** Additions come in an order in which everything exists before something refers to it, removals in the reverse order. */
async function applyChanges(
  ctx: ActionContext & { readonly within: Queries },
  actor: Actor,
  wanted: Partial<Catalogue>,
): Promise<Changes> {
  const stored = await readCatalogue(ctx.within, actor.accountId);
  const changes = catalogueChanges(stored, wanted);
  const { ids } = stored;

  const scopes = await put('scopes', wanted.scopes, changes.scopes, {
    toCommand: (edit, { name, before }) => ({ id: before && find(ids.scopes, name, 'scopes'), edit }),
    run: (commands) => saveScopes(ctx, actor, commands),
  });
  const scopeIds = new Map([...ids.scopes, ...scopes]);
  const findScope = (name: string) => find(scopeIds, name, 'scopes', 'scope');

  const services = await put('services', wanted.services, changes.services, {
    toCommand: ({ scope, ...service }, { name, before }) => ({
      id: before && find(ids.services, name, 'services'),
      edit: { ...service, scopeId: scope === null ? null : findScope(scope) },
    }),
    run: (commands) => saveServices(ctx, actor, commands),
  });
  const serviceIds = new Map([...ids.services, ...services]);

  await put('checks', wanted.checks, changes.checks, {
    toCommand: ({ provider, externalId, ...check }, { name, before }): CheckChange => {
      const ofServices = check.services.map((service) => find(serviceIds, service, 'services', 'services'));
      const values = { ...check, services: ofServices };
      if (before === undefined) return { add: { ...values, provider, externalId, enabled: true } };
      return { id: find(ids.checks, name, 'checks'), edit: values };
    },
    run: (commands) => saveChecks(ctx, actor, commands),
  });
  await put('subscriptions', wanted.subscriptions, changes.subscriptions, {
    toCommand: ({ channel, audience, scope, service }) => ({
      channel,
      audience,
      scopeId: scope === null ? undefined : findScope(scope),
      serviceId: service === null ? undefined : find(serviceIds, service, 'services', 'service'),
    }),
    run: (commands) => subscribeAll(ctx, actor, commands),
  });
  await remove('subscriptions', changes.subscriptions, ids.subscriptions, (gone) => endSubscriptions(ctx, actor, gone));
  await remove('checks', changes.checks, ids.checks, (gone) => removeChecks(ctx, actor, gone));
  await remove('services', changes.services, ids.services, (gone) => removeServices(ctx, actor, gone));
  await remove('scopes', changes.scopes, ids.scopes, (gone) => removeScopes(ctx, actor, gone));
  return changes;
}

/** How a section's changes become one command, which returns what it saved in their order. */
interface Application<C, Command, Saved> {
  /** @throws UserError */
  readonly toCommand: (change: C) => Command;
  readonly run: (commands: readonly Command[]) => Promise<readonly Saved[]>;
}

/**
 * Adds and changes the entries of a section.
 * @returns the ids of those that it changed, by their names as keys
 * @throws UserError
 */
async function put<T, Command, Id>(
  section: Section,
  entries: readonly T[] = [],
  changes: readonly Change<T>[],
  {
    toCommand,
    run,
  }: { toCommand: (after: T, change: Change<T>) => Command } & Pick<
    Application<T, Command, { readonly id: Id }>,
    'run'
  >,
): Promise<readonly (readonly [string, Id])[]> {
  const places = new Map(entries.map((entry, place) => [entry, place]));
  const wanted = changes.flatMap((change) => (change.after === undefined ? [] : [{ change, after: change.after }]));
  const saved = await applyAll(wanted, ({ after }) => `${section}.${places.get(after)}`, {
    toCommand: ({ change, after }) => toCommand(after, change),
    run,
  });
  return saved.map(({ id }, position) => [toKey(wanted[position]?.change.name ?? ''), id]);
}

/** Removes the entries of a section. @throws UserError */
async function remove<Id>(
  section: Section,
  changes: readonly Change<unknown>[],
  ids: ReadonlyMap<string, Id>,
  run: (ids: readonly Id[]) => Promise<readonly unknown[]>,
): Promise<void> {
  const gone = changes.filter(({ after }) => after === undefined);
  await applyAll(gone, () => section, { toCommand: ({ name }) => find(ids, name, section), run });
}

/** @throws UserError with the first problems of these changes, by their places in the document */
async function applyAll<C, Command, Saved>(
  changes: readonly C[],
  place: (change: C) => string,
  { toCommand, run }: Application<C, Command, Saved>,
): Promise<readonly Saved[]> {
  const errors = new Map<C, UserError>();
  const commands: Command[] = [];
  const applied: C[] = [];
  for (const change of changes) {
    try {
      commands.push(toCommand(change));
      applied.push(change);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      errors.set(change, error);
    }
  }
  let saved: readonly Saved[] = [];
  try {
    if (commands.length > 0) saved = await run(commands);
  } catch (error) {
    if (!(error instanceof RefusedChanges)) throw error;
    for (const [position, each] of error.errors) {
      const change = applied[position];
      if (change !== undefined) errors.set(change, each);
    }
  }
  assertNone(
    changes.flatMap((change) => {
      const error = errors.get(change);
      return error === undefined ? [] : [{ place: place(change), error }];
    }),
  );
  return saved;
}

/** @throws UserError with the first problems */
function assertNone(refused: readonly { readonly place: string; readonly error: UserError }[]): void {
  const problems: Problem[] = [];
  let isConflict = false;
  for (const { place, error } of refused) {
    if (problems.length >= MAX_PROBLEMS) break;
    const { kind, code, params } = error;
    if (kind === 'conflict') isConflict = true;
    if (error.problems.length === 0) problems.push({ field: place, code, params });
    for (const problem of error.problems) {
      problems.push({ ...problem, field: problem.field === '' ? place : `${place}.${problem.field}` });
    }
  }
  if (isConflict) throw new UserError({ ...catalogueConflict({}), problems });
  if (problems.length > 0) throw UserError.invalid(problems);
}

const KINDS = { scopes: 'scope', services: 'service', checks: 'check', subscriptions: 'subscription' } as const;

/** @throws UserError `invalid` for an unknown name */
function find<Id>(ids: ReadonlyMap<string, Id>, name: string, section: Section, field = ''): Id {
  const id = ids.get(toKey(name));
  if (id === undefined) throw UserError.invalid([nameUnknown.at(field, { kind: KINDS[section], name })]);
  return id;
}
