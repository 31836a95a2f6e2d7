import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { signature } from '../../../platform/outbound/signature.ts';
import type { CheckState } from '../../rules.ts';
import type { ProviderContext } from '../kind.ts';
import { type DowntimeState, type Provider, ProviderMessage, type SwitchResult, type Target } from '../provider.ts';
import { type ProviderRequest, readJson, sendRequest } from '../provider-http.ts';
import { forEachCheck, refusedResult, withRetries } from '../requests.ts';

/** So many checks are named in one message. */
const CHECKS = 100;
/** So many messages are on their way at once. */
const AT_ONCE = 4;

const stated = z.object({ states: z.record(z.string(), z.enum(['on', 'off'])) });

export interface Receiver {
  readonly url: string;
  readonly secret: string;
  /** Whether it answers `checks.state`. */
  readonly answersState: boolean;
}

/** What a message says, beside its `type` and its `timestamp`. */
type Data = { readonly checks: readonly object[] };

/**
 * A system that is told what to switch. A message says how checks are to be from now on, not what happened: told twice, it
 * means the same. Its body, as JSON:
 *
 *     { "type": "checks.off", "timestamp": "2027-01-09T22:00:00.000Z", "data": { "checks": [
 *       { "id": "db-1", "until": "2027-01-09T23:00:00.000Z",
 *         "maintenances": [{ "id": 12, "name": "Upgrade", "url": "https://lull.example.com/maintenances/12" }] }] } }
 *
 * - `checks.off`: switch these off; `until` is the latest planned end, and passes unless another message says otherwise
 * - `checks.on`: switch these on; of each, `id` alone
 * - `checks.state`, for a receiver that can say: answer `{ "states": { "db-1": "on" } }` for those it knows
 *
 * Any 2xx means that it is done or surely will be. `webhook-id` stays the same when a message is sent again.
 */
export function webhook(
  asked: ProviderRequest,
  { url, secret, answersState }: Receiver,
  { publicUrl, now }: ProviderContext,
): Provider {
  const send = (type: string, data: Data, signal: AbortSignal) => {
    const id = `msg_${randomUUID()}`;
    const body = JSON.stringify({ type, timestamp: now().toISOString(), data });
    return withRetries(signal, () => {
      // The receiver compares it with its own clock, whatever Lull's says.
      const signed = signature(secret, id, new Date(), body);
      const headers = { accept: 'application/json', 'content-type': 'application/json', ...signed };
      return sendRequest(asked, url, { method: 'POST', headers, body, signal, redirect: 'error' });
    });
  };

  const tell = async <T extends Target>(
    type: string,
    targets: readonly T[],
    describe: (target: T) => object,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, SwitchResult>> => {
    const messages = inPortions(targets);
    const sent = await forEachCheck(
      messages,
      signal,
      (some) => send(type, { checks: some.map(describe) }, signal),
      AT_ONCE,
    );
    return new Map(
      messages.flatMap((some, index): [string, SwitchResult][] => {
        const each = sent[index];
        const result: SwitchResult = each?.ok ? { ok: true } : refusedResult(each?.error);
        return some.map(({ id }) => [id, result]);
      }),
    );
  };

  const askStates = async (targets: readonly Target[], signal: AbortSignal): Promise<Map<string, CheckState>> => {
    const states = new Map<string, CheckState>();
    for (const some of inPortions(targets)) {
      const data = { checks: some.map(({ externalId }) => ({ id: externalId })) };
      const answer = stated.safeParse(readJson(asked, await send('checks.state', data, signal)));
      if (!answer.success) {
        throw new Error(
          `${asked.title} answered without states. Expected: {"states": {"check": "on"}}, with on or off.`,
        );
      }
      const said = new Map(Object.entries(answer.data.states));
      for (const { id, externalId } of some) {
        const state = said.get(externalId);
        if (state !== undefined) states.set(id, state);
      }
    }
    return states;
  };

  const told = new ProviderMessage();
  const off = ({ externalId, until, windows }: DowntimeState) => ({
    id: externalId,
    until: until.toISOString(),
    maintenances: windows.map(({ id, name }) => ({ id, name, url: `${publicUrl}/maintenances/${id}` })),
  });

  return {
    form: answersState ? 'switch' : 'downtime',
    writeOnly: !answersState,
    read: async (targets, signal) => (answersState ? await askStates(targets, signal) : told.states(targets)),
    async switchOff(targets, signal) {
      const answers = await tell('checks.off', targets, off, signal);
      told.note(answers, 'off');
      return answers;
    },
    async switchOn(targets, signal) {
      const answers = await tell('checks.on', targets, ({ externalId }) => ({ id: externalId }), signal);
      told.note(answers, 'on');
      return answers;
    },
  };
}

function inPortions<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / CHECKS) }, (_, index) =>
    all.slice(index * CHECKS, (index + 1) * CHECKS),
  );
}
