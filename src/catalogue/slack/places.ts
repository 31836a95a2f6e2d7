import Fuse from 'fuse.js';
import type { SlackContext } from '../../slack/context.ts';
import { ReplyError } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { catalogueMessages } from '../../texts/slack-messages.ts';
import { listScopes } from '../scopes/repository.ts';
import { listServices } from '../services/repository.ts';

/** A service or a scope that a person named. */
export interface Place {
  readonly kind: 'service' | 'scope';
  readonly id: number;
  readonly name: string;
}

/** The service or scope with this name in any case; a service may be named with its scope: `prod/api`. */
export const findPlace = async (context: SlackContext, person: Person, name: string) =>
  findExact(await listPlaces(context, person), name);

/** @throws ReplyError with the nearest names */
export async function getPlace(context: SlackContext, person: Person, name: string, kind?: Place['kind']) {
  const all = (await listPlaces(context, person)).filter((place) => kind === undefined || place.kind === kind);
  const found = findExact(all, name);
  if (found !== undefined) return found;
  const fuse = new Fuse(all, { keys: ['name'], threshold: 0.4, ignoreLocation: true });
  const near = fuse.search(name.slice(0, 100), { limit: 3 }).map(({ item }) => item.name);
  throw new ReplyError(catalogueMessages.unknownPlace(kind, name, near));
}

async function listPlaces({ ctx }: SlackContext, { actor }: Person): Promise<(Place & { full: string })[]> {
  const services = await listServices(ctx.database, actor.accountId);
  const scopes = await listScopes(ctx.database, actor.accountId);
  return [
    ...services.map(({ id, name, scope }) => {
      return { kind: 'service' as const, id, name, full: scope === null ? name : `${scope.name}/${name}` };
    }),
    ...scopes.map(({ id, name }) => ({ kind: 'scope' as const, id, name, full: name })),
  ];
}

function findExact(all: readonly (Place & { full: string })[], name: string): Place | undefined {
  const wanted = name.trim().toLowerCase();
  return all.find((place) => place.name.toLowerCase() === wanted || place.full.toLowerCase() === wanted);
}
