import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { problemsOfName } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { type Check, checkOfProvider, createCheck, listServices } from '../store/catalogue.ts';
import { type Ground, transact } from './action.ts';

export interface AddCheckInput {
  readonly name: string;
  readonly services: readonly number[];
  readonly provider: string;
  /** The provider's own id; null where the provider is Lull's own register, which gives it one. */
  readonly externalId: string | null;
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

/**
 * @param providers the names of the providers that are configured
 * @throws Refusal `forbidden`, `invalid`, or `conflict` when that provider's check is there already
 */
export async function addCheck(
  ground: Ground,
  actor: Actor,
  input: AddCheckInput,
  providers: readonly string[],
): Promise<Check> {
  mustBeAllowed(actor, 'add-check');
  const name = input.name.trim();
  const problems = problemsOfName('check', name);
  if (!providers.includes(input.provider)) {
    problems.push({
      field: 'provider',
      message: `provider is ${JSON.stringify(input.provider)}; expected one of ${providers.join(', ')}.`,
    });
  }
  return transact(ground, async (tx, now) => {
    const known = new Set((await listServices(tx, actor.accountId, { ids: input.services })).map(({ id }) => id));
    const missing = input.services.filter((id) => !known.has(id));
    if (missing.length > 0) {
      problems.push({ field: 'services', message: `There is no service with id ${missing.join(', ')}.` });
    }
    if (problems.length > 0) throw Refusal.invalid(problems);
    if (
      input.externalId !== null &&
      (await checkOfProvider(tx, actor.accountId, input.provider, input.externalId)) !== null
    ) {
      const message = `There is a check ${input.externalId} of ${input.provider} already.`;
      throw new Refusal('conflict', message, [{ field: 'external_id', message }]);
    }
    const check = await createCheck(tx, actor.accountId, { ...input, name, services: [...known] });
    await record(tx, actor, now, {
      action: 'add-check',
      subject: `check:${check.id}`,
      after: { name, provider: check.provider, external_id: check.externalId, services: check.services },
    });
    return check;
  });
}
