import { z } from 'zod';
import { getPlaces } from '../../catalogue/slack/places.ts';
import { comment } from '../../comments/commands.ts';
import { authorize } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { describeQuestion } from '../../slack/blocks.ts';
import { slackError } from '../../slack/connection/client.ts';
import { failureMessage, type SlackContext, userErrorText } from '../../slack/context.ts';
import { ReplyError } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { formatWindow } from '../../slack/time.ts';
import { maintenanceMessages } from '../../texts/slack-messages.ts';
import { readWhen, type WhenContext } from '../../when/index.ts';
import { resolveMaintenance } from '../commands/find.ts';
import { schedule } from '../commands/schedule.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { SERVICE_STATUSES } from '../rules/status.ts';
import { plannedWindow } from '../rules/times.ts';
import { findCreatedMaintenance } from './drafts.ts';

const texts = maintenanceMessages.steps;

const STEPS = { schedule: 'schedule_maintenance', comment: 'comment_on_maintenance' } as const;

/** Whoever started a workflow. Slack fills it in: https://docs.slack.dev/reference/types/user_context-type. */
const byPerson = z.object({ person: z.object({ id: z.string() }) });

/** A field left empty by whoever built the workflow comes as undefined, null, or an empty text. */
const text = z
  .string()
  .nullish()
  .transform((written) => written?.trim() ?? '');
const instant = z
  .number()
  .nullish()
  .transform((seconds) => (seconds == null ? undefined : new Date(seconds * 1000)));
const flag = z
  .boolean()
  .nullish()
  .transform((is) => is ?? false);

/** The inputs of "Schedule a maintenance", as manifest.yml names them. */
const scheduleInputs = z.object({
  services: text,
  maintenance_name: text,
  when: text,
  starts_at: instant,
  ends_at: instant,
  service_status: text,
  description: text,
  external_reference: text,
  internal: flag,
  channel: text,
});
type ScheduleInputs = z.infer<typeof scheduleInputs>;

const commentInputs = z.object({ maintenance: text, comment: text, internal: flag });

type Outputs = Record<string, string | number>;

/** Slack's errors for a run that is over already, as after a redelivered event. */
const OVER: ReadonlySet<string> = new Set(['function_execution_not_found', 'execution_not_in_running_state']);

/**
 * Listens for the steps of workflows. A run receives its outputs, or an error, which Slack shows to whoever built the
 * workflow and to whoever started it.
 */
