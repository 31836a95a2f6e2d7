import { z } from 'zod';
import { credentialMissing } from '../../errors.ts';
import type { ProviderKind } from '../provider.ts';
import { certificateSetting, encodeBasic, ProviderHttp, readTrustSetting } from '../provider-http.ts';
import { headers, parts } from './description.ts';
import { System, switches } from './system.ts';
import { listPlaceholders } from './template.ts';

const CREDENTIALS = ['token', 'user', 'password'] as const;

/** A part of a description with only these names and those of credentials in braces. */
function withNames<S extends z.ZodType>(schema: S, ...names: readonly string[]) {
  const known = [...names, ...CREDENTIALS];
  return schema.superRefine((value, context) => {
    for (const name of listPlaceholders(value).filter((each) => !known.includes(each))) {
      const expected = known.map((each) => `{${each}}`).join(', ');
      const message = `There is nothing to put for {${name}}. Expected in braces: ${expected}.`;
      context.addIssue({ code: 'custom', message });
    }
  });
}

const settings = z
  .object({
    off: withNames(parts.change, 'check').describe(
      'The request that switches a check off. {check} stands for its id; {token}, {user} and {password} for the credentials.',
    ),
    on: withNames(parts.change, 'check').describe('The request that switches it on.'),
    state: withNames(parts.state, 'check')
      .optional()
      .describe(
        'The request that shows its state. Without one Lull cannot know that a check was off before, nor that a hand switched it.',
      ),
    result: withNames(parts.result, 'check')
      .optional()
      .describe(
        'The request that shows whether what a check watches fails, where the one for its state does not: what fails some minutes after a window is told.',
      ),
    list: withNames(parts.list, 'page', 'offset')
      .optional()
      .describe('The request that lists all checks, for the import. {page} or {offset} stand for where a page begins.'),
    states: parts.states
      .default({})
      .describe(
        'The values that mean off and on; with one of the two, everything else means the other. And those that mean failing.',
      ),
    headers: withNames(headers)
      .default({})
      .describe('Headers for every request, such as {"Authorization": "Bearer {token}"}.'),
    certificate: certificateSetting.optional(),
  })
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

const credentials = z.object({
  token: z.string().min(1).optional().describe('For {token}.'),
  user: z.string().min(1).optional().describe('For {user}; with a password also sent as basic authentication.'),
  password: z.string().min(1).optional().describe('For {password}.'),
});

/** Any system with a REST API that switches single checks, described by its requests. */
export const httpKind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'http',
  title: 'Another system with a REST interface',
  settings,
  credentials,
  addresses: ({ off, on, state, result, list }) =>
    [off, on, state, result, list].flatMap((request) => request?.url ?? []),
  validateBoth({ off, on, state, result, list, headers }, given) {
    const used = listPlaceholders({ off, on, state, result, list, headers });
    return CREDENTIALS.filter((name) => given[name] === undefined && used.includes(name)).map((name) =>
      credentialMissing.at(`credentials.${name}`, { name }),
    );
  },
  connect({ certificate, headers, ...description }, given, { fetch }) {
    const values = Object.fromEntries(
      CREDENTIALS.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
    );
    const { user, password } = given;
    const basic = user === undefined || password === undefined ? undefined : encodeBasic(user, password);
    const http = new ProviderHttp(new URL(description.off.url).host, fetch, {
      secrets: [...Object.values(values), basic ?? ''],
      trust: readTrustSetting(certificate),
    });
    const all = { ...(basic === undefined ? {} : { Authorization: `Basic ${basic}` }), ...headers };
    return switches(new System(http, all, values), description);
  },
};
