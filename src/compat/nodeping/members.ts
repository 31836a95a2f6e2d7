import { z } from 'zod';
import type { ProviderIds } from '../../checks/provider-repository.ts';
import { toProblems } from '../../http/problem.ts';
import { RequestError } from './request-error.ts';

// In a query everything is text, and some clients write it as their language does.

const SAID: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

export const flag = z.preprocess(
  (value) => (typeof value === 'string' || typeof value === 'number' ? SAID[String(value).toLowerCase()] : value),
  z.boolean({ error: 'Expected true or false.' }),
);

const minutes = z.preprocess(
  (value) => (typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value),
  z.int({ error: 'Expected a whole number of minutes, such as 60.' }),
);

export const ids = z.preprocess(
  (value) => {
    if (typeof value !== 'string') return value;
    if (!value.trimStart().startsWith('[')) return value.split(',');
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  },
  z.array(z.string({ error: 'Expected the id of a check, as text.' }).trim(), {
    error: 'Expected a list of ids of checks.',
  }),
);

const text = z.string({ error: 'Expected text.' });

/** What a request may say of a maintenance. */
export const maintenanceMembers = z.object({
  id: text.optional(),
  _id: text.optional(),
  name: text.optional(),
  enabled: flag.optional(),
  cron: text.optional(),
  duration: minutes.optional(),
  checklist: ids.optional(),
});
export type MaintenanceMembers = z.infer<typeof maintenanceMembers>;

/** @throws RequestError with every member that is wrong */
export function read<T extends z.ZodType>(schema: T, members: Readonly<Record<string, unknown>>): z.infer<T> {
  const read = schema.safeParse(members);
  if (read.success) return read.data;
  throw new RequestError(
    toProblems(read.error, members)
      .map(({ message }) => message)
      .join('\n'),
  );
}

/**
 * Lull's ids of the checks that a request names.
 * @throws RequestError with those that there are none of
 */
export function resolveChecks(names: readonly string[], { idOf }: ProviderIds): string[] {
  const unknown = names.filter((name) => !idOf.has(name));
  if (unknown.length === 0) return names.flatMap((name) => idOf.get(name) ?? []);
  throw new RequestError(
    `checklist names ${unknown.join(', ')}; there is no such check. GET /api/1/checks lists those there are.`,
  );
}
