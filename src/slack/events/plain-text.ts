import type { SlackContext } from '../context.ts';

/** `<@U123>`, `<#C123|ops>`, `<!here>`, `<https://...|label>`: what Slack makes of what people type. */
const MARKUP = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;

/** What of Slack's markup is kept. */
interface Kept {
  readonly keepChannels?: boolean;
}

/** The people mentioned in a message as Slack sends it, by id, each once. */
export function mentioned(mrkdwn: string): string[] {
  const ids = [...mrkdwn.matchAll(MARKUP)].flatMap(([, sign, id = '']) => (sign === '@' ? [id] : []));
  return [...new Set(ids)];
}

/**
 * The text of a message as its writer saw it, without Slack's markup.
 * @param names of people, by id; where one is missing the label is taken, or the id
 * @param kept what stays as Slack sends it, for whoever needs the ids
 */
export function plainText(
  mrkdwn: string,
  names: ReadonlyMap<string, string> = new Map(),
  { keepChannels = false }: Kept = {},
): string {
  return mrkdwn
    .replace(MARKUP, (markup: string, sign: string, what: string, label = '') => {
      if (sign === '@') return `@${names.get(what) ?? (label || what)}`;
      if (sign === '#') return keepChannels ? markup : `#${label || what}`;
      if (sign === '!') return label || `@${what.split('^', 1)[0]}`;
      const address = what.replace(/^mailto:|^tel:/, '');
      return label === '' || label === address || label === what ? address : `${label} (${address})`;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** People rarely mention more at once; the others keep their label or their id. */
const MOST_NAMED = 20;

/** The text of a message as people read it, with the names that those mentioned have in Slack. */
export async function asRead({ people, workspace }: SlackContext, mrkdwn: string, kept: Kept = {}): Promise<string> {
  const names = new Map<string, string>();
  await Promise.all(
    mentioned(mrkdwn)
      .slice(0, MOST_NAMED)
      .map(async (id) => {
        const found = await people.find(workspace, id).catch(() => undefined);
        if (found !== undefined) names.set(id, found.actor.name);
      }),
  );
  return plainText(mrkdwn, names, kept).trim();
}
