import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { actions, button, formatNames, type Message, quote, section, successMessage } from '../../slack/blocks.ts';
import type { Entry } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { checkMessages as texts } from '../../texts/slack-messages.ts';
import { isInSync, type Lister, previewSync, type Sync, type SyncDifference, syncProvider } from '../sync.ts';

/** `checks sync icinga`: the checks that only the monitoring system has, only Lull has, or that differ. */
export const sync = (list: Lister): Entry => ({
  form: /^checks\s+sync\s+([a-z0-9][a-z0-9-]*)$/i,
  run: async ({ ctx }, { actor }, [word = '']) => {
    const name = word.toLowerCase();
    const preview = await previewSync(ctx, actor, name, list);
    if (!isInSync(preview.difference)) return syncPreviewMessage(preview);
    // Nothing to confirm: records that the two are in sync.
    return syncDoneMessage(await syncProvider(ctx, actor, name, list, preview.fingerprint));
  },
});

const pressed = z.object({ provider: z.string(), seen: z.string() });

/** Applies the difference that was shown; shows the current one if it is another by now. */
export async function applySync({ ctx }: SlackContext, { actor }: Person, value: string, list: Lister) {
  const { provider, seen } = pressed.parse(JSON.parse(value));
  try {
    return syncDoneMessage(await syncProvider(ctx, actor, provider, list, seen));
  } catch (error) {
    if (!(error instanceof UserError) || error.kind !== 'conflict') throw error;
    const preview = await previewSync(ctx, actor, provider, list);
    return isInSync(preview.difference) ? syncDoneMessage(preview) : syncPreviewMessage(preview);
  }
}

/** Of each list; the HTTP interface has all of it. */
const MAX_LIST_CHARS = 1200;

/** What a sync would do, with the button that does it. */
export function syncPreviewMessage({ provider, difference, fingerprint }: Sync): Message {
  const { added, removed, changed } = difference;
  const title = texts.syncDiffers(quote(provider.name, 200), describeDifference(difference));
  const toName = ({ name }: { readonly name: string }) => name;
  const renames = changed.map(({ before, after }) =>
    before.name === after.name ? before.name : `${before.name} → ${after.name}`,
  );
  const lists: readonly (readonly [title: string, names: readonly string[]])[] = [
    [texts.syncAdds, added.map(toName)],
    [texts.syncRemoves, removed.map(toName)],
    [texts.syncChanges, renames],
  ];
  const value = JSON.stringify({ provider: provider.name, seen: fingerprint });
  const sections = lists
    .filter(([, names]) => names.length > 0)
    .map(([head, names]) => section(`*${head}* (${names.length})\n${formatNames(names, MAX_LIST_CHARS)}`));
  const apply = button(ACTIONS.applySync, texts.syncApply, value, { style: 'primary' });
  return { text: title, blocks: [section(title), ...sections, actions('sync', [apply])] };
}

export function syncDoneMessage({ provider, difference }: Sync): Message {
  const name = quote(provider.name, 200);
  return successMessage(
    isInSync(difference) ? texts.syncNothing(name) : texts.syncDone(name, describeDifference(difference)),
  );
}

function describeDifference({ added, removed, changed }: SyncDifference) {
  return texts.syncCounts({ added: added.length, removed: removed.length, changed: changed.length });
}
