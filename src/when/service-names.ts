import Fuse from 'fuse.js';
import { editDistance } from '../core/edit-distance.ts';
import { foldText, type Span } from './source-text.ts';

export interface KnownService {
  readonly id: number;
  readonly name: string;
  readonly scope?: { readonly name: string } | null;
}

/** The name of a service in the text; of several services if scopes share the name. */
export interface ServiceMention extends Span {
  readonly services: readonly KnownService[];
  /** A quoted name cannot be a time. */
  readonly quoted: boolean;
}

const NAME_CHARACTER = /[\p{L}\d_/@-]/u;

/** The names of a service in a sentence: `api`, and `prod/api` if its scope is known. */
function listNames({ name, scope }: KnownService): string[] {
  return scope ? [foldText(name), `${foldText(scope.name)}/${foldText(name)}`] : [foldText(name)];
}

/** Every name of a service in the folded text, the longest at each place, outside of `excluded`. */
export function findServices(folded: string, services: readonly KnownService[], excluded: readonly Span[]) {
  const byName = new Map<string, KnownService[]>();
  for (const service of services) {
    for (const name of listNames(service)) byName.set(name, [...(byName.get(name) ?? []), service]);
  }
  const names = [...byName.keys()].filter((name) => name !== '').sort((a, b) => b.length - a.length);
  const found: ServiceMention[] = [];
  for (let at = 0; at < folded.length; at++) {
    if (NAME_CHARACTER.test(folded.charAt(at - 1)) || folded[at] === ' ') continue;
    if (excluded.some((span) => span.start <= at && at < span.end)) continue;
    const name = names.find((each) => folded.startsWith(each, at) && isNameEnd(folded, at + each.length));
    if (name === undefined) continue;
    found.push({ start: at, end: at + name.length, services: byName.get(name) ?? [], quoted: false });
    at += name.length - 1;
  }
  return found;
}

function isNameEnd(folded: string, at: number): boolean {
  const next = folded.charAt(at);
  if (NAME_CHARACTER.test(next)) return false;
  // A dot, a colon or an apostrophe within a word continues the name.
  return !(/[.:']/.test(next) && /[\p{L}\d]/u.test(folded.charAt(at + 1)));
}

export function findByName(text: string, services: readonly KnownService[]): readonly KnownService[] {
  const wanted = foldText(text).trim();
  return services.filter((service) => listNames(service).includes(wanted));
}

export type SuggestServices = (word: string) => readonly KnownService[];

/** Creates a search with one index for all unknown words of a text, built for the first of them. */
export function createSuggester(services: readonly KnownService[]): SuggestServices {
  let index: Fuse<KnownService> | undefined;
  return (word) => {
    index ??= new Fuse(services, { keys: ['name'], threshold: 0.4, ignoreLocation: true });
    const exact = findByName(word, services);
    const near = index.search((word.split('/').at(-1) ?? word).slice(0, 64), { limit: 5 }).map(({ item }) => item);
    const wanted = foldText(word);
    const containing = services.filter(({ name }) => foldText(name).length > 2 && wanted.includes(foldText(name)));
    return [...new Set([...exact, ...near, ...containing])].slice(0, 5);
  };
}

export function resemblesService(word: string, services: readonly KnownService[]): boolean {
  const wanted = foldText(word);
  return services.some(({ name }) => editDistance(wanted, foldText(name)) <= 1);
}
