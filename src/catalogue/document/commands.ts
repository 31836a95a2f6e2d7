import { addCheck, editCheck, removeCheck } from '../../checks/commands.ts';
import { type Problem, UserError } from '../../core/errors.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { endSubscription, subscribe } from '../../subscriptions/commands.ts';
import { catalogueConflict, nameUnknown } from '../errors.ts';
import { addScope, editScope, removeScope } from '../scopes/commands.ts';
import { addService, editService, removeService } from '../services/commands.ts';
import { readCatalogue } from './repository.ts';
import {
  type Catalogue,
  type Change,
  type Changes,
  catalogueChanges,
  type Section,
  validateCatalogue,
} from './rules.ts';

/** A first catalogue of thousands of entries is added one by one. */
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
  const read = () => readCatalogue(ctx.within, actor.accountId);
  const stored = await read();
  const changes = catalogueChanges(stored, wanted);

  const put = async <S extends Section>(
    section: S,
    run: (after: Catalogue[S][number], change: Change<Catalogue[S][number]>) => Promise<unknown>,
  ) =>
    runAll(section, wanted, changes[section], async (change: Change<Catalogue[S][number]>) => {
      if (change.after !== undefined) await run(change.after, change);
    });
  const remove = async <Id>(
    section: Section,
    ids: ReadonlyMap<string, Id>,
    run: (ctx: ActionContext, actor: Actor, id: Id) => Promise<unknown>,
  ) =>
    runAll(section, wanted, changes[section], async ({ name, after }: Change<unknown>) => {
      if (after === undefined) await run(ctx, actor, find(ids, name, section));
    });

  await put('scopes', async (scope, { name, before }) => {
    const isNew = before === undefined;
    const id = isNew ? (await addScope(ctx, actor, scope)).id : find(stored.ids.scopes, name, 'scopes');
    await editScope(ctx, actor, id, scope);
  });
  const { ids: withScopes } = await read();
  await put('services', async ({ scope, ...service }, { name, before }) => {
    const values = { ...service, scopeId: scope === null ? null : find(withScopes.scopes, scope, 'scopes', 'scope') };
    if (before === undefined) await addService(ctx, actor, values);
    else await editService(ctx, actor, find(withScopes.services, name, 'services'), values);
  });
  const { ids } = await read();
  await put('checks', async ({ provider, externalId, ...check }, { name, before }) => {
    const services = check.services.map((service) => find(ids.services, service, 'services', 'services'));
    const values = { ...check, services };
    if (before === undefined) await addCheck(ctx, actor, { ...values, provider, externalId, enabled: true });
    else await editCheck(ctx, actor, find(ids.checks, name, 'checks'), values);
  });
  await put('subscriptions', async ({ channel, audience, scope, service }) => {
    await subscribe(ctx, actor, {
      channel,
      audience,
      ...(scope === null ? {} : { scopeId: find(ids.scopes, scope, 'scopes', 'scope') }),
      ...(service === null ? {} : { serviceId: find(ids.services, service, 'services', 'service') }),
    });
  });
  await remove('subscriptions', stored.ids.subscriptions, endSubscription);
  await remove('checks', stored.ids.checks, removeCheck);
  await remove('services', stored.ids.services, removeService);
  await remove('scopes', stored.ids.scopes, removeScope);
  return changes;
}

/** Applies the changes of a section. @throws UserError with their first problems, by their places in the document */
async function runAll<C extends Change<unknown>>(
  section: Section,
  wanted: Partial<Catalogue>,
  changes: readonly C[],
  run: (change: C) => Promise<void>,
): Promise<void> {
  const problems: Problem[] = [];
  let isConflict = false;
  const entries: readonly unknown[] = wanted[section] ?? [];
  const places = new Map(entries.map((entry, index) => [entry, index]));
  for (const change of changes) {
    if (problems.length >= MAX_PROBLEMS) break;
    try {
      await run(change);
    } catch (error) {
      if (!(error instanceof UserError) || error.kind === 'forbidden') throw error;
      if (error.kind === 'conflict') isConflict = true;
      const place = change.after === undefined ? section : `${section}.${places.get(change.after)}`;
      const { code, params } = error;
      if (error.problems.length === 0) problems.push({ field: place, code, params });
      for (const problem of error.problems) {
        problems.push({ ...problem, field: problem.field === '' ? place : `${place}.${problem.field}` });
      }
    }
  }
  if (isConflict) throw new UserError({ ...catalogueConflict({}), problems });
  if (problems.length > 0) throw UserError.invalid(problems);
}

const KINDS = { scopes: 'scope', services: 'service', checks: 'check', subscriptions: 'subscription' } as const;

/** @throws UserError `invalid` for an unknown name */
function find<Id>(ids: ReadonlyMap<string, Id>, name: string, section: Section, field = ''): Id {
  const id = ids.get(name.trim().toLowerCase());
  if (id === undefined) throw UserError.invalid([nameUnknown.at(field, { kind: KINDS[section], name })]);
  return id;
}
