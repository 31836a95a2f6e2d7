import { addScope, editScope, removeScope } from '../../catalogue/scopes/commands.ts';
import {
  findVisibleScope,
  findVisibleService,
  listNamedPage,
  type Named,
  type NamedKind,
} from '../../catalogue/search.ts';
import { addService, editService, removeService } from '../../catalogue/services/commands.ts';
import { toReader } from '../../core/permissions.ts';
import { countMatching } from '../../maintenance/repository/search.ts';
import { namedDocument } from './documents.ts';
import { Failure } from './failure.ts';
import { Fields } from './fields.ts';
import type { Form } from './form.ts';
import type { RequestContext } from './maintenance.ts';
import type { PageRequest } from './paging.ts';

/** One page of the scopes or services that somebody may know of, and how many there are. */
export async function listNamed(asking: RequestContext, kind: NamedKind, { page, perPage }: PageRequest) {
  const { ctx, actor } = asking;
  const window = { limit: perPage, offset: (page - 1) * perPage };
  const found = await listNamedPage(ctx.database, kind, actor.accountId, toReader(actor), window);
  const items = [];
  for (const named of found.items) items.push(await documentOfNamed(asking, kind, named));
  return { items, total: found.total };
}

/** @throws Failure 404, also for one that somebody may not know of */
export async function getNamed(asking: RequestContext, kind: NamedKind, id: number) {
  const { ctx, actor } = asking;
  const find = kind === 'scope' ? findVisibleScope : findVisibleService;
  const found = await find(ctx.database, actor.accountId, toReader(actor), id);
  if (found === undefined) throw new Failure(404, { [kind]: [`Resource not found : ${id}`] });
  return documentOfNamed(asking, kind, found);
}

async function documentOfNamed(asking: RequestContext, kind: NamedKind, named: Named) {
  const { ctx, actor } = asking;
  const about = kind === 'scope' ? { scopes: [named.id] } : { services: [named.id] };
  const maintenances = await countMatching(ctx.database, actor.accountId, toReader(actor), about);
  return namedDocument(kind, named, maintenances, asking);
}

/** @returns the id of what was made */
export async function createNamed({ ctx, actor, zone }: RequestContext, kind: NamedKind, form: Form): Promise<number> {
  const values = valuesIn(new Fields(form, zone));
  const made = kind === 'scope' ? addScope(ctx, actor, values) : addService(ctx, actor, { ...values, scopeId: null });
  return (await made).id;
}

export async function updateNamed(
  { ctx, actor, zone }: RequestContext,
  kind: NamedKind,
  id: number,
  form: Form,
): Promise<void> {
  const values = valuesIn(new Fields(form, zone));
  await (kind === 'scope' ? editScope(ctx, actor, id, values) : editService(ctx, actor, id, values));
}

export async function deleteNamed({ ctx, actor }: RequestContext, kind: NamedKind, id: number): Promise<void> {
  await (kind === 'scope' ? removeScope(ctx, actor, id) : removeService(ctx, actor, id));
}

function valuesIn(fields: Fields) {
  const values = { name: fields.required('name'), description: fields.text('description') };
  fields.check();
  return values;
}
