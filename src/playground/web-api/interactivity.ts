import { checkHome, checkModal } from '../block-kit/check.ts';
import type { StepRun } from '../interactions/workflows.ts';
import type { Team } from '../team.ts';
import { validateParameters } from '../workspace/manifest.ts';
import { type StoredView, toSlackView, type ViewOutcome } from '../workspace/surfaces.ts';
import { defineMethod, type Method, nested, SlackError, text } from './method.ts';

const view = nested;

function requireModal(value: unknown) {
  const checked = checkModal(value);
  if (!checked.ok) throw SlackError.withErrors('invalid_arguments', checked.errors);
  return checked.value;
}

function toAnswer(team: Team, outcome: ViewOutcome<StoredView>): Record<string, unknown> {
  if (!outcome.ok) throw new SlackError(outcome.error);
  return { view: toSlackView(team.workspace, outcome.view) };
}

function redeemTrigger(team: Team, triggerId: string) {
  const trigger = team.triggers.exchange(triggerId);
  if (!trigger.ok) throw new SlackError(trigger.error);
  return trigger.origin;
}

const openView = defineMethod({
  tier: 4,
  input: { trigger_id: text, view },
  run(args, team) {
    const checked = requireModal(args.view);
    const origin = redeemTrigger(team, args.trigger_id);
    return toAnswer(team, team.views.open(origin.person, checked, origin.channel));
  },
});

const pushView = defineMethod({
  tier: 4,
  input: { trigger_id: text, view },
  run(args, team) {
    const checked = requireModal(args.view);
    const origin = redeemTrigger(team, args.trigger_id);
    if (origin.view === undefined) throw new SlackError('not_found');
    return toAnswer(team, team.views.push(origin.view, checked));
  },
});

const updateView = defineMethod({
  tier: 4,
  input: { view_id: text.optional(), external_id: text.optional(), hash: text.optional(), view },
  run(args, team) {
    const checked = requireModal(args.view);
    if (args.view_id !== undefined) return toAnswer(team, team.views.update({ id: args.view_id }, checked, args.hash));
    if (args.external_id === undefined) {
      throw SlackError.withErrors('invalid_arguments', ['missing required field: view_id']);
    }
    return toAnswer(team, team.views.update({ externalId: args.external_id }, checked, args.hash));
  },
});

const publishHome = defineMethod({
  tier: 4,
  input: { user_id: text, hash: text.optional(), view },
  run(args, team) {
    const person = team.workspace.person(args.user_id);
    if (person === undefined || person.kind !== 'person') throw new SlackError('user_not_found');
    if (team.workspace.manifest.features.app_home?.home_tab_enabled !== true) throw new SlackError('not_enabled');
    const checked = checkHome(args.view);
    if (!checked.ok) throw SlackError.withErrors('invalid_arguments', checked.errors);
    return toAnswer(team, team.views.publish(person.id, checked.value, args.hash));
  },
});

export const views: Record<string, Method> = {
  'views.open': openView,
  'views.push': pushView,
  'views.update': updateView,
  'views.publish': publishHome,
};

/** @throws SlackError when there is no such run, or it has ended. */
function requireRunning(team: Team, executionId: string): StepRun {
  const run = team.workflows.find(executionId);
  if (run === undefined) throw new SlackError('function_execution_not_found');
  if (run.outcome.state !== 'running') throw new SlackError('execution_not_in_running_state');
  return run;
}

const completeSuccess = defineMethod({
  tier: 3,
  input: { function_execution_id: text, outputs: nested },
  run(args, team) {
    const run = requireRunning(team, args.function_execution_id);
    const { outputs } = args;
    if (typeof outputs !== 'object' || outputs === null) {
      throw SlackError.withErrors('invalid_arguments', ['outputs must be an object']);
    }
    const values = { ...outputs };
    const problems = validateParameters(
      team.workspace.manifest.functions[run.callbackId]?.output_parameters ?? {},
      values,
    );
    if (problems.length > 0) throw SlackError.withErrors('parameter_validation_failed', problems);
    team.workflows.complete(run, { state: 'completed', outputs: values });
    return {};
  },
});

const completeError = defineMethod({
  tier: 3,
  input: { function_execution_id: text, error: text },
  run(args, team) {
    const run = requireRunning(team, args.function_execution_id);
    team.workflows.complete(run, { state: 'failed', error: args.error });
    return {};
  },
});

/** Report the outcome of a workflow step. */
export const functions: Record<string, Method> = {
  'functions.completeSuccess': completeSuccess,
  'functions.completeError': completeError,
};
