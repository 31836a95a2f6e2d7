import Fuse from 'fuse.js';
import { plain, type Span } from './text.ts';
import { slips } from './typos.ts';

export interface KnownService {
  readonly id: number;
  readonly name: string;
  readonly scope?: string | undefined;
}

/** A stretch of the text that is the name of a service; of several services when scopes share the name. */
export interface Named extends Span {
  readonly services: readonly KnownService[];
  /** In quotes, so that it can be nothing else. */
  readonly quoted: boolean;
}

const NAME_GOES_ON = /[\p{L}\d_/@-]/u;

/** How the name reads in a sentence: `prod/api` where a scope is known. */
function namesOf({ name, scope }: KnownService): string[] {
  return scope === undefined ? [plain(name)] : [plain(name), `${plain(scope)}/${plain(name)}`];
}

/** Every name of a service in the folded text, the longest at each place, outside of `taken`. */
export function namedIn(folded: string, services: readonly KnownService[], taken: readonly Span[]): Named[] {
  const byName = new Map<string, KnownService[]>();
  for (const service of services) {
    for (const name of namesOf(service)) byName.set(name, [...(byName.get(name) ?? []), service]);
  }
  const names = [...byName.keys()].filter((name) => name !== '').sort((a, b) => b.length - a.length);
  const found: Named[] = [];
  for (let at = 0; at < folded.length; at++) {
    if (NAME_GOES_ON.test(folded.charAt(at - 1)) || folded[at] === ' ') continue;
    if (taken.some((span) => span.start <= at && at < span.end)) continue;
    const name = names.find((each) => folded.startsWith(each, at) && ends(folded, at + each.length));
    if (name === undefined) continue;
    found.push({ start: at, end: at + name.length, services: byName.get(name) ?? [], quoted: false });
    at += name.length - 1;
  }
  return found;
}

function ends(folded: string, at: number): boolean {
  const next = folded.charAt(at);
  if (NAME_GOES_ON.test(next)) return false;
  // A dot, a colon or an apostrophe inside of a word goes on as well.
  return !(/[.:']/.test(next) && /[\p{L}\d]/u.test(folded.charAt(at + 1)));
}

/** The services that a quoted text names. */
export function servicesNamed(text: string, services: readonly KnownService[]): readonly KnownService[] {
  const wanted = plain(text).trim();
  return services.filter((service) => namesOf(service).includes(wanted));
}

/** The services whose names are like `word`, the likeliest first. */
export function suggestions(word: string, services: readonly KnownService[]): readonly KnownService[] {
  const fuse = new Fuse(services, { keys: ['name'], threshold: 0.4, ignoreLocation: true });
  const exact = servicesNamed(word, services);
  const near = fuse.search((word.split('/').at(-1) ?? word).slice(0, 64), { limit: 5 }).map(({ item }) => item);
  const wanted = plain(word);
  const containing = services.filter(({ name }) => plain(name).length > 2 && wanted.includes(plain(name)));
  return [...new Set([...exact, ...near, ...containing])].slice(0, 5);
}

/** Whether a word is so like the name of a service that it may be a slip of the fingers. */
export function isNearName(word: string, services: readonly KnownService[]): boolean {
  const wanted = plain(word);
  return services.some(({ name }) => slips(wanted, plain(name)) <= 1);
}
