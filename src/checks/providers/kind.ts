import type { z } from 'zod';
import type { Problem } from '../../core/errors.ts';
import type { Fetch } from '../../platform/outbound/client.ts';
import type { Provider } from './provider.ts';

/** What a provider is given to reach its system with. */
export interface ProviderContext {
  /**
   * Like the global one, and the only way out: addresses that people set go through the guard (src/outgoing), answers are
   * limited in size, and no redirect leads to where a request may not go.
   */
  readonly fetch: Fetch;
  /** Where people reach Lull, without a slash at the end: for links in what is left over there. */
  readonly publicUrl: string;
  readonly now: () => Date;
}

/**
 * One kind of monitoring system: what has to be said to connect to one, and how. Each folder beside this file exports one.
 *
 * Settings are shown and audited; credentials are sealed in the database and never shown. Both are objects with fields that
 * people fill in: `.describe()` each, in one sentence for the form and the documentation.
 */
export interface ProviderKind<S extends z.ZodObject = z.ZodObject, C extends z.ZodObject = z.ZodObject> {
  /** As stored and written by people: `nodeping`. */
  readonly kind: string;
  /** As read by people: `NodePing`. */
  readonly title: string;
  /** The documentation it was written from, where it was never tried against the live service. */
  readonly writtenFrom?: readonly string[];
  readonly settings: S;
  readonly credentials: C;
  /** Every address that requests are sent to. A secret of the environment is only accepted if it is bound to their hosts. */
  addresses(settings: z.output<S>): readonly string[];
  /** What is wrong with the two together, each of which is right by itself. Absent: nothing can be. */
  problemsOfBoth?(settings: z.output<S>, credentials: z.output<C>): readonly Problem[];
  /** Why a check can have no such id over there, in a sentence; undefined when it may. Absent: any text may be one. */
  problemOfId?(externalId: string): string | undefined;
  /** No I/O yet. */
  connect(settings: z.output<S>, credentials: z.output<C>, reach: ProviderContext): Provider;
}
