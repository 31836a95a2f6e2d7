import { difference } from '../domain/difference.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { LONGEST_NAME, problemsOfName, problemsOfText } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { type Check, findCheck, updateCheck } from '../store/checks.ts';
import { listServices } from '../store/services.ts';
import { takeTurn } from '../store/turns.ts';
import { type Ground, transact } from './action.ts';
import { changingCoverage } from './cover.ts';
import { noSuchCheck } from './remove-check.ts';

/** What is not named stays as it is. What it is in its monitoring system is changed there. */
export interface CheckEdit {
  readonly name?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** The ids of its services. */
  readonly services?: readonly number[] | undefined;
}

/**
 * Changes what Lull knows of a check. Windows in progress follow at once.
 * @throws Refusal `forbidden`, `not-found`, or `invalid` with every field that is wrong
 */
export async function editCheck(ground: Ground, actor: Actor, id: string, edit: CheckEdit): Promise<Check> {
  mustBeAllowed(actor, 'edit-check');
  return transact(ground, async (tx, now) => {
    await takeTurn(tx, actor.accountId, `check:${id}`);
    const check = await findCheck(tx, actor.accountId, id);
    if (check === null) throw noSuchCheck(id);
    const name = edit.name?.trim() ?? check.name;
    const tags = [...new Set(edit.tags ?? check.tags)];
    const services = [...new Set(edit.services ?? check.services)].sort((a, b) => a - b);
    const known = new Set((await listServices(tx, actor.accountId, { ids: services })).map((service) => service.id));
    const missing = services.filter((service) => !known.has(service));
    const problems = [
      ...problemsOfName('check', name),
      ...tags.flatMap((tag) => problemsOfText('tags', tag, LONGEST_NAME)),
      ...(missing.length === 0
        ? []
        : [{ field: 'services', message: `There is no service with id ${missing.join(', ')}.` }]),
    ];
    if (problems.length > 0) throw Refusal.invalid(problems);
    const change = difference(
      { name: check.name, tags: check.tags, services: [...check.services].sort((a, b) => a - b) },
      { name, tags, services },
    );
    if (change === undefined) return check;
    await changingCoverage(tx, actor.accountId, now, () =>
      updateCheck(tx, actor.accountId, id, { name, tags }, services),
    );
    await record(tx, actor, now, { action: 'edit-check', subject: `check:${id}`, ...change });
    return (await findCheck(tx, actor.accountId, id)) ?? check;
  });
}
