import { makeToken } from '../../actions/make-token.ts';
import { revokeToken, tokensFor } from '../../actions/revoke-token.ts';
import { RIGHTS } from '../../domain/tokens.ts';
import { listScopes } from '../../store/scopes.ts';
import type { SlackContext } from '../context.ts';
import { answer, refusal } from '../messages/answers.ts';
import { quote } from '../messages/blocks.ts';
import { madeToken, tokenList } from '../messages/tokens.ts';
import type { Person } from '../people.ts';
import { type Entry, once, type Run } from './command.ts';
import { mustBeNamed } from './places.ts';

/** Tokens for tools that use the HTTP interface. */
export const tokens: readonly Entry[] = [
  { form: /^tokens?(?:\s+list)?$/i, run: (context, person) => list(context, person) },
  { form: /^tokens?\s+(?:revoke|remove|delete)\s+#?(\d{1,9})$/i, run: (...asked) => revoke(...asked) },
  { form: /^tokens?\s+(?:add|make|new|create)\s+([\s\S]+)$/i, run: (...asked) => make(...asked) },
];

/** `deploys write in Production for 90 days`: all after the name may be left out. */
const NEW = /^(.+?)(?:\s+(read|write|admin))?(?:\s+in\s+(.+?))?(?:\s+for\s+(?:(\d{1,5})\s*d(?:ays?)?|(ever)))?$/i;

async function list(context: SlackContext, { actor }: Person) {
  return tokenList(await tokensFor(context.ground, actor), await namedScopes(context, actor.accountId));
}

const revoke: Run = async ({ ground }, { actor }, [id]) => {
  const { name } = await revokeToken(ground, actor, Number(id));
  return answer(`Revoked: ${quote(name, 60)}. The next request with it is refused.`);
};

const make: Run = async (context, person, [said = ''], asked) => {
  const [, name = '', rights, scope, days, ever] = NEW.exec(said.trim()) ?? [];
  if (name === '') return refusal('A token needs a name.', '/maintenance tokens add deploys write for 90 days');
  const place = scope === undefined ? undefined : await mustBeNamed(context, person, scope, 'scope');
  const made = await makeToken(
    context.ground,
    person.actor,
    {
      name,
      rights: RIGHTS.find((right) => right === rights?.toLowerCase()) ?? 'read',
      scopes: place === undefined ? null : [place.id],
      ...(days === undefined ? {} : { expiresAfterDays: Number(days) }),
      ...(ever === undefined ? {} : { expiresAfterDays: null }),
    },
    once(asked),
  );
  return made && madeToken(made.token, made.text, await namedScopes(context, person.actor.accountId));
};

async function namedScopes({ ground }: SlackContext, accountId: number): Promise<ReadonlyMap<number, string>> {
  return new Map((await listScopes(ground.database, accountId)).map(({ id, name }) => [id, name]));
}
