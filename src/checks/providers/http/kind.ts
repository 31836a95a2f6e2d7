import { z } from 'zod';
import { credentialMissing } from '../../errors.ts';
import type { ProviderKind } from '../kind.ts';
import { certificate, readTrustSettings } from '../provider-http.ts';
import { parts, switchDescription } from './description.ts';
import { switches } from './switches.ts';
import { System } from './system.ts';
import { listPlaceholders } from './template.ts';

const CREDENTIALS = ['token', 'user', 'password'];

/** A part of a description in which no other names stand in braces than these. */
function withNames<S extends z.ZodType>(schema: S, names: readonly string[]) {
  return schema.superRefine((value, context) => {
    for (const name of listPlaceholders(value)) {
      if (names.includes(name)) continue;
      const known = names.map((each) => `{${each}}`).join(', ');
      context.addIssue({
        code: 'custom',
        message: `There is nothing to put for {${name}}. Expected in braces: ${known}.`,
      });
    }
  });
}

const settings = z.object({
  off: withNames(parts.change, ['check', ...CREDENTIALS]).describe(
    'The request that switches a check off. {check} stands for its id; {token}, {user} and {password} for the credentials.',
  ),
  on: withNames(parts.change, ['check', ...CREDENTIALS]).describe('The request that switches it on.'),
  state: withNames(parts.state, ['check', ...CREDENTIALS])
    .optional()
    .describe(
      'The request that shows its state. Without one Lull cannot know that a check was off before, nor that a hand switched it.',
    ),
  result: withNames(parts.result, ['check', ...CREDENTIALS])
    .optional()
    .describe(
      'The request that shows whether what a check watches fails, where the one for its state does not: what fails some minutes after a window is told.',
    ),
  list: withNames(parts.list, ['page', 'offset', ...CREDENTIALS])
    .optional()
    .describe('The request that lists all checks, for the import. {page} or {offset} stand for where a page begins.'),
  states: z
    .strictObject(parts.values)
    .default({})
    .describe(
      'The values that mean off and on; with one of the two, everything else means the other. And those that mean failing.',
    ),
  headers: withNames(z.record(z.string().regex(/^[\w-]+$/), z.string()), CREDENTIALS)
    .default({})
    .describe('Headers for every request, such as {"Authorization": "Bearer {token}"}.'),
  certificate: certificate.optional(),
});

const credentials = z.object({
  token: z.string().min(1).optional().describe('For {token}.'),
  user: z.string().min(1).optional().describe('For {user}; with a password also sent as basic authentication.'),
  password: z.string().min(1).optional().describe('For {password}.'),
});

const complete = settings
  .refine(
    ({ off, on, state, list, states }) => {
      const shown = [off.shows, on.shows, state?.state, list?.state].some((each) => each !== undefined);
      return !shown || states.off !== undefined || states.on !== undefined;
    },
    { path: ['states'], message: 'Expected, where a state is shown: the values that mean off, or on, or both.' },
  )
  .refine(
    ({ state, result, list, states }) => {
      const shown = [state?.failing, result?.failing, list?.failing].some((each) => each !== undefined);
      return shown === (states.failing !== undefined);
    },
    {
      path: ['states', 'failing'],
      message:
        'Expected both or neither: where a check shows that it fails (in state, result or list), and the values that mean it.',
    },
  );

/** Any system with a REST switch for each check, described by its requests. */
export const httpKind: ProviderKind<typeof complete, typeof credentials> = {
  kind: 'http',
  title: 'Another system with a REST interface',
  settings: complete,
  credentials,
  addresses: ({ off, on, state, result, list }) =>
    [off, on, state, result, list].flatMap((request) => request?.url ?? []),
  problemsOfBoth({ off, on, state, result, list, headers }, given) {
    const named = new Set(listPlaceholders({ off, on, state, result, list, headers }));
    const missing = Object.entries({ token: given.token, user: given.user, password: given.password }).filter(
      ([name, value]) => value === undefined && named.has(name),
    );
    return missing.map(([name]) => credentialMissing.at(`credentials.${name}`, { name }));
  },
  connect({ certificate: own, ...description }, { token, user, password }, { fetch }) {
    const given = Object.entries({ token, user, password });
    const values = Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    const basic = Buffer.from(`${user}:${password}`).toString('base64');
    const known = user !== undefined && password !== undefined;
    const asked = {
      title: new URL(description.off.url).host,
      fetch,
      secrets: [...Object.values(values), ...(known ? [basic] : [])],
      trust: readTrustSettings(own),
    };
    const headers = { ...(known ? { Authorization: `Basic ${basic}` } : {}), ...description.headers };
    return switches(new System(asked, headers, values), switchDescription.parse({ ...description, headers: {} }));
  },
};