export function listenToSteps({ app, context, track }: Listeners): void {
  const { ctx, people, workspace, log } = context;

  onStep(STEPS.schedule, async (person, inputs, once) => {
    authorize(person.actor, 'schedule');
    return scheduleStep(context, person, scheduleInputs.parse(inputs), once);
  });
  onStep(STEPS.comment, async (person, inputs, once) => {
    authorize(person.actor, 'comment');
    const { maintenance: ref, comment: written, internal } = commentInputs.parse(inputs);
    if (!/^#?(?:\d+|[2-9BCDFGHJKLMNPQRSTVWXZ]{5})$/i.test(ref)) throw new ReplyError(texts.notMaintenance(ref));
    const { id } = await resolveMaintenance(context.ctx, person.actor, ref.replace('#', ''));
    await comment(ctx, person.actor, id, { text: written, internal }, once);
    return { maintenance: String(id) };
  });

  /** @param work acts once for each key, and returns the outputs; undefined when another delivery returns them */
  function onStep(
    callbackId: string,
    work: (person: Person, inputs: unknown, once: string) => Promise<Outputs | undefined>,
  ): void {
    app.function(callbackId, async ({ event, inputs, complete, fail }) => {
      const run = async () => {
        let outputs: Outputs | undefined;
        try {
          const starter = byPerson.safeParse(inputs).data?.person;
          if (starter === undefined) throw new ReplyError(texts.nobody);
          outputs = await work(await people.find(workspace, starter.id), inputs, `step:${event.function_execution_id}`);
        } catch (error) {
          await fail({ error: userErrorText(error) ?? failureMessage(log, error).text });
          return;
        }
        if (outputs !== undefined) await complete({ outputs });
      };
      track(
        run().catch((error: unknown) => {
          if (!OVER.has(slackError(error) ?? ''))
            log.error({ error }, 'the result of a workflow step could not be delivered');
        }),
      );
    });
  }
}

/**
 * Schedules what a step of a workflow asks for.
 * @param once the key of the run of the step: one that is delivered twice schedules once, and has the same outputs
 * @returns the outputs, as manifest.yml names them
 * @throws UserError or ReplyError with what is wrong with the inputs, for whoever built the workflow
 */
async function scheduleStep(
  context: SlackContext,
  person: Person,
  inputs: ScheduleInputs,
  once: string,
): Promise<Outputs | undefined> {
  const { ctx } = context;
  const { actor, timezone, locale } = person;
  const existing = await findCreatedMaintenance(ctx.database, actor.accountId, once);
  if (existing !== undefined) return toOutputs(existing, person, []);
  const window = readWindow(inputs, { now: ctx.clock.now(), timezone, locale });
  const word = inputs.service_status.toLowerCase() || 'down';
  const serviceStatus = SERVICE_STATUSES.find((status) => status === word);
  const problems = [
    ...(typeof window === 'string' ? [{ field: 'when', message: window }] : []),
    ...(serviceStatus === undefined
      ? [{ field: 'service_status', message: texts.unknownStatus(inputs.service_status) }]
      : []),
  ];
  if (typeof window === 'string' || serviceStatus === undefined) throw new ReplyError(problems);
  const names = inputs.services.split(/[,;\n]/).flatMap((name) => name.trim() || []);
  const services = (await getPlaces(context, person, names, 'service')).map(({ id }) => id);
  const input = {
    name: inputs.maintenance_name,
    description: inputs.description,
    services,
    checks: null,
    start: window.start,
    end: window.end,
    timezone: window.timezone,
    serviceStatus,
    visibility: inputs.internal ? 'internal' : 'public',
    externalReference: inputs.external_reference || null,
    scopeId: null,
    channels: inputs.channel === '' ? [] : [inputs.channel],
  } as const;
  const made = await schedule(ctx, actor, input, once);
  // Delivered twice at the same time: the other one did it, and returns the outputs.
  return made && toOutputs(made, person, window.notices);
}

/** `timezone`: the IANA zone of the words. */
type StepWindow = Interval & { readonly timezone: string; readonly notices: readonly string[] };

function readWindow(
  { when: words, starts_at: start, ends_at: end }: Pick<ScheduleInputs, 'when' | 'starts_at' | 'ends_at'>,
  context: WhenContext,
): StepWindow | string {
  if (words === '') {
    if (start === undefined || end === undefined) return texts.noTimes;
    return { start, end, timezone: context.timezone, notices: [] };
  }
  if (start !== undefined || end !== undefined) return texts.twoTimes;
  const read = readWhen(words, context);
  switch (read.outcome) {
    case 'refusal':
      return maintenanceMessages.refusal(read.reason, read.example);
    case 'series':
      return texts.recurring(words);
    case 'question':
      return texts.question(words, describeQuestion(read.question, read.choices));
    case 'window':
      // Nobody checks a preview here, so nothing is assumed.
      return read.assumed.length > 0 ? texts.incomplete(words) : read;
  }
}

function toOutputs(maintenance: Maintenance, { timezone }: Person, notices: readonly string[]): Outputs {
  const { id, name, scheduledStart, scheduledEnd, approval } = maintenance;
  const window = formatWindow(plannedWindow(maintenance), timezone);
  return {
    maintenance: String(id),
    starts_at: Math.floor(scheduledStart.getTime() / 1000),
    ends_at: Math.floor(scheduledEnd.getTime() / 1000),
    summary: [texts.scheduled(id, name, window, approval === 'pending'), ...notices].join(' '),
  };
}
