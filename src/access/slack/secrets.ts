import type { Actor } from '../../core/permissions.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { context, formatList, type Message, quote, section, successMessage } from '../../slack/blocks.ts';
import type { Entry, Run } from '../../slack/command.ts';

/** What tokens and secret calendars have in common: people create them, see the secret once, and revoke them. */
interface Secret {
  readonly id: number;
  readonly name: string;
  readonly createdBy: { readonly name: string };
}

interface SecretKind {
  readonly list: Run;
  /** Runs with what follows `add`. */
  readonly create: Run;
  readonly revoke: (ctx: ActionContext, actor: Actor, id: number) => Promise<Secret>;
  readonly revoked: (name: string) => string;
}

/** The commands to list, create and revoke secrets. @param word a pattern of their first word */
export function secretCommands(word: string, { list, create, revoke, revoked }: SecretKind): readonly Entry[] {
  const command = (rest: string, run: Run): Entry => ({ form: new RegExp(`^${word}${rest}$`, 'i'), run });
  return [
    command(String.raw`(?:\s+list)?`, list),
    command(String.raw`\s+(?:add|make|new|create)\s+([\s\S]+)`, create),
    command(String.raw`\s+(?:revoke|remove|delete)\s+#?(\d{1,9})`, async ({ ctx }, { actor }, [id]) =>
      successMessage(revoked(quote((await revoke(ctx, actor, Number(id))).name, 60))),
    ),
  ];
}

/**
 * @param describe says what a secret is for, and how it is used, in mrkdwn
 * @param texts `help`: how to create and revoke one
 */
export function secretList<T extends Secret>(
  headings: readonly string[],
  secrets: readonly T[],
  describe: (secret: T) => { readonly about: string; readonly used?: string },
  texts: { readonly title: string; readonly help: string },
): Message {
  const lines = formatList(secrets, 20, (secret) => {
    const { id, name, createdBy } = secret;
    const { about, used } = describe(secret);
    const maker = quote(createdBy.name, 40);
    return `• ${id} *${quote(name, 60)}*: ${about}; made by ${maker}${used === undefined ? '' : `, ${used}`}`;
  });
  return { text: texts.title, blocks: [section([...headings, ...lines].join('\n')), context([texts.help])] };
}

/** For the person who created a secret; nobody sees it again. @param copy tells to copy it, and shows it */
export function secretCreatedMessage(
  { id, name }: Secret,
  about: string,
  copy: readonly string[],
  texts: { readonly created: (name: string) => string; readonly createdHelp: (id: number) => string },
): Message {
  const text = section([`*${quote(name, 60)}*: ${about}.`, ...copy].join('\n'));
  return { text: texts.created(quote(name, 60)), blocks: [text, context([texts.createdHelp(id)])] };
}

/** The names of things by their ids. @param kind for a thing that was removed: "scope 4" */
export function findNames(ids: readonly number[], things: readonly { id: number; name: string }[], kind: string) {
  return ids.map((id) => things.find((thing) => thing.id === id)?.name ?? `${kind} ${id}`);
}
