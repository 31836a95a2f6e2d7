import { difference } from '../domain/difference.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import {
  lockProvider,
  openCredentials,
  type ProviderSettings,
  type StoredProvider,
  updateProvider,
} from '../store/providers.ts';
import { Unreadable } from '../store/vault.ts';
import { type Ground, transact } from './action.ts';
import { type ProviderMeans, sealed } from './add-provider.ts';
import { changingCoverage } from './cover.ts';

/** What is not named stays as it is. */
export interface ProviderEdit {
  /** All settings, not some. */
  readonly settings?: ProviderSettings | undefined;
  /** All credentials, not some. */
  readonly credentials?: Readonly<Record<string, unknown>> | undefined;
  /**
   * False: windows do not switch its checks, and what they have off by now goes on again. True: those in progress take
   * them up.
   */
  readonly enabled?: boolean | undefined;
}

export function noSuchProvider(name: string): Refusal {
  return new Refusal(
    'not-found',
    `There is no monitoring system ${name}. \`/maintenance settings\` and GET /api/v1/providers show those there are.`,
  );
}

/**
 * Changes what a provider is connected with, or whether it is used.
 * @throws Refusal `forbidden`, `not-found`, or `invalid` with every field that is wrong
 */
export async function editProvider(
  ground: Ground,
  actor: Actor,
  name: string,
  { settings, credentials, enabled }: ProviderEdit,
  { vault, configuration }: ProviderMeans,
): Promise<StoredProvider> {
  mustBeAllowed(actor, 'edit-provider');
  return transact(ground, async (tx, now) => {
    const { accountId } = actor;
    return changingCoverage(tx, accountId, now, async () => {
      const provider = await lockProvider(tx, accountId, name);
      if (provider === undefined) throw noSuchProvider(name);
      const problems = [
        ...(settings === undefined ? [] : [configuration.settings(provider.kind, settings)]),
        ...(credentials === undefined ? [] : [configuration.credentials(provider.kind, credentials)]),
      ].flatMap((read) => (read.ok ? [] : read.problems));
      if (settings !== undefined && credentials === undefined && leadsElsewhere(provider.settings, settings)) {
        const message = 'The address is of another system now. Give the credentials for it too.';
        problems.push({ field: 'credentials', message });
      }
      if (problems.length === 0 && (settings ?? credentials) !== undefined) {
        const kept = credentials ?? (await readable(openCredentials(tx, vault, accountId, name)));
        problems.push(...configuration.both(provider.kind, settings ?? provider.settings, kept));
      }
      if (problems.length > 0) throw Refusal.invalid(problems);
      const change = difference(fieldsOf(provider), {
        settings: JSON.stringify(settings ?? provider.settings),
        enabled: enabled ?? provider.enabled,
      });
      if (change === undefined && credentials === undefined) return provider;
      const changed = await updateProvider(tx, accountId, name, {
        ...(settings === undefined ? {} : { settings }),
        ...(enabled === undefined ? {} : { enabled }),
        ...(credentials === undefined ? {} : { credentials: sealed(accountId, name, credentials, vault) }),
      });
      await record(tx, actor, now, {
        action: 'edit-provider',
        subject: `provider:${name}`,
        before: { ...change?.before },
        after: { ...change?.after, ...(credentials === undefined ? {} : { credentials: Object.keys(credentials) }) },
      });
      return changed;
    });
  });
}

/** Those that cannot be read any more are as good as none. */
async function readable(credentials: ReturnType<typeof openCredentials>): ReturnType<typeof openCredentials> {
  return credentials.catch((error: unknown) => {
    if (error instanceof Unreadable) return {};
    throw error;
  });
}

/** As the record keeps them. */
function fieldsOf({ settings, enabled }: StoredProvider) {
  return { settings: JSON.stringify(settings), enabled };
}

/** Whether kept credentials would be sent where they were not given for. */
function leadsElsewhere(before: ProviderSettings, after: ProviderSettings): boolean {
  const known = origins(before);
  return [...origins(after)].some((origin) => !known.has(origin));
}

function origins(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set(URL.canParse(value) ? [new URL(value).origin] : []);
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.values(value).flatMap((inner: unknown) => [...origins(inner)]));
}
