import { addScope, editScope, removeScope } from '../../catalogue/scopes/commands.ts';
import { findNamed, type Named, type NamedKind, pageOfNamed } from '../../catalogue/search.ts';
import { addService, editService, removeService } from '../../catalogue/services/commands.ts';
import { countFound } from '../../maintenance/repository/search.ts';
import { readerOf } from '../../maintenance/visibility.ts';
import { namedDocument } from './documents.ts';
import { Failure } from './failure.ts';
import { Fields } from './fields.ts';
import type { Form } from './form.ts';
import type { Asking } from './maintenance.ts';
import type { PageAsked } from './paging.ts';

/** One page of the scopes or services that somebody may know of, and how many there are. */
export async function listedNamed(asking: Asking, kind: NamedKind, { page, perPage }: PageAsked) {
  const { ground, actor } = asking;
  const window = { limit: perPage, offset: (page - 1) * perPage };
  const found = await pageOfNamed(ground.database, kind, actor.accountId, readerOf(actor), window);
  const items = [];
  for (const named of found.items) items.push(await documentOfNamed(asking, kind, named));
  return { items, total: found.total };
}

/** @throws Failure 404, also for one that somebody may not know of */
export async function shownNamed(asking: Asking, kind: NamedKind, id: number) {
  const { ground, actor } = asking;
  const found = await findNamed(ground.database, kind, actor.accountId, readerOf(actor), id);
  if (found === null) throw new Failure(404, { [kind]: [`Resource not found : ${id}`] });
  return documentOfNamed(asking, kind, found);
}

async function documentOfNamed(asking: Asking, kind: NamedKind, named: Named) {
  const { ground, actor } = asking;
  const about = kind === 'scope' ? { scopes: [named.id] } : { services: [named.id] };
  const maintenances = await countFound(ground.database, actor.accountId, readerOf(actor), about);
  return namedDocument(kind, named, maintenances, asking);
}

/** @returns the id of what was made */
export async function createdNamed({ ground, actor, zone }: Asking, kind: NamedKind, form: Form): Promise<number> {
  const values = valuesIn(new Fields(form, zone));
  const made =
    kind === 'scope' ? addScope(ground, actor, values) : addService(ground, actor, { ...values, scopeId: null });
  return (await made).id;
}

export async function updatedNamed(
  { ground, actor, zone }: Asking,
  kind: NamedKind,
  id: number,
  form: Form,
): Promise<void> {
  const values = valuesIn(new Fields(form, zone));
  await (kind === 'scope' ? editScope(ground, actor, id, values) : editService(ground, actor, id, values));
}

export async function removedNamed({ ground, actor }: Asking, kind: NamedKind, id: number): Promise<void> {
  await (kind === 'scope' ? removeScope(ground, actor, id) : removeService(ground, actor, id));
}

function valuesIn(fields: Fields) {
  const values = { name: fields.required('name'), description: fields.text('description') };
  fields.check();
  return values;
}
