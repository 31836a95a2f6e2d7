import { addCheck, editCheck, removeCheck } from '../../checks/commands.ts';
import { type Problem, UserError } from '../../core/errors.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { endSubscription, subscribe } from '../../subscriptions/commands.ts';
import { catalogueConflict, nameUnknown } from '../errors.ts';
import { addScope, editScope, removeScope } from '../scopes/commands.ts';
import { addService, editService, removeService } from '../services/commands.ts';
import { readCatalogue, type StoredCatalogue } from './repository.ts';
import {
  type Catalogue,
  type CatalogueCheck,
  type CatalogueScope,
  type CatalogueService,
  type CatalogueSubscription,
  type Change,
  type Changes,
  catalogueChanges,
  type Section,
  validateCatalogue,
} from './rules.ts';

/** A first catalogue of thousands is made one by one (milliseconds). */
const TIMEOUT = 120_000;

/** Thrown to leave everything as it was, with what would have been done. */
class Tried extends Error {
  readonly changes: Changes;

  constructor(changes: Changes) {
    super('tried');
    this.changes = changes;
  }
}

/**
 * Brings the catalogue to what a document says, as a whole or not at all: each change is the action that people do it with.
 * @param dryRun everything is tried and taken back
 * @returns what was changed, or would be
 * @throws UserError `forbidden`, or `invalid` or `conflict` with every field that is wrong, by its place in the document
 */
