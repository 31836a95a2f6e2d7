import { expect } from 'vitest';
import { checkMessageBlocks, exceedsBlockText } from '../../src/playground/block-kit/check.ts';
import type { Message } from '../../src/slack/blocks.ts';

/** Everything of these messages that people read, in order. */
export function textsOf(value: unknown, key?: string): string[] {
  if (typeof value === 'string') return key === 'text' ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => textsOf(each));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, each]) => textsOf(each, name));
  }
  return [];
}

/** The texts that Slack reads as mrkdwn. */
function mrkdwnOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnOf);
}

/** The `<...>` that Lull itself writes: dates, people, user groups, channels and one link. Nobody else may. */
const OURS =
  /<!date\^\d+\^\u200b?(?:\{[a-z_]+\}(?: at \{time\})?)\|[^<>|]+ UTC>|<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<#[A-Z0-9]+>|<https?:\/\/[^<>|\s]+\|[^<>]+>/g;

/** That Slack takes a message, shows it as meant, and calls nobody. */
export function expectTaken(message: Message): void {
  const blocks = structuredClone(message.blocks);
  const checked = checkMessageBlocks(blocks);
  expect(checked.ok ? [] : checked.errors).toEqual([]);
  if (checked.ok) expect(exceedsBlockText(checked.value)).toBe(false);
  const length = textsOf(message.blocks).join('').length;
  expect(length).toBeLessThanOrEqual(9500);
  expect(message.text.length).toBeLessThanOrEqual(4000);
  expect(JSON.stringify(message)).not.toMatch(/\\ud[89a-f]/); // JSON escapes a surrogate only where it is unpaired
  for (const text of [message.text, ...mrkdwnOf(message.blocks)]) {
    const rest = text.replace(OURS, '');
    expect(rest).not.toMatch(/<|&(?!amp;|lt;|gt;)/);
    expect(rest).not.toMatch(/(?<!^|\n)>/); // at the start of a line it is a quotation
    expect(text).not.toMatch(/@(here|channel|everyone)\b/i);
  }
}
