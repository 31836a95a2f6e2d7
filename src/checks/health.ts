import type { Logger } from 'pino';
import type { Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { filterUnmuted, findAnyCheck } from './provider-repository.ts';
import type { Providers } from './providers/provider.ts';
import { MAX_CHECKS_PER_CALL, openSession } from './providers/session.ts';

/**
 * A light look at a provider that nothing was asked of for a while: whether it answers, which its health shows; and
 * whether downtimes of Lull's lie there that no window wants any more, which are taken away. Those are left by a system
 * that came back in an older state. It runs in the queue of the provider's enforcement, so neither is in the other's way.
 */
export async function pruneStaleDowntimes(
  ctx: ActionContext,
  providers: Providers,
  log: Logger,
  { accountId, provider: name }: Jobs['prune-downtimes'],
): Promise<void> {
  const conversation = await openSession(ctx, providers, accountId, name);
  if (!conversation.open) return;
  if (conversation.form === 'switch') {
    const check = await findAnyCheck(ctx.database, accountId, name);
    if (check !== undefined) await conversation.read([check]);
    return;
  }
  const present = await conversation.present();
  if (!present.ok) return;
  const unwanted = await filterUnmuted(ctx.database, accountId, name, [...present.value]);
  for (let from = 0; from < unwanted.length; from += MAX_CHECKS_PER_CALL) {
    const some = unwanted.slice(from, from + MAX_CHECKS_PER_CALL);
    const { answers, error } = await conversation.switchOn(some);
    const refused = some.flatMap(({ id }) => {
      const answer = answers.get(id) ?? { ok: false, error };
      return answer.ok ? [] : [answer.error];
    });
    const counts = { checks: some.length, refused: refused.length, error: refused[0] };
    log.warn({ provider: name, accountId, ...counts }, 'downtimes that no window wants were taken away');
  }
}
