import type { z } from 'zod';
import type { ProviderContext, ProviderKind } from '../../kind.ts';
import type { Provider } from '../../provider.ts';
import { downtimeDescription, switchDescription } from '../description.ts';
import { downtimes } from '../downtimes.ts';
import { switches } from '../switches.ts';
import { System } from '../system.ts';

/** How long after the planned end of a window its downtime ends by itself. */
const MARGIN_MINUTES = 10;

/**
 * The description of one monitoring system's REST API. It is written from the documentation and tested against a server that
 * answers as documented, not against the live service.
 */
export interface Preset<S extends z.ZodObject, C extends z.ZodObject> {
  readonly kind: string;
  readonly title: string;
  /** The pages it was written from. */
  readonly documentation: readonly string[];
  readonly settings: S;
  /** Each field is a text. `{name}` in the description stands for it. */
  readonly credentials: C;
  /** Settings change addresses and headers only. */
  readonly describe: (settings: z.output<S>) => PresetDescription;
}

export type PresetDescription =
  | ({ readonly form: 'switch' } & z.input<typeof switchDescription>)
  | ({ readonly form: 'downtime' } & z.input<typeof downtimeDescription>);

/** Makes a kind of provider from a description. */
export function presetKind<S extends z.ZodObject, C extends z.ZodObject>(preset: Preset<S, C>): ProviderKind<S, C> {
  const { kind, title, documentation, settings, credentials, describe } = preset;
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
  return downtimes(new System(asked, description.headers, values), description, reach, MARGIN_MINUTES);
}
