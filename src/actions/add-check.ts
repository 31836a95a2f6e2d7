import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { LONGEST_NAME, problemsOfName, problemsOfText } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { type Check, checkOfProvider, createCheck } from '../store/checks.ts';
import { takenIn } from '../store/fault.ts';
import { listProviders } from '../store/providers.ts';
import { type Ground, transact } from './action.ts';
import { changingCoverage } from './cover.ts';
import { unknownServices } from './references.ts';

export interface AddCheckInput {
  readonly name: string;
  readonly services: readonly number[];
  readonly provider: string;
  /** The provider's own id; null where the provider is Lull's own register, which gives it one. */
  readonly externalId: string | null;
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

/** @throws Refusal `forbidden`, `invalid`, or `conflict` when that provider's check is there already */
export async function addCheck(ground: Ground, actor: Actor, input: AddCheckInput): Promise<Check> {
  mustBeAllowed(actor, 'add-check');
  const name = input.name.trim();
  const problemsWritten = [
    ...problemsOfName('check', name),
    ...problemsOfText('external_id', input.externalId ?? '', LONGEST_NAME),
    ...input.tags.flatMap((tag) => problemsOfText('tags', tag, LONGEST_NAME)),
  ];
  const taken = () => {
    const message = `There is a check ${input.externalId} of ${input.provider} already. Use that one.`;
    return new Refusal('conflict', message, [{ field: 'external_id', message }]);
  };
  const add = transact(ground, async (tx, now) => {
    const connected = await listProviders(tx, actor.accountId);
    const providers = ['builtin', ...connected.map((provider) => provider.name)];
    const problems = [...problemsWritten];
    if (!providers.includes(input.provider)) {
      const message = `provider is ${JSON.stringify(input.provider)}; expected one of ${providers.join(', ')}.`;
      problems.push({ field: 'provider', message });
    }
    const kind = connected.find((provider) => provider.name === input.provider)?.kind;
    const wrong = kind === undefined ? undefined : ground.problemOfId?.(kind, input.externalId ?? '');
    if (wrong !== undefined) problems.push({ field: 'external_id', message: wrong });
    problems.push(...(await unknownServices(tx, actor.accountId, input.services)));
    if (problems.length > 0) throw Refusal.invalid(problems);
    if (
      input.externalId !== null &&
      (await checkOfProvider(tx, actor.accountId, input.provider, input.externalId)) !== null
    ) {
      throw taken();
    }
    const check = await changingCoverage(tx, actor.accountId, now, () =>
      createCheck(tx, actor.accountId, { ...input, name, services: [...new Set(input.services)] }),
    );
    await record(tx, actor, now, {
      action: 'add-check',
      subject: `check:${check.id}`,
      after: { name, provider: check.provider, external_id: check.externalId, services: check.services },
    });
    return check;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw takenIn(error) === 'checks_account_id_provider_external_id_key' ? taken() : error;
  });
}
