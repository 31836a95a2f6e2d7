import type { z } from 'zod';
import type { ProviderContext, ProviderKind } from '../../kind.ts';
import type { Provider } from '../../provider.ts';
import { downtimeDescription, switchDescription } from '../description.ts';
import { downtimes } from '../downtimes.ts';
import { switches } from '../switches.ts';
import { System } from '../system.ts';

/** How long after the planned end a downtime ends by itself (minutes). */
const MARGIN = 10;

/**
 * A system that is described already. It was written from its documentation, with a peer that answers as that says, and
 * not tried against the live service.
 */
export interface Preset<S extends z.ZodObject, C extends z.ZodObject> {
  readonly kind: string;
  readonly title: string;
  /** What it was written from. */
  readonly documentation: readonly string[];
  readonly settings: S;
  /** Each field is a text, which its name in braces stands for. */
  readonly credentials: C;
  /** What differs by the settings is in the addresses and the headers. */
  readonly describe: (settings: z.output<S>) => PresetDescription;
}

export type PresetDescription =
  | ({ readonly form: 'switch' } & z.input<typeof switchDescription>)
  | ({ readonly form: 'downtime' } & z.input<typeof downtimeDescription>);

/** The kind of provider that a description makes. */
export function presetKind<S extends z.ZodObject, C extends z.ZodObject>(ready: Preset<S, C>): ProviderKind<S, C> {
  const { kind, title, documentation, settings, credentials, describe } = ready;
  return {
    kind,
    title,
    writtenFrom: documentation,
    settings,
    credentials,
    addresses: (given) => Object.values(describe(given)).flatMap(addressOf),
    connect: (given, secrets, reach) => connect(title, describe(given), secrets, reach),
  };
}

function addressOf(part: unknown): string[] {
  return typeof part === 'object' && part !== null && 'url' in part && typeof part.url === 'string' ? [part.url] : [];
}

function connect(title: string, described: PresetDescription, secrets: object, reach: ProviderContext): Provider {
  const given = Object.entries(secrets).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  const values: Record<string, string> = Object.fromEntries(given);
  const asked = { title, fetch: reach.fetch, secrets: Object.values(values) };
  if (described.form === 'switch') {
    const { form, ...rest } = described;
    const description = switchDescription.parse(rest);
    return switches(new System(asked, description.headers, values), description);
  }
  const { form, ...rest } = described;
  const description = downtimeDescription.parse(rest);
  return downtimes(new System(asked, description.headers, values), description, reach, MARGIN);
}
