import { z } from 'zod';
import { AUTHOR, downtimeProvider, marginSetting, type OwnDowntime, readMark } from '../downtimes.ts';
import type { Provider, ProviderContext, ProviderKind } from '../provider.ts';
import { addressSetting, encodeBasic, ProviderHttp } from '../provider-http.ts';
import { withRetries } from '../requests.ts';
import { readMatchers, sameMatchers } from './matchers.ts';

const settings = z.object({
  url: addressSetting.describe(
    'Where its interface is, such as https://alertmanager.example.com; of a cluster, any one member.',
  ),
  margin: marginSetting('silence'),
});

const credentials = z
  .object({
    username: z.string().min(1).optional().describe('For a proxy that wants basic authentication.'),
    password: z.string().min(1).optional().describe('Of that user.'),
    token: z.string().min(1).optional().describe('For a proxy that wants a bearer token.'),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    message: 'A user needs a password, and a password a user.',
    path: ['password'],
  })
  .refine(({ username, token }) => username === undefined || token === undefined, {
    message: 'It is either a user with a password or a token.',
    path: ['token'],
  });

/** Checks are matchers, such as `alertname="HighLatency",instance=~"db.*"`, and are muted by silences. */
export const alertmanagerKind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'alertmanager',
  title: 'Prometheus Alertmanager',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  parseId: readMatchers,
  connect({ url, margin }, { username, password = '', token }, context) {
    const basic = username === undefined ? undefined : encodeBasic(username, password);
    const authorization = basic === undefined ? token && `Bearer ${token}` : `Basic ${basic}`;
    const http = new ProviderHttp('Alertmanager', context.fetch, {
      headers: authorization === undefined ? {} : { authorization },
      secrets: [password, token ?? '', basic ?? ''],
    });
    return alertmanager(http, url, context, margin);
  },
};

/** How long ago a silence begins: one that begins in Alertmanager's future would be pending until then. */
const BEGINS_BEFORE_MS = 24 * 3600_000;

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const silence = z.object({
  id: z.string(),
  status: z.object({ state: z.string() }),
  createdBy: z.string(),
  comment: z.string(),
  startsAt: instant,
  endsAt: instant,
  matchers: z.array(
    // Servers before 0.22 do not answer `isEqual`.
    z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
  ),
});

type Silence = OwnDowntime & Pick<z.output<typeof silence>, 'id' | 'startsAt' | 'endsAt' | 'matchers'>;

/**
 * Silences, one for each check, whose id is a list of matchers. There is no list of checks, as Alertmanager knows only the
 * alerts of the moment. It writes its silences to disk every 15 minutes: when it is killed it forgets those created since,
 * and remembers those removed since.
 * @param url of the API, without a slash at the end
 * @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */
function alertmanager(http: ProviderHttp, url: string, context: ProviderContext, marginMinutes: number): Provider {
  /** Alertmanager changes a silence in place or expires it and creates another one. @returns the id of the silence now */
  const put = async (values: object, id: string | undefined, signal: AbortSignal): Promise<string> => {
    const request = { json: { ...(id && { id }), ...values, createdBy: AUTHOR }, signal };
    // A new one that arrives twice would be there twice.
    const send = id === undefined ? http.sendOnce.bind(http) : http.send.bind(http);
    const response = await send('POST', `${url}/api/v2/silences`, request);
    return http.parse(z.object({ silenceID: z.string().min(1) }), response, 'an Alertmanager').silenceID;
  };

  return downtimeProvider<Silence>(
    {
      async list(signal) {
        const response = await withRetries(signal, () => http.send('GET', `${url}/api/v2/silences`, { signal }));
        const silences = http.parse(z.array(silence), response, 'an Alertmanager');
        return silences
          .flatMap(({ createdBy, status, ...each }): Silence[] => {
            const mark = createdBy === AUTHOR ? readMark(each.comment, context.publicUrl) : undefined;
            return mark === undefined ? [] : [{ ...each, mark, inForce: status.state !== 'expired' }];
          })
          .sort((a, b) => b.endsAt.getTime() - a.endsAt.getTime());
      },
      covers: ({ matchers }, externalId) => sameMatchers(matchers, readMatchers(externalId)),
      removedByHand: ([last]) => last !== undefined && last.mark.ends !== null && last.endsAt < last.mark.ends,
      async save({ externalId }, existing, { ends: endsAt, comment }, signal) {
        if (existing?.endsAt.getTime() === endsAt.getTime() && existing.comment === comment) return;
        const startsAt = existing?.startsAt ?? new Date(context.now().getTime() - BEGINS_BEFORE_MS);
        await put({ matchers: readMatchers(externalId), startsAt, endsAt, comment }, existing?.id, signal);
      },
      async remove({ id, matchers, startsAt, endsAt }, comment, signal) {
        const changed = await put({ matchers, startsAt, endsAt, comment }, id, signal);
        await http.send('DELETE', `${url}/api/v2/silence/${encodeURIComponent(changed)}`, { signal });
      },
    },
    context,
    { marginMinutes },
  );
}
