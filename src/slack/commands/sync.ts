import { z } from 'zod';
import { previewSync, syncProvider } from '../../actions/sync-provider.ts';
import { Refusal } from '../../domain/refusal.ts';
import { isInSync } from '../../domain/sync.ts';
import type { SlackContext } from '../context.ts';
import type { Message } from '../messages/message.ts';
import { doneSync, seenSync } from '../messages/sync.ts';
import type { Person } from '../people.ts';
import type { Entry } from './command.ts';

/** `checks sync icinga`: what a monitoring system has that Lull does not know, and the other way round. */
export const sync: Entry = {
  form: /^checks\s+sync\s+([a-z0-9][a-z0-9-]*)$/i,
  run: async ({ ground, list }, { actor }, [said = '']) => {
    const name = said.toLowerCase();
    const found = await previewSync(ground, actor, name, list);
    if (!isInSync(found.difference)) return seenSync(found);
    // Nothing to see first: that it was looked is kept.
    return doneSync(await syncProvider(ground, actor, name, list, found.seen));
  },
};

const pressed = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.object({ provider: z.string(), seen: z.string() }));

/** Applies the difference that is shown. When it is another by now, that one is shown instead. */
export async function applySync({ ground, list }: SlackContext, { actor }: Person, value: string): Promise<Message> {
  const { provider, seen } = pressed.parse(value);
  try {
    return doneSync(await syncProvider(ground, actor, provider, list, seen));
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'conflict') throw error;
    const now = await previewSync(ground, actor, provider, list);
    return isInSync(now.difference) ? doneSync(now) : seenSync(now);
  }
}
