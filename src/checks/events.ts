import { z } from 'zod';
import { accountEvent, instant, maintenanceEvent, subject } from '../core/events.ts';

const names = z.array(z.string());
const byOthers = z.object({ checks: names, by: z.array(z.int()) });

/** What happened to the checks of a maintenance, by their names. */
export const maintenanceCheckEvents = [
  maintenanceEvent('maintenance.checks_switched', {
    after: z.object({
      muted: names,
      /** Already muted by the maintenances `by`, and by this one too from now on. */
      shared: z.array(byOthers),
      /** Off before the maintenance, and left off. */
      already_muted: names,
      unmuted: names,
      /** Off before the maintenance, and left off at its end. */
      left_muted: names,
      /** Still muted by the maintenances `by`, until the last of them ends. */
      still_muted: z.array(byOthers.extend({ until: instant })),
      unmuted_by_hand: names,
      failed: z.array(z.object({ check: z.string(), error: z.string(), to: z.enum(['off', 'on']) })),
    }),
  }),
  maintenanceEvent('maintenance.checks_unhealthy', {
    after: z.object({
      maintenance: z.int(),
      name: z.string(),
      still_off: names,
      failing: names,
      /** Of those that fail, those that failed before the window, too. */
      failing_before: names,
      /** Of those that fail, those that passed before the window. Of the others it is not known. */
      failing_since: names,
    }),
  }),
] as const;

const check = z.object({
  name: z.string(),
  provider: z.string(),
  external_id: z.string().nullable(),
  type: z.string().optional(),
  target: z.string().nullable().optional(),
  services: z.array(z.int()),
});
const editableCheck = z
  .object({ name: z.string(), target: z.string().nullable(), tags: names, services: z.array(z.int()) })
  .partial();
const enabled = z.object({ enabled: z.boolean() });

/** The settings of a provider, described by its kind. */
export const providerSettings = z.record(z.string(), z.json());
const provider = z.object({ kind: z.string(), enabled: z.boolean(), settings: providerSettings });
const editableProvider = provider.omit({ kind: true }).partial();
/** The names of the credentials that were set. */
const credentials = names;

export const checkEvents = [
  accountEvent('check.added', { subject: subject('check'), after: check }),
  accountEvent('check.changed', { subject: subject('check'), before: editableCheck, after: editableCheck }),
  accountEvent('check.removed', { subject: subject('check'), before: check }),
  accountEvent('check.switched', { subject: subject('check'), before: enabled, after: enabled }),
  /** All checks of the built-in register that match the patterns. */
  accountEvent('checks.switched', {
    after: enabled.extend({
      label: z.string().nullable(),
      target: z.string().nullable(),
      type: z.string().nullable(),
      checks: names,
    }),
  }),
  accountEvent('provider.added', { subject: subject('provider'), after: provider.extend({ credentials }) }),
  accountEvent('provider.changed', {
    subject: subject('provider'),
    before: editableProvider,
    after: editableProvider.extend({ credentials: credentials.optional() }),
  }),
  accountEvent('provider.removed', {
    subject: subject('provider'),
    before: provider,
    after: z.object({ checks_removed: z.int(), checks_left_as_they_are: z.int() }),
  }),
  accountEvent('provider.synced', {
    subject: subject('provider'),
    before: z.object({ removed: names, changed: names }),
    after: z.object({
      checks_added: z.int(),
      checks_removed: z.int(),
      checks_changed: z.int(),
      added: names,
      changed: names,
    }),
  }),
] as const;
