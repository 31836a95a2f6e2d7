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
import { type BoundSecret, normalizeHost, SECRET_HOSTS, SECRET_PREFIX, type Secrets } from '../secrets.ts';
import { InvalidId, type ProviderKind } from './provider.ts';

const FROM_ENVIRONMENT = /^env:(.*)$/s;

export type ProviderFields = Readonly<Record<string, unknown>>;

/** A kind with its fields as JSON Schemas, for forms and documentation. */
export type DescribedKind = ReturnType<Configuration['described']>[number];

/** Validates the fields of providers by their kinds. Credentials may be `env:LULL_SECRET_NAME` instead of a secret. */
export class Configuration {
  readonly #kinds: ReadonlyMap<string, ProviderKind>;
  readonly #secrets: Secrets;
  readonly #problemText: (problem: Problem) => string;

  /** @param problemText words a problem of stored fields */
  constructor(kinds: readonly ProviderKind[], secrets: Secrets, problemText: (problem: Problem) => string) {
    this.#kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
    this.#secrets = secrets;
    this.#problemText = problemText;
  }

  get kinds(): readonly string[] {
    return [...this.#kinds.keys()];
  }

  described() {
    const toSchema = (schema: z.ZodObject): ProviderFields =>
      z.toJSONSchema(schema.strict(), { io: 'input', unrepresentable: 'any' });
    return [...this.#kinds.values()].map(({ kind, title, writtenFrom = [], settings, credentials }) => ({
      kind,
      title,
      writtenFrom,
      settings: toSchema(settings),
      credentials: toSchema(credentials),
    }));
  }

  /** Unknown fields are problems, too: one may be a secret in the wrong place. */
  validateSettings(kind: string, settings: ProviderFields): readonly Problem[] {
    const schema = this.#kinds.get(kind)?.settings;
    return schema === undefined ? [] : validate(schema.strict(), 'settings', settings);
  }

  validateCredentials(kind: string, credentials: ProviderFields): readonly Problem[] {
    const resolved = this.#resolve(credentials);
    if (!resolved.ok) return resolved.problems;
    const schema = this.#kinds.get(kind)?.credentials;
    return schema === undefined ? [] : validate(schema.strict(), 'credentials', resolved.credentials);
  }

  /** Validates settings and credentials together. There are no problems where one of them is invalid by itself. */
  validateBoth(kind: string, settings: ProviderFields, credentials: ProviderFields): readonly Problem[] {
    const known = this.#kinds.get(kind);
    const resolved = this.#resolve(credentials);
    if (known === undefined || !resolved.ok) return [];
    const [set, secret] = [known.settings.safeParse(settings), known.credentials.safeParse(resolved.credentials)];
    if (!set.success || !secret.success) return [];
    const unbound = validateHosts(resolved.named, known.addresses(set.data));
    return [...unbound, ...(known.validateBoth?.(set.data, secret.data) ?? [])];
  }

  /** @returns why a system of this kind can have no check with this id, in a sentence; undefined when it can */
  validateId(kind: string, externalId: string): string | undefined {
    try {
      this.#kinds.get(kind)?.parseId?.(externalId);
      return undefined;
    } catch (error) {
      if (error instanceof InvalidId) return error.message;
      throw error;
    }
  }

  /**
   * Everything that a stored provider is connected with.
   * @throws Error for people when it is not complete, such as for a variable that is gone
   */
  complete(kind: string, settings: ProviderFields, credentials: ProviderFields) {
    const known = this.#kinds.get(kind);
    if (known === undefined) throw new Error(`this version of Lull does not know the kind ${kind}`);
    const resolved = this.#resolve(credentials);
    const problems = [
      ...validate(known.settings, 'settings', settings),
      ...(resolved.ok ? validate(known.credentials, 'credentials', resolved.credentials) : resolved.problems),
    ];
    if (problems.length > 0 || !resolved.ok) throw new Error(problems.map(this.#problemText).join(' '));
    const [first, ...others] = resolved.named.map(({ hosts }) => hosts);
    return {
      /** The only hosts that requests may go to; undefined without a secret of the environment. */
      hosts: first && new Set([...first].filter((host) => others.every((each) => each.has(host)))),
      kind: known,
      settings: known.settings.parse(settings),
      credentials: known.credentials.parse(resolved.credentials),
    };
  }

  /** Replaces `env:` by the values of the environment. */
  #resolve(credentials: ProviderFields) {
    const problems: Problem[] = [];
    const named: NamedSecret[] = [];
    const entries = Object.entries(credentials).map(([key, value]): [string, unknown] => {
      const variable = typeof value === 'string' ? FROM_ENVIRONMENT.exec(value)?.[1] : undefined;
      if (variable === undefined) return [key, value];
      const field = `credentials.${key}`;
      const secret = this.#secrets?.get(variable);
      if (secret !== undefined) named.push({ ...secret, field, variable });
      else if (this.#secrets === undefined) problems.push(environmentNotAllowed.at(field, {}));
      else if (variable.startsWith(SECRET_PREFIX)) problems.push(variableNotSet.at(field, { variable }));
      else problems.push(variableNotAllowed.at(field, { variable, prefix: SECRET_PREFIX }));
      return [key, secret?.value];
    });
    if (problems.length > 0) return { ok: false, problems } as const;
    return { ok: true, credentials: Object.fromEntries(entries), named } as const;
  }
}

/** A secret of the environment, and the field that names it. */
type NamedSecret = BoundSecret & { readonly field: string; readonly variable: string };

/** Finds secrets that would be sent to a host they are not bound to. */
function validateHosts(named: readonly NamedSecret[], addresses: readonly string[]): Problem[] {
  const hosts = [...new Set(addresses.flatMap((address) => normalizeHost(address) ?? []))];
  return named.flatMap(({ field, variable, hosts: bound }) =>
    hosts
      .filter((host) => !bound.has(host))
      .map((host) => {
        const entry = `${SECRET_HOSTS}=${variable.slice(SECRET_PREFIX.length)}=${host}`;
        return secretNotBound.at(field, { variable, host, entry });
      }),
  );
}

/** Problems do not contain values, one of which may be a secret. */
function validate(schema: z.ZodObject, parent: 'settings' | 'credentials', given: ProviderFields): Problem[] {
  const { error } = schema.safeParse(given, { error: describeExpected });
  return (error?.issues ?? []).flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => settingUnknown.at(`${parent}.${key}`, {}));
    const field = [parent, ...issue.path.map(String)].join('.');
    const expected = `${issue.message}${/[.!?]$/.test(issue.message) ? '' : '.'}`;
    return [(isMissing(issue.path, given) ? settingMissing : settingInvalid).at(field, { expected })];
  });
}

function isMissing([key, ...rest]: readonly PropertyKey[], given: unknown): boolean {
  if (key === undefined) return given === undefined;
  return typeof given === 'object' && given !== null && isMissing(rest, Reflect.get(given, key));
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is expected of a field whose kind does not word it, in a sentence without the value. */
function describeExpected(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${NOUNS[issue.expected] ?? issue.expected}.`;
    case 'invalid_format':
      return issue.format === 'url'
        ? 'Expected an address, such as https://monitoring.example.com.'
        : 'It is not written as it should be.';
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'It is empty.'
        : `Expected ${issue.minimum} or more.`;
    case 'too_big':
      return `Expected ${issue.maximum} or less.`;
    case 'invalid_value':
      return `Expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}.`;
    case 'invalid_key':
      return 'One of the names in it is not written as it should be.';
    default:
      return 'It is not what can stand here.';
  }
}