export async function applyCatalogue(
  ctx: ActionContext,
  actor: Actor,
  wanted: Partial<Catalogue>,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Changes> {
  authorize(actor, 'apply-catalogue');
  const twice = validateCatalogue(wanted);
  if (twice.length > 0) throw UserError.invalid(twice);
  try {
    return await inTransaction(
      ctx,
      async (tx) => {
        const changes = await new Application(ctx, actor, wanted, tx).run();
        if (dryRun) throw new Tried(changes);
        return changes;
      },
      { timeout: TIMEOUT },
    );
  } catch (error) {
    if (error instanceof Tried) return error.changes;
    throw error;
  }
}

/** A document on its way into the catalogue. */
class Application {
  readonly #ctx: ActionContext;
  readonly #actor: Actor;
  readonly #wanted: Partial<Catalogue>;
  readonly #tx: Queries;
  readonly #problems: Problem[] = [];
  #conflict = false;

  constructor(ctx: ActionContext, actor: Actor, wanted: Partial<Catalogue>, tx: Queries) {
    this.#ctx = { ...ctx, within: tx };
    this.#actor = actor;
    this.#wanted = wanted;
    this.#tx = tx;
  }

  async run(): Promise<Changes> {
    const before = await this.#read();
    const { scopes, services, checks, subscriptions } = catalogueChanges(before, this.#wanted);
    await this.#each('scopes', there(scopes), (change) => this.#putScope(before, change));
    const withScopes = await this.#read();
    await this.#each('services', there(services), (change) => this.#putService(withScopes, change));
    const withServices = await this.#read();
    await this.#each('checks', there(checks), (change) => this.#putCheck(withServices, change));
    await this.#each('subscriptions', there(subscriptions), ({ after }) => this.#subscribe(withServices, after));
    await this.#each('subscriptions', gone(subscriptions), async ({ name }) => {
      await endSubscription(this.#ctx, this.#actor, known(before.ids.subscriptions, name, 'subscription'));
    });
    await this.#each('checks', gone(checks), async ({ name }) => {
      await removeCheck(this.#ctx, this.#actor, known(before.ids.checks, name, 'check'));
    });
    await this.#each('services', gone(services), async ({ name }) => {
      await removeService(this.#ctx, this.#actor, known(before.ids.services, name, 'service'));
    });
    await this.#each('scopes', gone(scopes), async ({ name }) => {
      await removeScope(this.#ctx, this.#actor, known(before.ids.scopes, name, 'scope'));
    });
    return { scopes, services, checks, subscriptions };
  }

  #read(): Promise<StoredCatalogue> {
    return readCatalogue(this.#tx, this.#actor.accountId);
  }

  /** Does what a section asks for; all that is wrong in it is said at once, and nothing after it is tried. */
  async #each<C extends Change<unknown>>(section: Section, changes: readonly C[], put: (change: C) => Promise<void>) {
    for (const change of changes) {
      try {
        await put(change);
      } catch (error) {
        if (!(error instanceof UserError) || error.kind === 'forbidden') throw error;
        this.#note(section, change, error);
      }
    }
    if (this.#problems.length === 0) return;
    throw this.#conflict
      ? new UserError({ ...catalogueConflict({}), problems: this.#problems })
      : UserError.invalid(this.#problems);
  }

  #note(section: Section, { after }: Change<unknown>, { kind, code, params, problems }: UserError): void {
    if (kind === 'conflict') this.#conflict = true;
    const things: readonly unknown[] = this.#wanted[section] ?? [];
    const place = after === undefined ? section : `${section}.${things.indexOf(after)}`;
    if (problems.length === 0) this.#problems.push({ field: place, code, params });
    for (const problem of problems) {
      this.#problems.push({ ...problem, field: problem.field === '' ? place : `${place}.${problem.field}` });
    }
  }

  async #putScope({ ids }: StoredCatalogue, { before, after }: There<CatalogueScope>): Promise<void> {
    const id =
      before === undefined
        ? (await addScope(this.#ctx, this.#actor, after)).id
        : known(ids.scopes, before.name, 'scope');
    await editScope(this.#ctx, this.#actor, id, after);
  }

  async #putService({ ids }: StoredCatalogue, { name, before, after }: There<CatalogueService>): Promise<void> {
    const { scope, ...service } = after;
    const values = { ...service, scopeId: scope === null ? null : known(ids.scopes, scope, 'scope', 'scope') };
    if (before === undefined) await addService(this.#ctx, this.#actor, values);
    else await editService(this.#ctx, this.#actor, known(ids.services, name, 'service'), values);
  }

  async #putCheck({ ids }: StoredCatalogue, { name, before, after }: There<CatalogueCheck>): Promise<void> {
    const services = after.services.map((service) => known(ids.services, service, 'service', 'services'));
    const values = { name: after.name, tags: after.tags, services };
    if (before !== undefined) {
      await editCheck(this.#ctx, this.#actor, known(ids.checks, name, 'check'), values);
    } else {
      const { provider, externalId } = after;
      await addCheck(this.#ctx, this.#actor, { ...values, provider, externalId, enabled: true });
    }
  }

  async #subscribe({ ids }: StoredCatalogue, { channel, audience, scope, service }: CatalogueSubscription) {
    await subscribe(this.#ctx, this.#actor, { channel, audience, ...about(ids, { scope, service }) });
  }
}

function about(ids: StoredCatalogue['ids'], { scope, service }: Pick<CatalogueSubscription, 'scope' | 'service'>) {
  return {
    ...(scope === null ? {} : { scopeId: known(ids.scopes, scope, 'scope', 'scope') }),
    ...(service === null ? {} : { serviceId: known(ids.services, service, 'service', 'service') }),
  };
}

type There<T> = Change<T> & { readonly after: T };

function there<T>(changes: readonly Change<T>[]): There<T>[] {
  return changes.flatMap((change) => (change.after === undefined ? [] : [{ ...change, after: change.after }]));
}

function gone<T>(changes: readonly Change<T>[]): readonly Change<T>[] {
  return changes.filter(({ after }) => after === undefined);
}

/** @throws UserError `invalid` when there is none of that name */
function known<Id>(
  ids: ReadonlyMap<string, Id>,
  name: string,
  kind: 'scope' | 'service' | 'check' | 'subscription',
  field = '',
): Id {
  const id = ids.get(name.trim().toLowerCase());
  if (id !== undefined) return id;
  throw UserError.invalid([nameUnknown.at(field, { kind, name })]);
}
