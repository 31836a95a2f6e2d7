import { z } from 'zod';
import type { CheckState } from '../rules.ts';
import type { DowntimeState, Provider, ProviderContext, Target } from './provider.ts';
import { switchEach } from './requests.ts';

/** The author of all downtimes of Lull's. */
export const AUTHOR = 'Lull';
export const DEFAULT_MARGIN_MINUTES = 10;
const MAX_NAMED_WINDOWS = 3;
const MAX_WINDOW_NAME_CHARS = 100;

/** @param what `silence` or `downtime` */
export const marginSetting = (what: string) =>
  z
    .int()
    .min(1)
    .max(24 * 60)
    .default(DEFAULT_MARGIN_MINUTES)
    .describe(`How long after the planned end a ${what} ends by itself (minutes), should Lull not live to end it.`);

/** The end of a comment of Lull's, by which its downtimes are recognized without any memory. */
export interface DowntimeMark {
  /** Lull's id of the check. */
  readonly check: string;
  /** The end it was created with; null once Lull removes it. */
  readonly ends: Date | null;
}

/** The end of a new downtime, and its comment for people and for Lull. */
export function describeDowntime(
  { id, until, windows }: DowntimeState,
  { publicUrl, now }: ProviderContext,
  marginMinutes: number,
): { readonly ends: Date; readonly comment: string } {
  const ends = new Date(Math.max(until.getTime(), now().getTime()) + marginMinutes * 60_000);
  const named = windows.slice(0, MAX_NAMED_WINDOWS).map((window) => {
    const name = window.name.slice(0, MAX_WINDOW_NAME_CHARS);
    return `Planned maintenance ${window.id}, ${name}: ${publicUrl}/maintenances/${window.id}`;
  });
  if (windows.length > named.length) named.push(`and ${windows.length - named.length} more`);
  const mark = `put by ${AUTHOR} for check ${id} of ${publicUrl}, ends ${ends.toISOString()}`;
  return { ends, comment: `${named.join('; ')} (${mark})` };
}

/** The comment of a downtime that Lull removes, where its system still shows it. */
function removalComment(id: string, publicUrl: string): string {
  return `The planned maintenance is over (put by ${AUTHOR} for check ${id} of ${publicUrl}, taken away)`;
}

const MARK = /\(put by Lull for check (\S+) of (\S+), (?:ends (\S+)|taken away)\)$/;

/** @returns undefined for a comment of others, such as another installation with a copy of the database */
export function readMark(comment: string, publicUrl: string): DowntimeMark | undefined {
  const [, check, installation, ends] = MARK.exec(comment) ?? [];
  if (check === undefined || installation !== publicUrl) return undefined;
  return { check, ends: ends === undefined ? null : new Date(ends) };
}

/** Groups downtimes by the check in their marks. */
export function groupByCheck<D extends { readonly mark: DowntimeMark }>(downtimes: readonly D[]): Map<string, D[]> {
  const groups = new Map<string, D[]>();
  for (const each of downtimes) groups.set(each.mark.check, [...(groups.get(each.mark.check) ?? []), each]);
  return groups;
}

/** A downtime of Lull's, as its system shows it. */
export interface OwnDowntime {
  readonly mark: DowntimeMark;
  readonly comment: string;
  /** Not ended, expired or canceled. */
  readonly inForce: boolean;
  /** Its end, if the system shows it. */
  readonly endsAt?: Date;
}

/** A system that shows downtimes after they ended, with their comments. */
interface DowntimeSystem<D extends OwnDowntime> {
  /** Every downtime of Lull's. */
  list(signal: AbortSignal): Promise<readonly D[]>;
  /** Whether a downtime is for the check with this id of the provider. */
  covers(downtime: D, externalId: string): boolean;
  /** Whether somebody removed one of these downtimes of a check, none of which is in force. */
  removedByHand(downtimes: readonly D[]): boolean;
  /** Creates a downtime, or changes the one that is there already. */
  save(
    check: DowntimeState,
    existing: D | undefined,
    values: { readonly ends: Date; readonly comment: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** Changes the comment first and then ends it: one that ended with its first comment was removed by hand. */
  remove(downtime: D, comment: string, signal: AbortSignal): Promise<void>;
}

/** Servers may store an end less exactly than it was given. */
const ROUNDING_MS = 1_000;

/** Whether somebody gave a downtime another end than Lull did. */
function hasOtherEnd({ mark, endsAt }: OwnDowntime): boolean {
  return mark.ends !== null && endsAt !== undefined && Math.abs(endsAt.getTime() - mark.ends.getTime()) > ROUNDING_MS;
}

/** A provider with one downtime of Lull's for each check. */
export function downtimeProvider<D extends OwnDowntime>(
  system: DowntimeSystem<D>,
  context: ProviderContext,
  { marginMinutes, concurrency }: { readonly marginMinutes: number; readonly concurrency?: number },
) {
  const listOwn = async (signal: AbortSignal) => groupByCheck(await system.list(signal));
  const inForce = (downtimes: readonly D[] = []) => downtimes.filter((each) => each.inForce && !hasOtherEnd(each));
  /** Those in force for a check, without those that somebody edited since: they are that person's. */
  const untouched = (downtimes: readonly D[] | undefined, externalId: string) =>
    inForce(downtimes).filter((each) => each.mark.ends === null || system.covers(each, externalId));
  const remove = (downtime: D, signal: AbortSignal) =>
    system.remove(downtime, removalComment(downtime.mark.check, context.publicUrl), signal);
  const stateOf = (downtimes: readonly D[] = [], externalId: string): CheckState | undefined => {
    if (untouched(downtimes, externalId).some(({ mark }) => mark.ends !== null)) return 'off';
    const isEdited = downtimes.some((each) => each.inForce && each.mark.ends !== null);
    return isEdited || system.removedByHand(downtimes) ? 'on' : undefined;
  };
  return {
    form: 'downtime',
    async read(targets, signal) {
      const own = await listOwn(signal);
      const states = targets.map(({ id, externalId }) => [id, stateOf(own.get(id), externalId)] as const);
      return new Map(states.flatMap(([id, state]) => (state === undefined ? [] : [[id, state]])));
    },
    async present(signal) {
      const own = await listOwn(signal);
      return new Set([...own].filter(([, downtimes]) => inForce(downtimes).length > 0).map(([id]) => id));
    },
    async switchOff(targets, signal, stop) {
      const own = await listOwn(signal);
      const mute = async (check: DowntimeState) => {
        const present = untouched(own.get(check.id), check.externalId);
        const kept = present.find((each) => each.mark.ends !== null);
        const values = describeDowntime(check, context, marginMinutes);
        await system.save(check, kept, values, signal);
        for (const each of present) if (each !== kept) await remove(each, signal);
      };
      return switchEach(targets, signal, mute, { concurrency, stop });
    },
    async switchOn(targets, signal, stop) {
      const own = await listOwn(signal);
      const unmute = async ({ id, externalId }: Target) => {
        for (const each of untouched(own.get(id), externalId)) await remove(each, signal);
      };
      return switchEach(targets, signal, unmute, { concurrency, stop });
    },
  } satisfies Provider;
}
