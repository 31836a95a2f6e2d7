import { z } from 'zod';
import type { Reader } from '../../core/permissions.ts';
import { HttpError } from '../../http/errors.ts';
import { fieldsInvalid, toProblems } from '../../http/problem.ts';
import type { Queries } from '../../platform/database.ts';
import { listScopes, type ScopeSettings } from '../scopes/repository.ts';
import { listServices, type Service } from '../services/repository.ts';

const MAX_IDS = 50;
const oneId = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, { error: 'Expected the id, a whole number.' })
  .transform(Number);
const idList = z.array(oneId).max(MAX_IDS, { error: `Expected at most ${MAX_IDS} of them.` });
const selectionIn = z.object({ scope: idList, service: idList });

/** Scopes and services to show. Several mean "or", none means everything. */
export interface Selection {
  readonly scopes: readonly number[];
  readonly services: readonly number[];
}

/** The selection in a query such as `?scope=1&service=4&service=5`. @throws HttpError `field-invalid` */
export function readSelection(query: Record<string, string[]>): Selection {
  const ids = { scope: (query.scope ?? []).filter(Boolean), service: (query.service ?? []).filter(Boolean) };
  const { data, error } = selectionIn.safeParse(ids);
  if (error) throw fieldsInvalid(toProblems(error, { scope: asSent(ids.scope), service: asSent(ids.service) }));
  return { scopes: data.scope, services: data.service };
}

/** A parameter as it was sent: a text where it came once. */
const asSent = (texts: readonly string[]): unknown => (texts.length === 1 ? texts[0] : texts);

export interface Catalogue {
  readonly scopes: readonly ScopeSettings[];
  readonly services: readonly Service[];
  /** The ids of the scopes of services, by the ids of the services; null: in none. */
  readonly scopeIds: ReadonlyMap<number, number | null>;
}

/** Enough for what selects nothing. */
export const NO_CATALOGUE: Catalogue = { scopes: [], services: [], scopeIds: new Map() };

/** The scopes and services of an account that a reader may see. */
export async function loadVisibleCatalogue(db: Queries, accountId: number, reader: Reader): Promise<Catalogue> {
  const scopes = await listScopes(db, accountId, { reader });
  const services = await listServices(db, accountId, { reader });
  return { scopes, services, scopeIds: new Map(services.map(({ id, scope }) => [id, scope?.id ?? null])) };
}

/** @throws HttpError `not-found` when the reader may not see a selected scope or service */
export function assertInCatalogue(
  { scopes, services }: Pick<Catalogue, 'scopes' | 'services'>,
  selection: Selection,
): void {
  for (const id of selection.scopes) {
    if (!scopes.some((scope) => scope.id === id)) throw new HttpError('not-found', `There is no scope ${id}.`);
  }
  for (const id of selection.services) {
    if (!services.some((service) => service.id === id)) throw new HttpError('not-found', `There is no service ${id}.`);
  }
}

/** Whether a window is in a selected scope, on a selected service, or on a service in a selected scope. */
export function isSelected(
  { scopes, services }: Selection,
  { scopeIds }: Pick<Catalogue, 'scopeIds'>,
  window: { readonly scope: { readonly id: number } | null; readonly services: readonly { readonly id: number }[] },
): boolean {
  if (scopes.length === 0 && services.length === 0) return true;
  if (window.scope !== null && scopes.includes(window.scope.id)) return true;
  return window.services.some(({ id }) => {
    if (services.includes(id)) return true;
    const scope = scopeIds.get(id) ?? null;
    return scope !== null && scopes.includes(scope);
  });
}

/** The selected names, for a title. */
export function selectedNames(
  { scopes, services }: Selection,
  catalogue: Pick<Catalogue, 'scopes' | 'services'>,
): readonly string[] {
  return [
    ...catalogue.scopes.filter(({ id }) => scopes.includes(id)),
    ...catalogue.services.filter(({ id }) => services.includes(id)),
  ].map(({ name }) => name);
}
