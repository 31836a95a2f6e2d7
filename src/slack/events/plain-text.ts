/** `<@U123>`, `<#C123|ops>`, `<!here>`, `<https://...|label>`: what Slack makes of what people type. */
const MARKUP = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;

/** The people mentioned in a message as Slack sends it, by id, each once. */
export function mentioned(mrkdwn: string): string[] {
  const ids = [...mrkdwn.matchAll(MARKUP)].flatMap(([, sign, id = '']) => (sign === '@' ? [id] : []));
  return [...new Set(ids)];
}

/**
 * The text of a message as its writer saw it, without Slack's markup.
 * @param names of people, by id; where one is missing the label is taken, or the id
 */
export function plainText(mrkdwn: string, names: ReadonlyMap<string, string> = new Map()): string {
  return mrkdwn
    .replace(MARKUP, (_, sign: string, what: string, label = '') => {
      if (sign === '@') return `@${names.get(what) ?? (label || what)}`;
      if (sign === '#') return `#${label || what}`;
      if (sign === '!') return label || `@${what.split('^', 1)[0]}`;
      const address = what.replace(/^mailto:|^tel:/, '');
      return label === '' || label === address || label === what ? address : `${label} (${address})`;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
