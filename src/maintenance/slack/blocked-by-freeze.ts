import { z } from 'zod';
import { type Actor, isAllowed } from '../../core/permissions.ts';
import { FreezeConflict } from '../../freezes/rules.ts';
import { blockedLines } from '../../freezes/slack/messages.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { actions, button, type Message, section } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { saveDraft } from '../repository/drafts.ts';
import type { ExtendBy } from '../rules/extension.ts';
import { draftWindow } from './draft.ts';

const instant = z.iso.datetime().transform((text) => new Date(text));

/** What a freeze kept from being done, until an admin says why it should be done all the same. */
export const draftChange = z.discriminatedUnion('kind', [
  draftWindow,
  z.object({ kind: z.literal('move'), id: z.number(), start: instant, end: instant, timezone: z.string() }),
  z.object({ kind: z.literal('extend'), id: z.number(), by: z.union([z.number(), instant]) }),
  z.object({ kind: z.literal('start'), id: z.number() }),
  z.object({ kind: z.literal('reopen'), id: z.number() }),
]);
export type DraftChange = z.infer<typeof draftChange>;
/** A command that a freeze may keep from being done. */
export type Change =
  | { readonly kind: 'move'; readonly id: number; readonly start: Date; readonly end: Date; readonly timezone: string }
  | { readonly kind: 'extend'; readonly id: number; readonly by: ExtendBy }
  | { readonly kind: 'start'; readonly id: number }
  | { readonly kind: 'reopen'; readonly id: number };

const LABELS: Record<Change['kind'], string> = {
  move: 'Move anyway...',
  extend: 'Extend anyway...',
  start: 'Start anyway...',
  reopen: 'Reopen anyway...',
};

/** As the draft is stored. */
function toContent(change: Change) {
  switch (change.kind) {
    case 'move':
      return { ...change, start: change.start.toISOString(), end: change.end.toISOString() };
    case 'extend': {
      const { by } = change;
      return { ...change, by: by instanceof Date ? by.toISOString() : by };
    }
    default:
      return { ...change };
  }
}

/** Keeps what a freeze kept from being done. Returns the draft's id. */
export function saveBlockedChange(
  { database, clock }: ActionContext,
  { accountId, id }: Actor,
  change: Change,
): Promise<string> {
  const content = toContent(change);
  return saveDraft(database, accountId, id, content, clock.now());
}

/**
 * Does a change; where a freeze keeps it from being done and the person may override it, offers to.
 * @param change what `work` does
 */
export async function offerOverride(
  { ctx }: SlackContext,
  { actor }: Person,
  change: Change,
  work: () => Promise<Message | undefined>,
): Promise<Message | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FreezeConflict) || !isAllowed(actor, 'override-freeze')) throw error;
    const draftId = await saveBlockedChange(ctx, actor, change);
    const text = `${blockedLines(error.freezes)} Choose another time, or say why it cannot wait.`;
    const label = LABELS[change.kind];
    return {
      text,
      blocks: [
        section(text),
        actions(`frozen:${draftId}`, [button(ACTIONS.override, label, draftId, { style: 'danger' })]),
      ],
    };
  }
}
