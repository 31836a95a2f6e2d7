import { setImmediate } from 'node:timers/promises';
import type { z } from '@hono/zod-openapi';
import { listServiceNames } from '../../catalogue/services/repository.ts';
import { describeCron, nextOccurrences } from '../../core/recurrence/index.ts';
import { utc } from '../../core/time.ts';
import { type Api, type NamedOptions, operation, resolveZone } from '../../http/route.ts';
import { parseInput, parseOutput, toOccurrence } from '../../series/http/schemas.ts';
import { readSentence, replaceWord, type Sentence, type SentenceContext, type UnknownWord } from '../../when/index.ts';
import { contentInSentence } from '../fields.ts';

const MAX_NEXT_RUNS = 5;
const EXAMPLE = 'tomorrow 02:00 for 2h';

type Reading = z.infer<typeof parseOutput>;

export function parse(api: Api): void {
  const options = { permission: 'read', body: parseInput, output: parseOutput } as const satisfies NamedOptions;
  operation(api, 'createParse', 'post /parse', options, async (call) => {
    const { text, timezone, now = call.ctx.clock.now(), locale } = call.body;
    const services = await listServiceNames(call.db, call.accountId, call.reader);
    const context = { now, timezone: await resolveZone(call, timezone), locale, services };
    return toReading(readSentence(text, context), text, context);
  });
}

async function toReading(sentence: Sentence, text: string, context: SentenceContext): Promise<Reading> {
  const [unknown] = sentence.unknown;
  if (unknown !== undefined) return askAbout(unknown, text, context);
  const { when } = sentence;
  switch (when.outcome) {
    case 'window':
      return { outcome: 'window', start: utc(when.start), end: utc(when.end), ...understood(sentence, when) };
    case 'series':
      return {
        outcome: 'series',
        cron: when.cron,
        words: describeCron(when.cron, context.locale),
        next: nextOccurrences(when, context.now, MAX_NEXT_RUNS).map(toOccurrence),
        ...understood(sentence, when),
      };
    case 'question':
      return { outcome: 'question', question: when.question, choices: when.choices.map((choice) => ({ ...choice })) };
    case 'refusal':
      return { outcome: 'refusal', reason: when.reason, example: when.example };
  }
}

function understood(sentence: Sentence, when: Extract<Sentence['when'], { outcome: 'window' | 'series' }>) {
  return {
    timezone: when.timezone,
    duration_minutes: when.durationMinutes,
    assumed: [...when.assumed],
    notices: [...when.notices],
    services: [...sentence.services],
    ...contentInSentence(sentence),
    ...(sentence.selector === undefined ? {} : { selector: sentence.selector }),
  };
}

/** Suggests services in place of an unknown word, where the sentence can be read with them. */
async function askAbout({ word, suggestions }: UnknownWord, text: string, context: SentenceContext): Promise<Reading> {
  const choices: { label: string; text: string }[] = [];
  for (const { name } of suggestions) {
    const choice = { label: name, text: replaceWord(text, word, name) };
    // Each is read as a whole, so other work may run in between.
    await setImmediate();
    if (['window', 'series'].includes(readSentence(choice.text, context).when.outcome)) choices.push(choice);
  }
  if (choices.length > 0) {
    return { outcome: 'question', question: `There is no service "${word}". Which one is meant?`, choices };
  }
  const reason = `"${word}" is neither a service nor a time. Leave it out, or put the name of the work after a colon.`;
  return { outcome: 'refusal', reason, example: EXAMPLE };
}
