import { escapeMrkdwn, type Message, SLACK_LIMITS, section, truncateBlocks } from './blocks.ts';

export const EXAMPLE = '/maintenance api tomorrow 2am for 2h: Postgres upgrade';

/** A plain answer; `mrkdwn` is Lull's own words, what people wrote in it is escaped already. */
export function successMessage(mrkdwn: string): Message {
  return { text: truncateBlocks(mrkdwn, SLACK_LIMITS.section), blocks: [section(mrkdwn)] };
}

/** A question where there are no buttons, such as at a field: with what to write instead. */
export function describeQuestion(text: string, choices: readonly { readonly text: string }[]): string {
  const written = choices.slice(0, 4).map((choice) => `"${choice.text}"`);
  return `${text} Write ${written.join(' or ')}.`;
}

export function errorMessage(reason: string, example: string): Message {
  return successMessage(`${escapeMrkdwn(reason)}\nFor example: \`${escapeMrkdwn(example)}\``);
}

export const welcomeMessage = successMessage(
  [
    '*Welcome to Lull.* It does not know any service yet.',
    'Name one in a sentence, and Lull offers to add it:',
    `\`${EXAMPLE}\``,
    'Tools can add many at once: `POST /api/v1/services`.',
  ].join('\n'),
);
