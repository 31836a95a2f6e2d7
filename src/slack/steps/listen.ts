import type { App } from '@slack/bolt';
import { z } from 'zod';
import { comment } from '../../actions/comment.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { Refusal } from '../../domain/refusal.ts';
import { slackError } from '../client.ts';
import { meant } from '../commands/command.ts';
import { failure } from '../context.ts';
import type { Listening } from '../listening.ts';
import type { Person } from '../people.ts';
import { commentInputs, scheduleInputs } from './inputs.ts';
import { scheduleStep } from './schedule.ts';

/** As the manifest calls them. */
const STEPS = { schedule: 'schedule_maintenance', comment: 'comment_on_maintenance' } as const;

type Outputs = Record<string, string | number>;

const NOBODY = new Refusal(
  'invalid',
  'Nobody set this workflow off, so Lull cannot tell who may do this. Begin it with a link, or with a button that somebody presses.',
);

const byPerson = z.object({ person: z.object({ id: z.string() }) });

/** Slack's words for a run that is over already, as after a redelivered event. */
const OVER: ReadonlySet<string> = new Set(['function_execution_not_found', 'execution_not_in_running_state']);

/**
 * Hears the steps of workflows. A run is told how it ended: with its outputs, or with what is wrong, which Slack shows to
 * whoever built the workflow and to whoever set it off.
 */
export function listenToSteps(app: App, { context, track }: Listening): void {
  const { ground, people, workspace, log } = context;

  onStep(STEPS.schedule, async (person, inputs, once) => {
    mustBeAllowed(person.actor, 'schedule');
    return scheduleStep(context, person, scheduleInputs.parse(inputs), once);
  });
  onStep(STEPS.comment, async (person, inputs, once) => {
    mustBeAllowed(person.actor, 'comment');
    const { maintenance: ref, comment: text, internal } = commentInputs.parse(inputs);
    if (!/^#?(?:\d+|[2-9BCDFGHJKLMNPQRSTVWXZ]{5})$/i.test(ref)) {
      throw new Refusal(
        'not-found',
        `"${ref}" is no maintenance; its number such as 12 is expected, or its short key.`,
      );
    }
    const { id } = await meant(context, person, ref.replace('#', ''));
    await comment(ground, person.actor, id, { text, internal }, once);
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
        return { error: error instanceof Refusal ? error.message : failure(log, error).text };
      }
    }
  }
}
