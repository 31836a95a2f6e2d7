import type { ActionsBlock, Button, ContextBlock, HeaderBlock, KnownBlock, SectionBlock } from '@slack/types';
import { withoutBidi, withoutHidden } from '../core/hidden-controls.ts';
import { helpTexts } from '../texts/slack-help.ts';
import { kitMessages } from '../texts/slack-messages.ts';

/** Slack's limits, in characters and items (https://docs.slack.dev/reference/block-kit). */
export const SLACK_LIMITS = {
  header: 150,
  section: 3000,
  field: 2000,
  fields: 10,
  contextElements: 10,
  buttonText: 75,
  messageText: 4000,
  /** All text of a message: `msg_blocks_too_long` has been seen from about 11,000. */
  message: 9000,
  modalTitle: 24,
  optionText: 75,
  options: 100,
} as const;

/** At most `most` characters, with an ellipsis if something was cut. Never half a surrogate pair. */
export function shorten(whole: string, most: number): string {
  const text = withoutBidi(whole);
  if (text.length <= most) return text.toWellFormed();
  const cut = text.slice(0, most - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`.toWellFormed();
}

/** As `shorten`, for mrkdwn: never half an entity or a `<...>`. */
export function truncateBlocks(mrkdwn: string, most: number): string {
  if (mrkdwn.length <= most) return mrkdwn;
  return `${shorten(mrkdwn, most)
    .slice(0, -1)
    .replace(/(<[^>]*|&[a-z]{0,3})$/, '')}…`;
}

/** Slack reads these as mentions even in plain text, unless an invisible joiner separates them. */
const EVERYBODY = /@(?=(?:here|channel|everyone|group)\b)/gi;

/** Text that somebody wrote, with nothing in it that Slack reads as a mention, a link or an entity, or that nobody sees. */
export function escapeMrkdwn(text: string): string {
  return withoutHidden(text)
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(EVERYBODY, '@\u2060');
}

/** As `escapeMrkdwn`, in at most `most` characters. */
export function quote(text: string, most: number): string {
  let kept = shorten(text, most);
  // Escaping makes text longer, so it is shortened before.
  while (escapeMrkdwn(kept).length > most)
    kept = shorten(kept, kept.length - Math.ceil((escapeMrkdwn(kept).length - most) / 5) - 1);
  return escapeMrkdwn(kept);
}

/** A list of names, with the number of those that do not fit in `most` characters. */
export function formatNames(all: readonly string[], most: number): string {
  const parts: string[] = [];
  let length = 0;
  for (const [index, name] of all.entries()) {
    const part = quote(name, 100);
    const rest = ` and ${all.length - index} more`;
    if (length + part.length + 2 + rest.length > most)
      return index === 0 ? `${all.length} in all` : parts.join(', ') + rest;
    parts.push(part);
    length += part.length + 2;
  }
  return parts.join(', ');
}

/** A line for each of the first `most`, and one with the number of the others. */
export function formatList<T>(all: readonly T[], most: number, line: (each: T) => string): string[] {
  const rest = all.length - most;
  return [...all.slice(0, most).map((each) => line(each)), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

/** A mention of a person in Slack; the name of a person from another interface. */
export function mentionPerson({ id, name }: { readonly id: string; readonly name: string }): string {
  return /^[UW][A-Z0-9]{2,}$/.test(id) ? `<@${id}>` : quote(name, 100);
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text: shorten(text, SLACK_LIMITS.header), emoji: true } };
}

/** A section of mrkdwn; the caller escapes what people wrote. */
export function section(text: string): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: truncateBlocks(text, SLACK_LIMITS.section) } };
}

/** Lines of mrkdwn in as few sections as possible; each line is shorter than a section. */
export function sections(lines: readonly string[]): SectionBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= SLACK_LIMITS.section)
      texts.splice(-1, 1, `${last}\n${line}`);
    else texts.push(line);
  }
  return texts.map(section);
}

export function fields(texts: readonly string[]): SectionBlock {
  return {
    type: 'section',
    fields: texts
      .slice(0, SLACK_LIMITS.fields)
      .map((text) => ({ type: 'mrkdwn', text: truncateBlocks(text, SLACK_LIMITS.field) })),
  };
}

export function context(texts: readonly string[]): ContextBlock {
  return {
    type: 'context',
    elements: texts
      .slice(0, SLACK_LIMITS.contextElements)
      .map((text) => ({ type: 'mrkdwn', text: truncateBlocks(text, SLACK_LIMITS.field) })),
  };
}

export function actions(id: string, buttons: readonly Button[]): ActionsBlock {
  return { type: 'actions', block_id: id, elements: [...buttons] };
}

export function button(
  actionId: string,
  text: string,
  value: string,
  more: { style?: 'primary' | 'danger'; confirm?: { title: string; text: string; yes: string; no: string } } = {},
): Button {
  const style = more.style === undefined ? {} : { style: more.style };
  return {
    type: 'button',
    action_id: actionId,
    text: { type: 'plain_text', text: shorten(text, SLACK_LIMITS.buttonText), emoji: true },
    value,
    ...style,
    ...(more.confirm === undefined
      ? {}
      : {
          confirm: {
            title: { type: 'plain_text', text: shorten(more.confirm.title, 100) },
            text: { type: 'plain_text', text: shorten(more.confirm.text, 300) },
            confirm: { type: 'plain_text', text: shorten(more.confirm.yes, 30) },
            deny: { type: 'plain_text', text: shorten(more.confirm.no, 30) },
            ...style,
          },
        }),
  };
}

export const divider: KnownBlock = { type: 'divider' };

export interface Message {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** Of a message in a thread: show it in the channel too. */
  readonly broadcast?: boolean;
}

/** @param mrkdwn with text from people escaped */
export function successMessage(mrkdwn: string): Message {
  return { text: truncateBlocks(mrkdwn, SLACK_LIMITS.section), blocks: [section(mrkdwn)] };
}

/** A question where there can be no buttons, such as at a field, with what to write instead. */
export function describeQuestion(text: string, choices: readonly { readonly text: string }[]): string {
  const written = choices.slice(0, 4).map((choice) => `"${choice.text}"`);
  return `${text} Write ${written.join(' or ')}.`;
}

export function errorMessage(reason: string, example: string): Message {
  return successMessage(kitMessages.example(escapeMrkdwn(reason), escapeMrkdwn(example)));
}

export const welcomeMessage = successMessage(helpTexts.welcome);
