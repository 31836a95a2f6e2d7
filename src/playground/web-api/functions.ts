import type { StepRun } from '../workflows.ts';
import { parameterProblems } from '../workspace/functions.ts';
import type { World } from '../world.ts';
import { type Method, method, nested, SlackFailure, text } from './method.ts';

/** The run that a call is about, which must not be over. */
function running(world: World, executionId: string): StepRun {
  const run = world.workflows.find(executionId);
  if (run === undefined) throw new SlackFailure('function_execution_not_found');
  if (run.outcome.state !== 'running') throw new SlackFailure('execution_not_in_running_state');
  return run;
}

const completeSuccess = method({
  tier: 3,
  input: { function_execution_id: text, outputs: nested },
  run(args, world) {
    const run = running(world, args.function_execution_id);
    const { outputs } = args;
    if (typeof outputs !== 'object' || outputs === null) {
      throw SlackFailure.because('invalid_arguments', ['outputs must be an object']);
    }
    const values = { ...outputs };
    const problems = parameterProblems(
      world.workspace.manifest.functions[run.callbackId]?.output_parameters ?? {},
      values,
    );
    if (problems.length > 0) throw SlackFailure.because('parameter_validation_failed', problems);
    world.workflows.end(world, run, { state: 'completed', outputs: values });
    return {};
  },
});

const completeError = method({
  tier: 3,
  input: { function_execution_id: text, error: text },
  run(args, world) {
    const run = running(world, args.function_execution_id);
    world.workflows.end(world, run, { state: 'failed', error: args.error });
    return {};
  },
});

/** By which an app says what came of a step in a workflow. */
export const functions: Record<string, Method> = {
  'functions.completeSuccess': completeSuccess,
  'functions.completeError': completeError,
};
