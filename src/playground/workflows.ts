import { randomBytes } from 'node:crypto';
import { Impossible } from './interactions/payload.ts';
import { type AppFunction, parameterProblems } from './workspace/functions.ts';
import { APP_ID, SLACKBOT } from './workspace/seed.ts';
import type { StoredPerson } from './workspace/state.ts';
import { secondsOf } from './workspace/timestamps.ts';
import type { World } from './world.ts';

/** One run of a step of the app's, in a workflow that a person set off. */
export interface StepRun {
  readonly id: string;
  readonly callbackId: string;
  readonly person: string;
  readonly channel: string;
  /** Opens the Web API to the app, on behalf of this run. */
  readonly token: string;
  outcome:
    | { readonly state: 'running' }
    | { readonly state: 'completed'; readonly outputs: Record<string, unknown> }
    | { readonly state: 'failed'; readonly error: string };
}

const id = (prefix: string): string => prefix + randomBytes(6).toString('hex').toUpperCase();

/** The workflows of the workspace: each is one step of the app's, set off by a person from a channel. */
export class Workflows {
  readonly #runs = new Map<string, StepRun>();

  find(executionId: string): StepRun | undefined {
    return this.#runs.get(executionId);
  }

  /** Whether this is the token of a run. */
  takes(token: string): boolean {
    return [...this.#runs.values()].some((run) => run.token === token);
  }

  /**
   * A person sets off a workflow of one step: `function_executed`, with who they are filled in.
   * @throws Impossible when there is no such step, or a value is missing or of another type
   */
  start(
    world: World,
    person: StoredPerson,
    callbackId: string,
    values: Readonly<Record<string, unknown>>,
    channel: string,
  ): StepRun {
    const step = world.workspace.manifest.functions[callbackId];
    if (step === undefined) throw new Impossible(`The app has no step ${callbackId}.`);
    const inputs: Record<string, unknown> = { ...values };
    for (const [name, { type }] of Object.entries(step.input_parameters)) {
      if (type !== 'slack#/types/user_context') continue;
      if (name in values) throw new Impossible(`${name} is filled in by Slack.`);
      inputs[name] = { id: person.id, secret: randomBytes(24).toString('base64url') };
    }
    const [problem] = parameterProblems(step.input_parameters, inputs);
    if (problem !== undefined) throw new Impossible(`This step cannot be run: ${problem}.`);
    const run: StepRun = {
      id: id('Fx'),
      callbackId,
      person: person.id,
      channel,
      token: `xwfp-${randomBytes(18).toString('hex')}`,
      outcome: { state: 'running' },
    };
    this.#runs.set(run.id, run);
    world.events.send({
      type: 'function_executed',
      function: slackFunction(callbackId, step, secondsOf(world.workspace.now())),
      inputs,
      function_execution_id: run.id,
      workflow_execution_id: id('Wx'),
      event_ts: world.workspace.nextTs(),
      bot_access_token: run.token,
    });
    return run;
  }

  /** The app says what came of a run; the person is told as Slackbot tells it. */
  end(world: World, run: StepRun, outcome: Exclude<StepRun['outcome'], { state: 'running' }>): void {
    run.outcome = outcome;
    const step = world.workspace.manifest.functions[run.callbackId];
    const title = step?.title ?? run.callbackId;
    const text =
      outcome.state === 'failed'
        ? `The workflow stopped at *${title}*: ${outcome.error}`
        : [
            `The workflow is done. *${title}* gave:`,
            ...Object.entries(outcome.outputs).map(([name, value]) => {
              const { type, title: called = name } = step?.output_parameters[name] ?? {};
              return `• ${called}: ${type === 'slack#/types/timestamp' ? dateOf(Number(value)) : String(value)}`;
            }),
          ].join('\n');
    world.workspace.post({ channel: run.channel, author: SLACKBOT, text, onlyFor: run.person });
  }
}

const dateOf = (seconds: number): string =>
  `<!date^${seconds}^{date_short_pretty} at {time}|${new Date(seconds * 1000).toISOString()}>`;

/** A step as `function_executed` names it. */
function slackFunction(callbackId: string, step: AppFunction, at: number): Record<string, unknown> {
  const listed = (parameters: AppFunction['input_parameters']) =>
    Object.entries(parameters).map(([name, { type, title, description, is_required }]) => ({
      type,
      name,
      description,
      title: title ?? name,
      is_required,
    }));
  return {
    id: `Fn${callbackId.replace(/\W/g, '').toUpperCase().slice(0, 10)}`,
    callback_id: callbackId,
    title: step.title,
    description: step.description,
    type: 'app',
    input_parameters: listed(step.input_parameters),
    output_parameters: listed(step.output_parameters),
    app_id: APP_ID,
    date_created: at,
    date_updated: at,
    date_deleted: 0,
  };
}
