import Fuse from 'fuse.js';
import type { SlackContext } from '../../slack/context.ts';
import { ReplyError } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { catalogueMessages } from '../../texts/slack-messages.ts';
import { listScopes } from '../scopes/repository.ts';
import { listServiceNames } from '../services/repository.ts';

/** A service or a scope that a person named. */
export interface Place {
  readonly kind: 'service' | 'scope';
  readonly id: number;
  readonly name: string;
}

/** A service may be named with its scope: `prod/api`. */
type NamedPlace = Place & { readonly full: string };

/** Longer names are compared by their beginning. */
const MAX_COMPARED_CHARS = 32;
const MAX_SUGGESTIONS = 3;

/** Places by their names in any case. However many names are looked up, each place is looked at a few times. */
export class Places {
  readonly #all: readonly NamedPlace[];
  readonly #byName = new Map<string, Place>();
  #similar: Fuse<NamedPlace> | undefined;

  /** @param all the first of those with the same name is found */
  constructor(all: readonly NamedPlace[]) {
    this.#all = all;
    for (const place of all) {
      for (const name of [place.name.toLowerCase(), place.full.toLowerCase()]) {
        if (!this.#byName.has(name)) this.#byName.set(name, place);
      }
    }
  }

  find(name: string): Place | undefined {
    return this.#byName.get(name.trim().toLowerCase());
  }

  /** The nearest names. */
  suggest(name: string): string[] {
    this.#similar ??= new Fuse(this.#all, {
      keys: [{ name: 'name', getFn: (place) => place.name.slice(0, MAX_COMPARED_CHARS) }],
      threshold: 0.4,
      ignoreLocation: true,
    });
    const found = this.#similar.search(name.slice(0, MAX_COMPARED_CHARS), { limit: MAX_SUGGESTIONS });
    return found.map(({ item }) => item.name);
  }
}

export const findPlace = async (context: SlackContext, person: Person, name: string) =>
  (await readPlaces(context, person)).find(name);

/** @throws ReplyError with the nearest names */
export async function getPlace(context: SlackContext, person: Person, name: string, kind?: Place['kind']) {
  const places = await readPlaces(context, person, kind);
  return get(places, name, kind);
}

/** Those with these names. @throws ReplyError with the names nearest to the first that is not there */
export async function getPlaces(
  context: SlackContext,
  person: Person,
  names: readonly string[],
  kind: Place['kind'],
): Promise<readonly Place[]> {
  if (names.length === 0) return [];
  const places = await readPlaces(context, person, kind);
  return names.map((name) => get(places, name, kind));
}

function get(places: Places, name: string, kind: Place['kind'] | undefined): Place {
  const found = places.find(name);
  if (found !== undefined) return found;
  throw new ReplyError(catalogueMessages.unknownPlace(kind, name, places.suggest(name)));
}

async function readPlaces({ ctx }: SlackContext, { actor }: Person, kind?: Place['kind']): Promise<Places> {
  const { accountId } = actor;
  const services = kind === 'scope' ? [] : await listServiceNames(ctx.database, accountId, 'internal');
  const scopes = kind === 'service' ? [] : await listScopes(ctx.database, accountId);
  return new Places([
    ...services.map(({ id, name, scope }) => {
      return { kind: 'service' as const, id, name, full: scope === null ? name : `${scope.name}/${name}` };
    }),
    ...scopes.map(({ id, name }) => ({ kind: 'scope' as const, id, name, full: name })),
  ]);
}
