import { z } from 'zod';
import type { Problem } from '../../core/errors.ts';
import {
  environmentNotAllowed,
  secretNotBound,
  settingInvalid,
  settingMissing,
  settingUnknown,
  variableNotAllowed,
  variableNotSet,
} from '../errors.ts';
import { type BoundSecret, hostOf, SECRET_HOSTS, SECRET_PREFIX, type Secrets } from '../secrets.ts';
import type { ProviderKind } from './kind.ts';
import { expected } from './provider.ts';

const FROM_ENVIRONMENT = /^env:(.*)$/s;

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What people wrote of a provider, as they wrote it. */
type Written = Readonly<Record<string, unknown>>;

/** A kind with its fields as JSON Schemas, for forms and documentation. */
export interface DescribedKind {
  readonly kind: string;
  readonly title: string;
  readonly writtenFrom: readonly string[];
  readonly settings: Record<string, unknown>;
  readonly credentials: Record<string, unknown>;
}

/** Reads what people write of a provider, by its kind. Instead of a secret they may write `env:LULL_SECRET_NAME`. */
export class Configuration {
  readonly #kinds: ReadonlyMap<string, ProviderKind>;
  readonly #secrets: Secrets;
  readonly #wordProblem: (problem: Problem) => string;

  /** @param wordProblem says in a sentence what is wrong with a stored setting */
  constructor(kinds: readonly ProviderKind[], secrets: Secrets, wordProblem: (problem: Problem) => string) {
    this.#kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
    this.#secrets = secrets;
    this.#wordProblem = wordProblem;
  }

  get kinds(): readonly string[] {
    return [...this.#kinds.keys()];
  }

  kind(name: string): ProviderKind | undefined {
    return this.#kinds.get(name);
  }

  described(): DescribedKind[] {
    return [...this.#kinds.values()].map(({ kind, title, writtenFrom = [], settings, credentials }) => ({
      kind,
      title,
      writtenFrom,
      settings: z.toJSONSchema(settings.strict(), { io: 'input', unrepresentable: 'any' }),
      credentials: z.toJSONSchema(credentials.strict(), { io: 'input', unrepresentable: 'any' }),
    }));
  }

  /** The settings as they are to be kept. A field that is not known is refused: it may be a secret in the wrong place. */
  settings(kind: string, written: Written): Read<Written> {
    return checked(this.#kinds.get(kind)?.settings, 'settings', written, written);
  }

  /** Why a system of this kind can have no check with this id, in a sentence; undefined when it may have one. */
  problemOfId(kind: string, externalId: string): string | undefined {
    return this.#kinds.get(kind)?.problemOfId?.(externalId);
  }

  /** The credentials as they are to be sealed: `env:` stays, and is looked up whenever the provider is connected. */
  credentials(kind: string, written: Written): Read<Written> {
    const resolved = this.#resolve(written);
    if (!resolved.ok) return resolved;
    return checked(this.#kinds.get(kind)?.credentials, 'credentials', resolved.value, written);
  }

  /** What is wrong with settings and credentials together; nothing where one of them is wrong by itself. */
  both(kind: string, settings: Written, credentials: Written): readonly Problem[] {
    const known = this.#kinds.get(kind);
    const resolved = this.#resolve(credentials);
    if (known === undefined || !resolved.ok) return [];
    const [set, secret] = [known.settings.safeParse(settings), known.credentials.safeParse(resolved.value)];
    if (!set.success || !secret.success) return [];
    const unbound = unboundHosts(resolved.named, known.addresses(set.data));
    return [...unbound, ...(known.problemsOfBoth?.(set.data, secret.data) ?? [])];
  }

  /** The credentials with the values of the environment in the place of their names. */
  #resolve(written: Written): Resolved {
    const problems: Problem[] = [];
    const named: NamedSecret[] = [];
    const entries = Object.entries(written).map(([key, value]): [string, unknown] => {
      const name = typeof value === 'string' ? FROM_ENVIRONMENT.exec(value)?.[1] : undefined;
      if (name === undefined) return [key, value];
      const field = `credentials.${key}`;
      const secret = this.#secrets?.get(name);
      if (secret === undefined) {
        problems.push(this.#secrets === undefined ? environmentNotAllowed.at(field, {}) : unknownVariable(field, name));
      } else named.push({ ...secret, field, name });
      return [key, secret?.value];
    });
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value: Object.fromEntries(entries), named };
  }

  /**
   * What a provider is connected with.
   * @throws IncompleteConfiguration when it is not complete (any more)
   */
  complete(kind: string, settings: Written, credentials: Written) {
    const known = this.#kinds.get(kind);
    if (known === undefined) throw new Error(`this version of Lull does not know the kind ${kind}`);
    const resolved = this.#resolve(credentials);
    const problems = [
      ...problemsOf(known.settings, 'settings', settings),
      ...(resolved.ok ? problemsOf(known.credentials, 'credentials', resolved.value) : resolved.problems),
    ];
    if (problems.length > 0 || !resolved.ok)
      throw new IncompleteConfiguration(problems.map(this.#wordProblem).join(' '));
    const [first, ...others] = resolved.named.map(({ hosts }) => hosts);
    return {
      /** The only hosts that may be asked, where a secret of the environment is among the credentials. */
      hosts: first && new Set([...first].filter((host) => others.every((each) => each.has(host)))),
      kind: known,
      settings: known.settings.parse(settings),
      credentials: known.credentials.parse(resolved.value),
    };
  }
}

/** The stored settings of a provider are no longer enough to connect, such as when a variable is gone. */
export class IncompleteConfiguration extends Error {}

/** A secret of the environment that a field of the credentials names. */
type NamedSecret = BoundSecret & { readonly field: string; readonly name: string };

type Resolved =
  | { readonly ok: true; readonly value: Written; readonly named: readonly NamedSecret[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The secrets that would be sent to a host they are not bound to. */
function unboundHosts(named: readonly NamedSecret[], addresses: readonly string[]): Problem[] {
  const hosts = new Set(addresses.flatMap((address) => hostOf(address) ?? []));
  return named.flatMap(({ field, name, hosts: bound }) =>
    [...hosts]
      .filter((host) => !bound.has(host))
      .map((host) => {
        const entry = `${SECRET_HOSTS}=${name.slice(SECRET_PREFIX.length)}=${host}`;
        return secretNotBound.at(field, { variable: name, host, entry });
      }),
  );
}

function unknownVariable(field: string, variable: string): Problem {
  return variable.startsWith(SECRET_PREFIX)
    ? variableNotSet.at(field, { variable })
    : variableNotAllowed.at(field, { variable, prefix: SECRET_PREFIX });
}

function checked(schema: z.ZodObject | undefined, of: string, given: Written, kept: Written): Read<Written> {
  if (schema === undefined) return { ok: true, value: kept };
  const problems = problemsOf(schema.strict(), of, given);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: kept };
}

/** Without the values: one of them may be a secret. */
function problemsOf(schema: z.ZodObject, of: string, given: Written): Problem[] {
  const { error } = schema.safeParse(given, { error: expected });
  return (error?.issues ?? []).flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => settingUnknown.at(`${of}.${key}`, {}));
    }
    const field = [of, ...issue.path.map(String)].join('.');
    const expected = `${issue.message}${/[.!?]$/.test(issue.message) ? '' : '.'}`;
    return [(isMissing(issue.path, given) ? settingMissing : settingInvalid).at(field, { expected })];
  });
}

function isMissing(path: readonly PropertyKey[], given: unknown): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return given === undefined;
  return typeof given !== 'object' || given === null ? false : isMissing(rest, Reflect.get(given, key));
}
