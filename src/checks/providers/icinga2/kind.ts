import { z } from 'zod';
import { withoutTrailing } from '../../../core/text.ts';
import { readTrust } from '../../../platform/outbound/trust.ts';
import type { ListedCheck } from '../../repository.ts';
import { AUTHOR, type DowntimeMark, describeDowntime, groupByCheck, marginSetting, readMark } from '../downtimes.ts';
import type { DowntimeState, Provider, ProviderContext, ProviderKind, SwitchResult } from '../provider.ts';
import { encodeBasic, ProviderHttp, readTrustSetting, withoutUser } from '../provider-http.ts';
import { switchEach } from '../requests.ts';
import { type Downtime, Icinga2Api, type Monitored, readTarget } from './api.ts';

const settings = z.object({
  url: z
    .url({ protocol: /^https$/ })
    .refine(...withoutUser)
    .describe('Where its API listens, such as https://icinga.example.com:5665.'),
  certificate: z
    .string()
    .refine((text) => readTrust(text) !== undefined, {
      message: 'Expected certificates (PEM), or a SHA-256 fingerprint as openssl x509 -fingerprint -sha256 prints it.',
    })
    .optional()
    .describe("Icinga signs its own certificate: the CA's (ca.crt, PEM), or the SHA-256 fingerprint of the server's."),
  margin: marginSetting('downtime'),
  all_services: z.boolean().default(true).describe('A downtime of a host lies over all of its services too.'),
  tags: z
    .array(z.string().min(1))
    .default([])
    .describe('Custom variables that become tags of imported checks, beside the groups. Name none that is secret.'),
});

const credentials = z.object({
  username: z.string().min(1).describe('Of an ApiUser object.'),
  password: z.string().min(1).describe('Of that user.'),
});

/** Checks are hosts (`db1`), services (`db1!disk`) or filters, and are muted by downtimes. */
export const icinga2Kind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'icinga2',
  title: 'Icinga 2',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  parseId: readTarget,
  connect({ url, certificate, margin, all_services: allServices, tags: variables }, { username, password }, context) {
    const login = encodeBasic(username, password);
    const http = new ProviderHttp('Icinga', context.fetch, {
      headers: { authorization: `Basic ${login}` },
      secrets: [password, login],
      trust: readTrustSetting(certificate),
    });
    const api = new Icinga2Api(http, withoutTrailing(url, '/'));
    return icinga2(api, context, { marginMinutes: margin, allServices, variables });
  },
};

/** How long ago a downtime begins, so that it has begun by Icinga's clock, too. */
const BEGINS_BEFORE_MS = 3600_000;

type OwnDowntime = Downtime & { readonly mark: DowntimeMark };

/**
 * Fixed downtimes, one for each check on each object that its id names. Icinga writes them to disk at once, so one that is
 * gone before its end was removed by hand.
 * @param options.variables custom variables that become tags
 */
