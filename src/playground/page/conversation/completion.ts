import type { AppInfo, Channel, Person } from '../../protocol.ts';
import { emoji, searchEmoji } from '../text/emoji.ts';

export interface Suggestion {
  /** Put into the composer, followed by a space. */
  readonly text: string;
  readonly label: string;
  readonly detail: string;
}

/** Suggestions for the word at the caret, from index `from` to `to` of the text. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly kind: 'command' | 'person' | 'channel' | 'emoji';
  readonly suggestions: readonly Suggestion[];
}

interface Known {
  readonly app: AppInfo;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
}

const MAX_SUGGESTIONS = 8;
const GROUP_MENTIONS = [
  { text: '@here', label: '@here', detail: 'everyone here who is active' },
  { text: '@channel', label: '@channel', detail: 'everyone in this channel' },
];

function suggestCommands(typed: string, { app }: Known): Suggestion[] {
  return app.commands
    .filter((each) => each.command.startsWith(typed.toLowerCase()))
    .map((each) => ({
      text: each.command,
      label: [each.command, each.usageHint].filter(Boolean).join(' '),
      detail: each.description,
    }));
}

function suggestPeople(typed: string, known: Known): Suggestion[] {
  const wanted = typed.toLowerCase();
  const found = known.people
    .filter((each) => each.name.toLowerCase().startsWith(wanted) || each.realName.toLowerCase().includes(wanted))
    .map((each) => ({ text: `@${each.name}`, label: `@${each.name}`, detail: each.realName }));
  return [...found, ...GROUP_MENTIONS.filter((each) => each.text.slice(1).startsWith(wanted))];
}

function suggestChannels(typed: string, known: Known): Suggestion[] {
  const wanted = typed.toLowerCase();
  return known.channels
    .filter((each) => each.kind !== 'dm' && !each.archived && each.name.includes(wanted))
    .map((each) => ({ text: `#${each.name}`, label: `#${each.name}`, detail: each.topic }));
}

function suggestEmoji(typed: string): Suggestion[] {
  return searchEmoji(typed, MAX_SUGGESTIONS).map((name) => ({
    text: `:${name}:`,
    label: `${emoji(name)} :${name}:`,
    detail: '',
  }));
}

/** Completions for the word at the caret, if there are any. */
export function findCompletion(text: string, caret: number, known: Known): Completion | undefined {
  const before = text.slice(0, caret);
  const word = /(?:^|\s)(\S*)$/.exec(before)?.[1] ?? '';
  const from = caret - word.length;
  const sign = word[0];
  const typed = word.slice(1);
  const offer = (kind: Completion['kind'], suggestions: Suggestion[]): Completion | undefined =>
    suggestions.length > 0 ? { from, to: caret, kind, suggestions: suggestions.slice(0, MAX_SUGGESTIONS) } : undefined;
  if (sign === '/' && from === 0) return offer('command', suggestCommands(word, known));
  if (sign === '@') return offer('person', suggestPeople(typed, known));
  if (sign === '#') return offer('channel', suggestChannels(typed, known));
  if (sign === ':' && typed.length >= 2 && !typed.includes(':'))
    return offer('emoji', suggestEmoji(typed.toLowerCase()));
  return undefined;
}

/** Puts a suggestion in place of the word. */
export function applySuggestion(
  text: string,
  completion: Completion,
  suggestion: Suggestion,
): { text: string; caret: number } {
  const rest = text.slice(completion.to).replace(/^\s/, '');
  const head = `${text.slice(0, completion.from)}${suggestion.text} `;
  return { text: head + rest, caret: head.length };
}

/** The usage hint of the command in the composer, once its name is complete. */
export function findUsage(text: string, app: AppInfo): { command: string; usageHint: string } | undefined {
  const name = /^(\/\S+)\s/.exec(text)?.[1];
  return app.commands.find((each) => each.command === name);
}
