import { problemsOfAdHoc, windowFrom } from '../domain/ad-hoc.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { type AdHoc, type AdHocValues, insertAdHoc } from '../store/ad-hocs.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import { newKey } from '../store/key.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, holdToScopes, transact } from './action.ts';
import { needsApproval } from './ask-approval.ts';
import { unknownReferences } from './references.ts';
import { scheduleIn } from './schedule.ts';

/** A one-off window that waits, or the maintenance that it has become. */
export type AdHocState = { readonly waiting: AdHoc } | { readonly begun: Maintenance };

/** What it covers, for the rules that ask: checks alone. */
const onChecks = (checks: readonly string[]) => ({ scopeId: null, services: [], checks });

/**
 * Keeps a one-off window that waits until somebody enables it, or begins it at once.
 * @throws Refusal `forbidden`, `invalid` with every field that is wrong, or, enabled, what `enableAdHoc` throws
 */
export async function addAdHoc(
  ground: Ground,
  actor: Actor,
  { enabled, ...input }: AdHocValues & { readonly enabled: boolean },
): Promise<AdHocState> {
  mustBeAllowed(actor, 'schedule');
  return transact(ground, async (tx, now) => {
    const key = newKey(5);
    const values = await checkedAdHoc(tx, actor, input);
    if (enabled) return { begun: await enableAdHoc(tx, actor, key, values, now) };
    const waiting = await insertAdHoc(tx, actor.accountId, key, values, actor.name, now);
    const { name, durationMinutes: duration_minutes, checks } = values;
    await record(tx, actor, now, {
      action: 'add-ad-hoc',
      subject: `ad-hoc:${key}`,
      after: { name, duration_minutes, checks: [...checks] },
    });
    return { waiting };
  });
}

/** @throws Refusal `invalid` with every field that is wrong, or `forbidden` to somebody who is limited to other scopes */
export async function checkedAdHoc(tx: Queries, actor: Actor, input: AdHocValues): Promise<AdHocValues> {
  const values = { ...input, name: input.name.trim(), checks: [...new Set(input.checks)] };
  const problems = [
    ...problemsOfAdHoc(values),
    ...(await unknownReferences(tx, actor.accountId, onChecks(values.checks))),
  ];
  if (problems.length > 0) throw Refusal.invalid(problems);
  await holdToScopes(tx, actor, onChecks(values.checks));
  return values;
}

/**
 * Makes it a maintenance that begins now, in the caller's transaction. It is internal, as what monitors are told is.
 * @throws Refusal `forbidden`, or `conflict` when a second person has to approve it; Frozen when a freeze blocks it
 */
export async function enableAdHoc(
  tx: Queries,
  actor: Actor,
  key: string,
  { name, durationMinutes, checks }: AdHocValues,
  now: Date,
): Promise<Maintenance> {
  mustBeAllowed(actor, 'start');
  if (await needsApproval(tx, actor.accountId, onChecks(checks))) {
    throw new Refusal(
      'conflict',
      'These checks are in a scope whose maintenance a second person approves, so it cannot begin at once. Schedule it ahead of time.',
    );
  }
  const window = {
    ...windowFrom(now, { durationMinutes }),
    ...onChecks(checks),
    name,
    timezone: 'UTC',
    serviceStatus: 'down',
    visibility: 'internal',
    description: '',
    externalReference: null,
    externalLink: null,
    channels: [],
    adHocKey: key,
  } as const;
  return scheduleIn(tx, actor, window, now);
}
