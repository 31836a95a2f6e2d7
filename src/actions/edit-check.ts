import { difference } from '../domain/difference.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { LONGEST_NAME, problemsOfName, problemsOfText } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { type Check, findCheck, updateCheck } from '../store/checks.ts';
import type { Queries } from '../store/database.ts';
import { takeTurn } from '../store/turns.ts';
import { type Ground, transact } from './action.ts';
import { changingCoverage } from './cover.ts';
import { unknownServices } from './references.ts';
import { noSuchCheck } from './remove-check.ts';
import { switchCheck } from './switch-checks.ts';

/** What is not named stays as it is. What it is in its monitoring system is changed there. */
export interface CheckEdit {
  readonly name?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** The ids of its services. */
  readonly services?: readonly number[] | undefined;
  /** Switches one of Lull's own register, which needs less than the rest. */
  readonly enabled?: boolean | undefined;
}

/**
 * Changes what Lull knows of a check, as a whole or not at all. Windows in progress follow at once.
 * @throws Refusal `forbidden`, `not-found`, `invalid` with every field that is wrong, or `conflict` for one that is to be
 *   switched and that its own monitoring system switches
 */
export async function editCheck(ground: Ground, actor: Actor, id: string, edit: CheckEdit): Promise<Check> {
  const { enabled, ...knowledge } = edit;
  if (enabled !== undefined) mustBeAllowed(actor, 'switch-check');
  const switchesAlone = enabled !== undefined && Object.values(knowledge).every((value) => value === undefined);
  if (!switchesAlone) mustBeAllowed(actor, 'edit-check');
  return transact(ground, async (tx, now) => {
    await takeTurn(tx, actor.accountId, `check:${id}`);
    const check = await findCheck(tx, actor.accountId, id);
    if (check === null) throw noSuchCheck(id);
    if (!switchesAlone) await change(tx, actor, check, knowledge, now);
    if (enabled !== undefined) await switchCheck(tx, actor, check, enabled, now);
    return (await findCheck(tx, actor.accountId, id)) ?? check;
  });
}

async function change(
  tx: Queries,
  actor: Actor,
  check: Check,
  edit: Omit<CheckEdit, 'enabled'>,
  now: Date,
): Promise<void> {
  const name = edit.name?.trim() ?? check.name;
  const tags = [...new Set(edit.tags ?? check.tags)];
  const services = [...new Set(edit.services ?? check.services)].sort((a, b) => a - b);
  const problems = [
    ...problemsOfName('check', name),
    ...tags.flatMap((tag) => problemsOfText('tags', tag, LONGEST_NAME)),
    ...(await unknownServices(tx, actor.accountId, services)),
  ];
  if (problems.length > 0) throw Refusal.invalid(problems);
  const changed = difference(
    { name: check.name, tags: check.tags, services: [...check.services].sort((a, b) => a - b) },
    { name, tags, services },
  );
  if (changed === undefined) return;
  await changingCoverage(tx, actor.accountId, now, () =>
    updateCheck(tx, actor.accountId, check.id, { name, tags }, services),
  );
  await record(tx, actor, now, { action: 'edit-check', subject: `check:${check.id}`, ...changed });
}
