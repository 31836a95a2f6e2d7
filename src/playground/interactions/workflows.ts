import { randomBytes } from 'node:crypto';
import type { Events } from '../delivery/events.ts';
import { UserError } from '../user-error.ts';
import { type AppFunction, validateParameters } from '../workspace/manifest.ts';
import { APP_ID, SLACKBOT } from '../workspace/seed.ts';
import { toSeconds } from '../workspace/timestamps.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { StoredPerson } from '../workspace/workspace-file.ts';

/** One run of an app's workflow step, started by a person. */
export interface StepRun {
  readonly id: string;
  readonly callbackId: string;
  readonly person: string;
  readonly channel: string;
  /** The token the app uses for this run. */
  readonly token: string;
  outcome:
    | { readonly state: 'running' }
    | { readonly state: 'completed'; readonly outputs: Record<string, unknown> }
    | { readonly state: 'failed'; readonly error: string };
}

const newId = (prefix: string): string => prefix + randomBytes(6).toString('hex').toUpperCase();

/** The workflows of a workspace. Each has one step, offered by the app, and is started by a person from a channel. */
export class Workflows {
  readonly #workspace: Workspace;
  readonly #events: Events;
  readonly #runs = new Map<string, StepRun>();

  constructor(workspace: Workspace, events: Events) {
    this.#workspace = workspace;
    this.#events = events;
  }

  find(executionId: string): StepRun | undefined {
    return this.#runs.get(executionId);
  }

  hasToken(token: string): boolean {
    return [...this.#runs.values()].some((run) => run.token === token);
  }

  /**
   * Starts a workflow and sends `function_executed`. The input of type `user_context` is filled in.
   * @throws UserError when there is no such step, or a value is missing or has the wrong type
   */
  start(person: StoredPerson, callbackId: string, values: Readonly<Record<string, unknown>>, channel: string): StepRun {
    const step = this.#workspace.manifest.functions[callbackId];
    if (step === undefined) throw new UserError(`The app has no step ${callbackId}.`);
    const inputs: Record<string, unknown> = { ...values };
    for (const [name, { type }] of Object.entries(step.input_parameters)) {
      if (type !== 'slack#/types/user_context') continue;
      if (name in values) throw new UserError(`${name} is filled in by Slack.`);
      inputs[name] = { id: person.id, secret: randomBytes(24).toString('base64url') };
    }
    const [problem] = validateParameters(step.input_parameters, inputs);
    if (problem !== undefined) throw new UserError(`This step cannot be run: ${problem}.`);
    const run: StepRun = {
      id: newId('Fx'),
      callbackId,
      person: person.id,
      channel,
      token: `xwfp-${randomBytes(18).toString('hex')}`,
      outcome: { state: 'running' },
    };
    this.#runs.set(run.id, run);
    this.#events.send({
      type: 'function_executed',
      function: toSlackFunction(callbackId, step, toSeconds(this.#workspace.now())),
      inputs,
      function_execution_id: run.id,
      workflow_execution_id: newId('Wx'),
      event_ts: this.#workspace.nextTs(),
      bot_access_token: run.token,
    });
    return run;
  }

  /** Ends a run with the app's outcome, which Slackbot shows to the person. */
  complete(run: StepRun, outcome: Exclude<StepRun['outcome'], { state: 'running' }>): void {
    run.outcome = outcome;
    const step = this.#workspace.manifest.functions[run.callbackId];
    const title = step?.title ?? run.callbackId;
    const text =
      outcome.state === 'failed'
        ? `The workflow stopped at *${title}*: ${outcome.error}`
        : [
            `The workflow is done. *${title}* gave:`,
            ...Object.entries(outcome.outputs).map(([name, value]) => {
              const { type, title: label = name } = step?.output_parameters[name] ?? {};
              return `• ${label}: ${type === 'slack#/types/timestamp' ? toDateToken(Number(value)) : String(value)}`;
            }),
          ].join('\n');
    this.#workspace.post({ channel: run.channel, author: SLACKBOT, text, onlyFor: run.person });
  }
}

const toDateToken = (seconds: number): string =>
  `<!date^${seconds}^{date_short_pretty} at {time}|${new Date(seconds * 1000).toISOString()}>`;

/** A step as described in `function_executed`. */
function toSlackFunction(callbackId: string, step: AppFunction, at: number): Record<string, unknown> {
  const listParameters = (parameters: AppFunction['input_parameters']) =>
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
    input_parameters: listParameters(step.input_parameters),
    output_parameters: listParameters(step.output_parameters),
    app_id: APP_ID,
    date_created: at,
    date_updated: at,
    date_deleted: 0,
  };
}
