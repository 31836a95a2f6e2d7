import { helpTexts } from '../texts/slack-help.ts';
import { kitMessages } from '../texts/slack-messages.ts';
import { escapeMrkdwn, type Message, SLACK_LIMITS, section, truncateBlocks } from './blocks.ts';

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
