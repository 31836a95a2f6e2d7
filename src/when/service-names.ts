import Fuse from 'fuse.js';
import { isWithinDistance } from '../core/edit-distance.ts';
import { createSpanCursor, foldText, type Span } from './source-text.ts';

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

/** A word of a name, or one other character. */
const NAME_PART = /[\p{L}\d_/@-]+|./gsu;
const STARTS_WITH_WORD = /^[\p{L}\d_/@-]/u;

/** Names part by part: the services whose name ends here, and the parts with which longer names go on. */
interface NameTree {
  readonly services: KnownService[];
  readonly next: Map<string, NameTree>;
}

interface ServiceIndex {
  /** `api`, and `prod/api` if the scope is known. */
  readonly byName: ReadonlyMap<string, readonly KnownService[]>;
  readonly tree: NameTree;
  /** The folded name of each service, without its scope. */
  readonly names: readonly string[];
  /** Built for the first unknown word. */
  similar?: Fuse<KnownService>;
}

/** By list of services, because one list serves all readings of a sentence. */
const indexes = new WeakMap<readonly KnownService[], ServiceIndex>();

function indexServices(services: readonly KnownService[]): ServiceIndex {
  const known = indexes.get(services);
  if (known !== undefined) return known;
  const byName = new Map<string, KnownService[]>();
  const names = services.map(({ name }) => foldText(name));
  const add = (name: string, service: KnownService) => {
    const namesakes = byName.get(name);
    if (namesakes === undefined) byName.set(name, [service]);
    else namesakes.push(service);
  };
  for (const [position, service] of services.entries()) {
    const name = names[position] ?? '';
    add(name, service);
    if (service.scope) add(`${foldText(service.scope.name)}/${name}`, service);
  }
  const index: ServiceIndex = { byName, tree: buildTree(byName), names };
  indexes.set(services, index);
  return index;
}

function buildTree(byName: ReadonlyMap<string, readonly KnownService[]>): NameTree {
  const root: NameTree = { services: [], next: new Map() };
  for (const [name, services] of byName) {
    let node = root;
    for (const part of splitParts(name)) {
      const next: NameTree = node.next.get(part) ?? { services: [], next: new Map() };
      node.next.set(part, next);
      node = next;
    }
    node.services.push(...services);
  }
  return root;
}

const splitParts = (folded: string): readonly string[] => folded.match(NAME_PART) ?? [];

/** Every name of a service in the folded text, the longest at each place, outside of `excluded`. */
export function findServices(folded: string, services: readonly KnownService[], excluded: readonly Span[]) {
  const { tree } = indexServices(services);
  const parts = splitParts(folded);
  const excludedAt = createSpanCursor(excluded);
  const found: ServiceMention[] = [];
  let [first, start] = [0, 0];
  while (first < parts.length) {
    const isExcluded = (excludedAt(start)?.start ?? folded.length) <= start;
    const name = isExcluded ? undefined : findLongestName(tree, folded, parts, first, start);
    if (name !== undefined) found.push({ start, end: name.end, services: name.services, quoted: false });
    const { next, end } = name ?? { next: first + 1, end: start + (parts[first]?.length ?? 0) };
    [first, start] = [next, end];
  }
  return found;
}

function findLongestName(tree: NameTree, folded: string, parts: readonly string[], first: number, start: number) {
  let longest: { readonly end: number; readonly next: number; readonly services: readonly KnownService[] } | undefined;
  let [node, end, next]: [NameTree | undefined, number, number] = [tree, start, first];
  while (next < parts.length) {
    const part = parts[next] ?? '';
    node = node.next.get(part);
    if (node === undefined) break;
    [next, end] = [next + 1, end + part.length];
    if (node.services.length > 0 && isNameEnd(folded, end)) longest = { end, next, services: node.services };
  }
  return longest;
}

function isNameEnd(folded: string, at: number): boolean {
  const after = folded.slice(at, at + 2);
  // A dot, a colon or an apostrophe within a word continues the name.
  return !STARTS_WITH_WORD.test(after) && !/^[.:'][\p{L}\d]/u.test(folded.slice(at, at + 3));
}

export function findByName(text: string, services: readonly KnownService[]): readonly KnownService[] {
  return indexServices(services).byName.get(foldText(text).trim()) ?? [];
}

/** Longer words and names are compared by their beginning. */
const MAX_COMPARED_CHARS = 32;

const MAX_SUGGESTIONS = 5;

/** The services with a name like this word: the same, a similar one, or one that is part of it. */
export function suggestServices(word: string, services: readonly KnownService[]): readonly KnownService[] {
  const index = indexServices(services);
  index.similar ??= new Fuse(services, {
    keys: [{ name: 'name', getFn: ({ name }) => name.slice(0, MAX_COMPARED_CHARS) }],
    threshold: 0.4,
    ignoreLocation: true,
  });
  const compared = (word.split('/').at(-1) ?? word).slice(0, MAX_COMPARED_CHARS);
  const similar = index.similar.search(compared, { limit: MAX_SUGGESTIONS }).map(({ item }) => item);
  const wanted = foldText(word);
  const containing = services.filter((_, position) => {
    const name = index.names[position] ?? '';
    return name.length > 2 && wanted.includes(name);
  });
  return [...new Set([...findByName(word, services), ...similar, ...containing])].slice(0, MAX_SUGGESTIONS);
}

export function resemblesService(word: string, services: readonly KnownService[]): boolean {
  const wanted = foldText(word);
  return indexServices(services).names.some((name) => isWithinDistance(wanted, name, 1));
}
