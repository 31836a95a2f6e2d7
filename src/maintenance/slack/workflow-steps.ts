import { z } from 'zod';
import { getPlace } from '../../catalogue/slack/places.ts';
import { comment } from '../../comments/commands.ts';
import { authorize } from '../../core/permissions.ts';
import { findCreated } from '../../platform/idempotency.ts';
import { slackError } from '../../slack/connection/client.ts';
import { failureMessage, type SlackContext, userErrorText } from '../../slack/context.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { type FieldMessage, ReplyError } from '../../slack/reply-error.ts';
import { formatWindow } from '../../slack/time.ts';
import { schedule } from '../commands/schedule.ts';
import { findMaintenance, type Maintenance } from '../repository/maintenances.ts';
import { resolveMaintenance } from './resolve.ts';
import {
  commentInputs,
  readStatusInput,
  readWindowInput,
  type ScheduleInputs,
  scheduleInputs,
} from './workflow-inputs.ts';

/** As the manifest calls them. */
const STEPS = { schedule: 'schedule_maintenance', comment: 'comment_on_maintenance' } as const;

type Outputs = Record<string, string | number>;

const NOBODY = new ReplyError(
  'Nobody set this workflow off, so Lull cannot tell who may do this. Begin it with a link, or with a button that somebody presses.',
);

const byPerson = z.object({ person: z.object({ id: z.string() }) });

/** Slack's words for a run that is over already, as after a redelivered event. */
const OVER: ReadonlySet<string> = new Set(['function_execution_not_found', 'execution_not_in_running_state']);

/**
 * Hears the steps of workflows. A run is told how it ended: with its outputs, or with what is wrong, which Slack shows to
 * whoever built the workflow and to whoever set it off.
 */
export function listenToSteps({ app, context, track }: Listeners): void {
  const { ctx, people, workspace, log } = context;

  onStep(STEPS.schedule, async (person, inputs, once) => {
    authorize(person.actor, 'schedule');
    return scheduleStep(context, person, scheduleInputs.parse(inputs), once);
  });
  onStep(STEPS.comment, async (person, inputs, once) => {
    authorize(person.actor, 'comment');
    const { maintenance: ref, comment: text, internal } = commentInputs.parse(inputs);
    if (!/^#?(?:\d+|[2-9BCDFGHJKLMNPQRSTVWXZ]{5})$/i.test(ref)) {
      throw new ReplyError(`"${ref}" is no maintenance; its number such as 12 is expected, or its short key.`);
    }
    const { id } = await resolveMaintenance(context, person, ref.replace('#', ''));
    await comment(ctx, person.actor, id, { text, internal }, once);
    return { maintenance: String(id) };
  });

  /** @param work does it once for each key, and gives the outputs; undefined when another delivery gives them */
  function onStep(
    callbackId: string,
    work: (person: Person, inputs: unknown, once: string) => Promise<Outputs | undefined>,
  ): void {
    app.function(callbackId, async ({ event, inputs, complete, fail }) => {
      track(
        (async () => {
          const ended = await outcomeOf(inputs, `step:${event.function_execution_id}`);
          if ('error' in ended) await fail(ended);
          else if (ended.outputs !== undefined) await complete({ outputs: ended.outputs });
        })().catch((error: unknown) => {
          if (!OVER.has(slackError(error) ?? ''))
            log.error({ error }, 'a workflow could not be told how its step ended');
        }),
      );
    });

    async function outcomeOf(
      inputs: unknown,
      once: string,
    ): Promise<{ outputs: Outputs | undefined } | { error: string }> {
      try {
        const said = byPerson.safeParse(inputs);
        if (!said.success) throw NOBODY;
        return { outputs: await work(await people.find(workspace, said.data.person.id), inputs, once) };
      } catch (error) {
        return { error: userErrorText(error) ?? failureMessage(log, error).text };
      }
    }
  }
}

/**
 * Schedules what a step of a workflow says.
 * @param once the key of the run of the step: one that is delivered twice schedules once, and gives the same outputs
 * @returns the outputs, as manifest.yml names them
 * @throws UserError with what is wrong with the inputs, for whoever built the workflow
 */
export async function scheduleStep(context: SlackContext, person: Person, inputs: ScheduleInputs, once: string) {
  const { ctx } = context;
  const { accountId } = person.actor;
  const before = await findCreated(ctx.database, accountId, once);
  if (before !== undefined) {
    const made = await findMaintenance(ctx.database, accountId, before);
    if (made !== undefined) return outputsOf(made, person, []);
  }
  const { timezone, locale } = person;
  const window = readWindowInput(inputs, { now: ctx.clock.now(), timezone, locale });
  const serviceStatus = readStatusInput(inputs.service_status);
  const problems: FieldMessage[] = [
    ...(window.ok ? [] : [window.problem]),
    ...(serviceStatus === undefined
      ? [
          {
            field: 'service_status',
            message: `"${inputs.service_status}" is no status of services; expected down, degraded or up.`,
          },
        ]
      : []),
  ];
  if (!window.ok || serviceStatus === undefined) throw new ReplyError(problems);
  const made = await schedule(
    ctx,
    person.actor,
    {
      name: inputs.maintenance_name,
      description: inputs.description,
      services: await servicesNamed(context, person, inputs.services),
      checks: null,
      start: window.start,
      end: window.end,
      timezone: window.timezone,
      serviceStatus,
      visibility: inputs.internal ? 'internal' : 'public',
      externalReference: inputs.external_reference || null,
      scopeId: null,
      channels: inputs.channel === '' ? [] : [inputs.channel],
    },
    once,
  );
  // Delivered twice at the same time: the other one did it, and says so.
  return made === undefined ? undefined : outputsOf(made, person, window.notices);
}

async function servicesNamed(context: SlackContext, person: Person, said: string): Promise<number[]> {
  const names = said.split(/[,;\n]/).flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const ids: number[] = [];
  for (const name of names) ids.push((await getPlace(context, person, name, 'service')).id);
  return ids;
}

function outputsOf(maintenance: Maintenance, { timezone }: Person, notices: readonly string[]) {
  const { id, name, scheduledStart, scheduledEnd, approval } = maintenance;
  const window = { start: scheduledStart, end: scheduledEnd };
  return {
    maintenance: String(id),
    starts_at: Math.floor(scheduledStart.getTime() / 1000),
    ends_at: Math.floor(scheduledEnd.getTime() / 1000),
    summary: [
      `Maintenance ${id}, ${name}: ${formatWindow(window, timezone)}.`,
      ...(approval === 'pending' ? ['It waits for approval.'] : []),
      ...notices,
    ].join(' '),
  };
}
