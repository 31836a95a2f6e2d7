import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isSigningSecret, signature } from '../../platform/outbound/signature.ts';
import type { CheckState } from '../rules.ts';
import { type DowntimeState, type ProviderKind, SentStates, type SwitchResult, type Target } from './provider.ts';
import { certificateSetting, ProviderHttp, readTrustSetting, withoutUser } from './provider-http.ts';
import { chunk, forEachCheck, toSwitchResult, withRetries } from './requests.ts';

const MAX_CHECKS_PER_MESSAGE = 100;
const MAX_CONCURRENT_MESSAGES = 4;

const settings = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .refine(...withoutUser)
    .describe('Where messages are sent, such as https://monitoring.example.com/lull.'),
  answers_state: z
    .boolean()
    .default(false)
    .describe(
      'Whether it answers checks.state. Without, Lull cannot know that a check was off before, nor that a hand switched it.',
    ),
  certificate: certificateSetting.optional(),
});

const credentials = z.object({
  secret: z
    .string()
    .refine(
      isSigningSecret,
      'Expected: 24 to 64 random bytes in base64, such as the output of "openssl rand -base64 32".',
    )
    .describe('What messages are signed with (Standard Webhooks): the output of "openssl rand -base64 32".'),
});

const statesAnswer = z.object({ states: z.record(z.string(), z.enum(['on', 'off'])) });

/**
 * A system that is told by signed messages what to switch. A message says the state from now on, so that it means the same
 * when it arrives twice. Its body, as JSON:
 *
 *     { "type": "checks.off", "timestamp": "2027-01-09T22:00:00.000Z", "data": { "checks": [
 *       { "id": "db-1", "until": "2027-01-09T23:00:00.000Z",
 *         "maintenances": [{ "id": 12, "name": "Upgrade", "url": "https://lull.example.com/maintenances/12" }] }] } }
 *
 * - `checks.off`: switch these off; `until` is the latest planned end
 * - `checks.on`: switch these on; each has only an `id`
 * - `checks.state`, if the receiver can tell: answer `{ "states": { "db-1": "on" } }` for those it knows
 *
 * Any 2xx means that it is done, or surely will be. `webhook-id` stays the same when a message is sent again.
 */
export const webhookKind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'webhook',
  title: 'A system of your own, by webhook',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  connect({ url, answers_state: answersState, certificate }, { secret }, { fetch, now, publicUrl }) {
    const options = { secrets: [secret], trust: readTrustSetting(certificate) };
    const http = new ProviderHttp(new URL(url).host, fetch, options);

    const send = (type: string, checks: readonly object[], signal: AbortSignal, stop?: AbortSignal) => {
      const id = `msg_${randomUUID()}`;
      const body = JSON.stringify({ type, timestamp: now().toISOString(), data: { checks } });
      const post = () => {
        // The receiver compares the time with its own clock, whatever Lull's says.
        const headers = { 'content-type': 'application/json', ...signature(secret, id, new Date(), body) };
        return http.send('POST', url, { headers, body, signal, redirect: 'error' });
      };
      return withRetries(signal, post, stop);
    };

    const sent = new SentStates();
    const switchTo = async <T extends Target>(
      state: CheckState,
      targets: readonly T[],
      describe: (target: T) => object,
      signal: AbortSignal,
      stop: AbortSignal | undefined,
    ) => {
      const messages = chunk(targets, MAX_CHECKS_PER_MESSAGE);
      const sendAll = (some: readonly T[]) => send(`checks.${state}`, some.map(describe), signal, stop);
      const pace = { concurrency: MAX_CONCURRENT_MESSAGES, stop };
      const results = (await forEachCheck(messages, signal, sendAll, pace)).map(toSwitchResult);
      const answers = new Map<string, SwitchResult>();
      for (const [index, result] of results.entries()) {
        for (const { id } of messages[index] ?? []) answers.set(id, result);
      }
      sent.save(answers, state);
      return answers;
    };

    const readStates = async (targets: readonly Target[], signal: AbortSignal) => {
      const states = new Map<string, CheckState>();
      for (const some of chunk(targets, MAX_CHECKS_PER_MESSAGE)) {
        const response = await send('checks.state', some.map(describeId), signal);
        const answer = statesAnswer.safeParse(http.readJson(response));
        if (!answer.success) {
          throw new Error(
            `${http.title} answered without states. Expected: {"states": {"check": "on"}}, with on or off.`,
          );
        }
        const byExternalId = new Map(Object.entries(answer.data.states));
        for (const { id, externalId } of some) {
          const state = byExternalId.get(externalId);
          if (state !== undefined) states.set(id, state);
        }
      }
      return states;
    };

    const describeId = ({ externalId }: Target) => ({ id: externalId });
    const describeOff = ({ externalId, until, windows }: DowntimeState) => ({
      id: externalId,
      until: until.toISOString(),
      maintenances: windows.map(({ id, name }) => ({ id, name, url: `${publicUrl}/maintenances/${id}` })),
    });
    return {
      form: answersState ? 'switch' : 'downtime',
      writeOnly: !answersState,
      read: async (targets, signal) => (answersState ? readStates(targets, signal) : sent.read(targets)),
      switchOff: (targets, signal, stop) => switchTo('off', targets, describeOff, signal, stop),
      switchOn: (targets, signal, stop) => switchTo('on', targets, describeId, signal, stop),
    };
  },
};
