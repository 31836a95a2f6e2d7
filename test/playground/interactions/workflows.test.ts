import type { App } from '@slack/bolt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppManifestInput, appManifest } from '../../../src/playground/workspace/manifest.ts';
import { type Running, runInSocketMode } from '../bolt-app.ts';

const parameter = (type: 'string' | 'integer' | 'slack#/types/user_context', is_required = true) => ({
  type,
  is_required,
});
const manifest: AppManifestInput = {
  display_information: { name: 'Counter' },
  settings: {
    function_runtime: 'remote',
    org_deploy_enabled: true,
    event_subscriptions: { bot_events: ['function_executed'] },
  },
  functions: {
    count: {
      title: 'Count',
      input_parameters: {
        who: parameter('slack#/types/user_context'),
        words: parameter('string'),
        more: parameter('integer', false),
      },
      output_parameters: { count: parameter('integer') },
    },
  },
};

const answers: string[] = [];
let at: Running;

function register(app: App): void {
  app.function('count', async ({ inputs, event, client, complete, fail }) => {
    const words = String(inputs.words);
    if (words === 'fail') {
      await fail({ error: 'Not today.' });
      return;
    }
    const wrong = words === 'wrong' ? { count: 'three' } : words === 'missing' ? {} : undefined;
    const outputs = wrong ?? { count: words.split(' ').length, ...(words === 'unknown' ? { other: 1 } : {}) };
    await complete({ outputs }).catch((error: Error) => answers.push(error.message));
    const again = { function_execution_id: event.function_execution_id, outputs: { count: 1 } };
    if (words === 'twice') {
      await client.functions.completeSuccess(again).catch((error: Error) => answers.push(error.message));
    }
  });
}

beforeAll(async () => {
  at = await runInSocketMode(register, { manifest });
});
afterAll(() => at.stop());
const ana = () => at.playground.as('ana');

describe('a workflow step', () => {
  test('runs in the app and returns outputs, which Slackbot shows to the person', async () => {
    const run = ana().runStep('#ops', 'count', { words: 'one two three' });
    await ana().waitFor('the end', () => run.outcome.state !== 'running');
    expect(run.outcome).toEqual({ state: 'completed', outputs: { count: 3 } });
    expect(ana().ephemerals('#ops').at(-1)?.text).toContain('count: 3');
    expect(at.playground.as('jonas').ephemerals('#ops')).toEqual([]);
    const failed = ana().runStep('#ops', 'count', { words: 'fail' });
    await ana().waitFor('the end', () => failed.outcome.state === 'failed');
    expect(ana().ephemerals('#ops').at(-1)?.text).toBe('The workflow stopped at *Count*: Not today.');
  });

  test('tells the app who set it off, and keeps tokens from the inspector', () => {
    const sent = at.playground.log().find(({ title }) => title === 'function_executed');
    expect(sent?.request).toMatchObject({
      event: { inputs: { who: { id: ana().id, secret: '•••' } }, bot_access_token: '•••' },
    });
  });

  test.each([
    ['a value is missing', {}, 'missing required parameter: words'],
    ['one has another type', { words: 'x', more: 'many' }, 'more is no integer'],
    ['one is unknown', { words: 'x', less: 1 }, 'less is no parameter'],
    ['somebody says who set it off', { words: 'x', who: 'U0JONAS001' }, 'who is filled in by Slack'],
  ])('cannot be run when %s', (_, inputs, said) => {
    expect(() => ana().runStep('#ops', 'count', inputs)).toThrow(said);
  });

  test.each([
    ['wrong', 'parameter_validation_failed'],
    ['missing', 'parameter_validation_failed'],
    ['unknown', 'parameter_validation_failed'],
    ['twice', 'execution_not_in_running_state'],
  ])('takes no outputs that are %s', async (words, error) => {
    answers.length = 0;
    ana().runStep('#ops', 'count', { words });
    await ana().waitFor('the refusal', () => answers.length > 0);
    expect(answers.join()).toContain(error);
  });
});

test.each([
  [
    'settings.function_runtime',
    { org_deploy_enabled: true, event_subscriptions: { bot_events: ['function_executed'] } },
  ],
  ['settings.org_deploy_enabled', { function_runtime: 'remote' as const }],
  ['function_executed', { function_runtime: 'remote' as const, org_deploy_enabled: true }],
])('a manifest with functions needs %s', (needed, settings) => {
  const parsed = appManifest.safeParse({ ...manifest, settings });
  expect(parsed.error?.message).toContain(needed);
});
