import { z } from 'zod';
import { describeQuestion } from '../../slack/answers.ts';
import type { FieldMessage } from '../../slack/reply-error.ts';
import { readWhen, type WhenContext } from '../../when/index.ts';
import { SERVICE_STATUSES } from '../rules/status.ts';

/** Whoever set a workflow off. Slack fills it in: https://docs.slack.dev/reference/types/user_context-type. */
const person = z.object({ id: z.string() });

/** A field that whoever built the workflow left empty comes as nothing, as null, or as an empty text. */
const text = z
  .string()
  .nullish()
  .transform((written) => written?.trim() ?? '');
const seconds = z
  .number()
  .nullish()
  .transform((at) => (at == null ? undefined : new Date(at * 1000)));
const flag = z
  .boolean()
  .nullish()
  .transform((is) => is ?? false);

/** The inputs of "Schedule a maintenance", as manifest.yml names them. */
export const scheduleInputs = z.object({
  person,
  services: text,
  maintenance_name: text,
  when: text,
  starts_at: seconds,
  ends_at: seconds,
  service_status: text,
  description: text,
  external_reference: text,
  internal: flag,
  channel: text,
});
export type ScheduleInputs = z.infer<typeof scheduleInputs>;

/** The inputs of "Comment on a maintenance". */
export const commentInputs = z.object({ person, maintenance: text, comment: text, internal: flag });

/** The window that the inputs mean, in UTC instants, and the IANA zone it was said in; or what is wrong with them. */
export function readWindowInput(
  { when: words, starts_at: start, ends_at: end }: Pick<ScheduleInputs, 'when' | 'starts_at' | 'ends_at'>,
  when: WhenContext,
):
  | { ok: true; start: Date; end: Date; timezone: string; notices: readonly string[] }
  | { ok: false; problem: FieldMessage } {
  const wrong = (message: string) => ({ ok: false as const, problem: { field: 'when', message } });
  if (words === '') {
    if (start !== undefined && end !== undefined) return { ok: true, start, end, timezone: when.timezone, notices: [] };
    return wrong('The step does not say when: give words such as "tomorrow 2am for 2h", or both Start and End.');
  }
  if (start !== undefined || end !== undefined) {
    return wrong('The step says when twice: give words, or Start and End, and leave the other empty.');
  }
  const read = readWhen(words, when);
  switch (read.outcome) {
    case 'refusal':
      return wrong(`${read.reason} For example: ${read.example}`);
    case 'series':
      return wrong(`"${words}" is a recurring window, and this step schedules one. For example: tomorrow 2am for 2h`);
    case 'question':
      return wrong(`"${words}" can mean two things. ${describeQuestion(read.question, read.choices)}`);
    case 'window':
      // Nobody looks over a preview here, so nothing is assumed.
      if (read.assumed.length > 0) {
        return wrong(
          `"${words}" does not say everything: give the day, the time, and how long it lasts, such as "tomorrow 2am for 2h".`,
        );
      }
      return { ok: true, start: read.start, end: read.end, timezone: read.timezone, notices: read.notices };
  }
}

/** What the services are during the work; undefined for a word that is no status. */
export function readStatusInput(word: string) {
  return word === '' ? 'down' : SERVICE_STATUSES.find((status) => status === word.toLowerCase());
}
