import { authorize } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import type { Freeze } from '../../freezes/rules.ts';
import { blockedLines } from '../../freezes/slack/messages.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { createReply, type SlackContext } from '../../slack/context.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { formatInstant, formatWindow } from '../../slack/time.ts';
import { toCoverage } from '../commands/announce.ts';
import { listFreezesOn } from '../commands/apply-rules.ts';
import { extend, reschedule } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { REOPEN_MINUTES, reopen } from '../commands/reopen.ts';
import { schedule } from '../commands/schedule.ts';
import { start } from '../commands/start.ts';
import { findDraft } from '../repository/drafts.ts';
import { extendedEnd } from '../rules/extension.ts';
import { currentWindow, endOfStartAt } from '../rules/times.ts';
import { type Change, type DraftChange, draftChange } from './blocked-by-freeze.ts';
import { toScheduleInput } from './draft.ts';
import { overrideMetadata, overrideModal, readOverrideModal } from './override-form.ts';
import { scheduledMessage } from './scheduled.ts';
import { reopenedMessage } from './transitions.ts';

/** Listens for the button that asks why a freeze should not hold, and for the submitted reason. */
export function listenToOverrides(on: Listeners): void {
  const { context } = on;

  on.button(ACTIONS.override, (person, press) => openOverride(context, person, press.value, press));
  on.submission(VIEWS.override, async (person, view) => {
    const { draftId, responseUrl } = overrideMetadata.parse(JSON.parse(view.private_metadata));
    const message = await applyOverride(context, person, draftId, readOverrideModal(view.state.values));
    if (responseUrl === undefined) return undefined;
    return { after: () => createReply(responseUrl, context.log)(message, { replace: true }) };
  });
}

const GONE = new ReplyError('This was answered already, or it is too old. Type it again.');

/** Asks for the reason. */
export async function openOverride(
  context: SlackContext,
  person: Person,
  draftId: string,
  press: { triggerId: string; responseUrl?: string },
): Promise<void> {
  authorize(person.actor, 'override-freeze');
  const change = await changeOf(context, person, draftId);
  const { what, freezes } = await inWords(context, person, change);
  const text = freezes.length === 0 ? what : `${what}\n${blockedLines(freezes)}`;
  const { responseUrl } = press;
  const view = overrideModal({ draftId, ...(responseUrl === undefined ? {} : { responseUrl }) }, text);
  await context.client.views.open({ trigger_id: press.triggerId, view });
}

/**
 * Does what a freeze kept from being done.
 * @returns what to say in the place of the button
 */
export async function applyOverride(
  context: SlackContext,
  person: Person,
  draftId: string,
  overrideReason: string,
): Promise<Message> {
  const { ctx } = context;
  const { actor, timezone } = person;
  const change = await changeOf(context, person, draftId);
  const once = `draft:${draftId}`;
  const again = successMessage('This was done already.');
  switch (change.kind) {
    case 'window': {
      const made = await schedule(ctx, actor, { ...toScheduleInput(change), overrideReason }, once);
      return made === undefined ? again : scheduledMessage(context, person, made, change.channels);
    }
    case 'move': {
      const moved = await reschedule(ctx, actor, change.id, { ...change, overrideReason }, once);
      return moved === undefined
        ? again
        : successMessage(`Moved: maintenance ${change.id} is now ${formatWindow(change, timezone)}.`);
    }
    case 'extend': {
      const extended = await extend(ctx, actor, change.id, change.by, once, overrideReason);
      if (extended === undefined) return again;
      return successMessage(
        `Extended: maintenance ${change.id} ends ${formatInstant(currentWindow(extended).end, timezone)} (${timezone}).`,
      );
    }
    case 'reopen':
      return reopenedMessage(await reopen(ctx, actor, change.id, once, overrideReason), change.id, timezone);
    case 'start': {
      const started = await start(ctx, actor, change.id, once, overrideReason);
      if (started === undefined) return again;
      return successMessage(
        `Started: maintenance ${change.id} ends ${formatInstant(currentWindow(started).end, timezone)} (${timezone}).`,
      );
    }
  }
}

async function changeOf({ ctx }: SlackContext, { actor }: Person, draftId: string): Promise<DraftChange> {
  const read = draftChange.safeParse(await findDraft(ctx.database, actor.accountId, draftId));
  if (!read.success) throw GONE;
  return read.data;
}

/** When a maintenance would be. */
function timesAfter(change: Change, is: Interval, now: Date): Interval {
  switch (change.kind) {
    case 'move':
      return { start: change.start, end: change.end };
    case 'extend':
      return { start: is.start, end: extendedEnd(is.end, change.by) };
    case 'start':
      return { start: now, end: endOfStartAt(is, now) };
    case 'reopen':
      return { start: now, end: new Date(now.getTime() + REOPEN_MINUTES * 60_000) };
  }
}

async function inWords(
  { ctx }: SlackContext,
  { actor, timezone }: Person,
  change: DraftChange,
): Promise<{ what: string; freezes: readonly Freeze[] }> {
  const db = ctx.database;
  if (change.kind === 'window') {
    const freezes = await listFreezesOn(db, actor.accountId, { ...change, scopeId: null });
    return { what: `*${quote(change.name, 250)}*\n${formatWindow(change, timezone)}`, freezes };
  }
  const maintenance = await getMaintenance(ctx, actor, change.id);
  const window = {
    ...toCoverage(maintenance),
    ...timesAfter(change, currentWindow(maintenance), ctx.clock.now()),
  };
  const freezes = await listFreezesOn(db, actor.accountId, window);
  return { what: `*${quote(maintenance.name, 250)}*\n${formatWindow(window, timezone)}`, freezes };
}
