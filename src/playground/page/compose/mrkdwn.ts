import type { Channel, Person } from '../../protocol.ts';

/** The text of a message as its author would type it again. */
export function fromMrkdwn(text: string, people: readonly Person[], channels: readonly Channel[]): string {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id: string) => {
      const person = people.find((each) => each.id === id);
      return person ? `@${person.name}` : whole;
    })
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (whole, id: string, label?: string) => {
      const name = channels.find((each) => each.id === id)?.name ?? label;
      return name ? `#${name}` : whole;
    })
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** A line that begins with a slash as a command and the rest; `undefined` for any other text. */
export function parseCommand(typed: string): { readonly command: string; readonly text: string } | undefined {
  const found = /^(\/\S+)\s*([\s\S]*)$/.exec(typed);
  if (!found?.[1]) return undefined;
  return { command: found[1], text: (found[2] ?? '').trimEnd() };
}