function icinga2(
  api: Icinga2Api,
  context: ProviderContext,
  options: { readonly marginMinutes: number; readonly allServices: boolean; readonly variables: readonly string[] },
): Provider {
  const { publicUrl, now } = context;

  const listOwn = async (signal: AbortSignal): Promise<Map<string, OwnDowntime[]>> => {
    const downtimes = await api.listDowntimes(AUTHOR, signal);
    return groupByCheck(
      downtimes.flatMap((downtime): OwnDowntime[] => {
        const mark = readMark(downtime.comment, publicUrl);
        return mark === undefined || downtime.endsAt <= now() ? [] : [{ ...downtime, mark }];
      }),
    );
  };

  /** Removes downtimes, and corrects the results of checks whose downtimes are still there afterwards. */
  const remove = async (
    unwanted: ReadonlyMap<string, readonly OwnDowntime[]>,
    results: Map<string, SwitchResult>,
    signal: AbortSignal,
  ): Promise<void> => {
    const names = [...unwanted.values()].flat().map(({ name }) => name);
    if (names.length === 0) return;
    await api.removeDowntimes(names, AUTHOR, signal);
    const remaining = new Set((await api.listDowntimes(AUTHOR, signal)).map(({ name }) => name));
    for (const [id, downtimes] of unwanted) {
      const name = downtimes.map((each) => each.name).find((each) => remaining.has(each));
      if (name === undefined) continue;
      const error = `Icinga did not take the downtime ${name} away. Its API user needs actions/remove-downtime.`;
      results.set(id, { ok: false, error });
    }
  };

  return {
    form: 'downtime',
    async list(signal) {
      const all = await api.listMonitored(signal);
      const names = new Map(all.map(({ name, attrs }) => [name, attrs.display_name]));
      return all.map((each) => toListedCheck(each, names, options.variables));
    },
    async read(targets, signal) {
      const own = await listOwn(signal);
      return new Map(targets.map(({ id }) => [id, own.has(id) ? 'off' : 'on']));
    },
    present: async (signal) => new Set((await listOwn(signal)).keys()),
    async failing(targets, signal) {
      // A filter names many objects, of which some may fail at any time.
      const single = targets.filter(({ externalId }) => !('filter' in readTarget(externalId)));
      const failing = new Set<string>();
      for (const type of ['Host', 'Service'] as const) {
        const names = single.map(({ externalId }) => externalId).filter((name) => readTarget(name).type === type);
        for (const name of await api.listFailing(type, [...new Set(names)], signal)) failing.add(name);
      }
      return new Map(single.map(({ id, externalId }) => [id, failing.has(externalId)]));
    },
    async switchOff(targets, signal, stop) {
      const own = await listOwn(signal);
      const replaced = new Map<string, OwnDowntime[]>();
      const mute = async (check: DowntimeState) => {
        const target = readTarget(check.externalId);
        const { ends: endsAt, comment } = describeDowntime(check, context, options.marginMinutes);
        const present = own.get(check.id) ?? [];
        // A downtime of several objects may be on some of them only, so it is always created again.
        const isSingle = target.type === 'Service' ? 'service' in target : 'host' in target && !options.allServices;
        const kept = present.find((each) => isSingle && each.comment === comment && isOn(each, check.externalId));
        if (kept === undefined) {
          const startsAt = new Date(now().getTime() - BEGINS_BEFORE_MS);
          const downtime = { target, author: AUTHOR, comment, startsAt, endsAt, allServices: options.allServices };
          await api.createDowntime(downtime, signal);
        }
        // Removed afterwards, so that there is no gap.
        const others = present.filter((each) => each !== kept);
        if (others.length > 0) replaced.set(check.id, others);
      };
      const results = await switchEach(targets, signal, mute, { stop });
      await remove(replaced, results, signal);
      return results;
    },
    async switchOn(targets, signal) {
      const own = await listOwn(signal);
      const results = new Map<string, SwitchResult>(targets.map(({ id }) => [id, { ok: true }]));
      await remove(new Map(targets.map(({ id }) => [id, own.get(id) ?? []])), results, signal);
      return results;
    },
  };
}

/** Whether a downtime is on this very host or service: its name is theirs and an id. */
function isOn({ name }: Downtime, object: string): boolean {
  return name.startsWith(`${object}!`) && !name.slice(object.length + 1).includes('!');
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** @param names display names by name */
function toListedCheck(
  { name, attrs }: Monitored,
  names: ReadonlyMap<string, string>,
  variables: readonly string[],
): ListedCheck {
  const { host_name: host, display_name: displayName } = attrs;
  const tags = variables.flatMap((variable) => {
    const values = z.union([z.array(scalar), scalar.transform((one) => [one])]).safeParse(attrs.vars?.[variable]);
    return (values.data ?? []).map((value) => `${variable}:${value}`);
  });
  return {
    externalId: name,
    name: host === undefined ? displayName : `${names.get(host) ?? host} ${displayName}`,
    enabled: attrs.enable_notifications,
    tags: [...new Set([...attrs.groups, ...tags])],
  };
}
