import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import { actions, button, formatNames, type Message, quote, section } from '../../slack/blocks.ts';
import type { Entry } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { isInSync, type Lister, previewSync, type Sync, type SyncDifference, syncProvider } from '../sync.ts';

/** `checks sync icinga`: what a monitoring system has that Lull does not know, and the other way round. */
export const sync = (list: Lister): Entry => ({
  form: /^checks\s+sync\s+([a-z0-9][a-z0-9-]*)$/i,
  run: async ({ ctx }, { actor }, [said = '']) => {
    const name = said.toLowerCase();
    const found = await previewSync(ctx, actor, name, list);
    if (!isInSync(found.difference)) return syncPreviewMessage(found);
    // Nothing to see first: that it was looked is kept.
    return syncDoneMessage(await syncProvider(ctx, actor, name, list, found.fingerprint));
  },
});

const pressed = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.object({ provider: z.string(), seen: z.string() }));

/** Applies the difference that is shown. When it is another by now, that one is shown instead. */
export async function applySync(
  { ctx }: SlackContext,
  { actor }: Person,
  value: string,
  list: Lister,
): Promise<Message> {
  const { provider, seen } = pressed.parse(value);
  try {
    return syncDoneMessage(await syncProvider(ctx, actor, provider, list, seen));
  } catch (error) {
    if (!(error instanceof UserError) || error.kind !== 'conflict') throw error;
    const now = await previewSync(ctx, actor, provider, list);
    return isInSync(now.difference) ? syncDoneMessage(now) : syncPreviewMessage(now);
  }
}

/** Of each list so much is shown (characters); the HTTP interface has all of it. */
const SHOWN = 1200;

/** What a sync would do, with the button that does it. */
export function syncPreviewMessage({ provider, difference, fingerprint }: Sync): Message {
  const { added, removed, changed } = difference;
  const title = `${quote(provider.name, 200)} and Lull differ: ${counted(difference)}.`;
  const lists = [
    listed('To add', added),
    listed('To remove, because they are not over there any more', removed),
    listed('To name and tag as they are over there', changed.map(renamed)),
  ];
  const value = JSON.stringify({ provider: provider.name, seen: fingerprint });
  return {
    text: title,
    blocks: [
      section(title),
      ...lists.filter((list) => list !== '').map(section),
      actions('sync', [button(ACTIONS.applySync, 'Apply', value, { style: 'primary' })]),
    ],
  };
}

/** What a sync did. */
export function syncDoneMessage({ provider, difference }: Sync): Message {
  const name = quote(provider.name, 200);
  if (isInSync(difference))
    return successMessage(`Lull knows the checks of ${name} as they are there. There is nothing to do.`);
  return successMessage(
    `:white_check_mark: Synced ${name}: ${counted(difference)}. \`/maintenance checks\` shows them.`,
  );
}

function counted({ added, removed, changed }: SyncDifference): string {
  const checks = (count: number) => (count === 1 ? '1 check' : `${count} checks`);
  return [
    ...(added.length > 0 ? [`${checks(added.length)} came`] : []),
    ...(removed.length > 0 ? [`${checks(removed.length)} went`] : []),
    ...(changed.length > 0 ? [`${checks(changed.length)} changed`] : []),
  ].join(', ');
}

function listed(title: string, checks: readonly { readonly name: string }[]): string {
  if (checks.length === 0) return '';
  const all = checks.map(({ name }) => name);
  return `*${title}* (${checks.length})\n${formatNames(all, SHOWN)}`;
}

function renamed({ before, after }: SyncDifference['changed'][number]): { name: string } {
  return { name: before.name === after.name ? before.name : `${before.name} → ${after.name}` };
}
