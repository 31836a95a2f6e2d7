import { find } from '../../actions/action.ts';
import { extend } from '../../actions/extend.ts';
import { freezesFor, windowOf } from '../../actions/mind-freezes.ts';
import { REOPENED_FOR, reopen } from '../../actions/reopen.ts';
import { reschedule } from '../../actions/reschedule.ts';
import { schedule } from '../../actions/schedule.ts';
import { start } from '../../actions/start.ts';
import type { Freeze } from '../../domain/freezes.ts';
import { startedEarly } from '../../domain/lifecycle.ts';
import type { Interval } from '../../domain/maintenance.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { Refusal } from '../../domain/refusal.ts';
import { findDraft } from '../../store/drafts.ts';
import { type Change, type DraftChange, draftChange } from '../commands/anyway.ts';
import { reopened } from '../commands/reopen.ts';
import type { SlackContext } from '../context.ts';
import { toScheduleInput } from '../draft.ts';
import { answer } from '../messages/answers.ts';
import { quote } from '../messages/blocks.ts';
import { frozenLines } from '../messages/freezes.ts';
import type { Message } from '../messages/message.ts';
import { at, between } from '../messages/time.ts';
import { overrideModal } from '../modals/override.ts';
import type { Person } from '../people.ts';
import { scheduled } from './scheduled.ts';

const GONE = new Refusal('not-found', 'This was answered already, or it is too old. Type it again.');

/** Asks for the reason. */
export async function openOverride(
  context: SlackContext,
  person: Person,
  draftId: string,
  press: { triggerId: string; responseUrl?: string },
): Promise<void> {
  mustBeAllowed(person.actor, 'override-freeze');
  const change = await changeOf(context, person, draftId);
  const { what, freezes } = await inWords(context, person, change);
  const text = freezes.length === 0 ? what : `${what}\n${frozenLines(freezes)}`;
  const { responseUrl } = press;
  const view = overrideModal({ draftId, ...(responseUrl === undefined ? {} : { responseUrl }) }, text);
  await context.client.views.open({ trigger_id: press.triggerId, view });
}

/**
 * Does what a freeze kept from being done.
 * @returns what to say in the place of the button
 */
export async function doAnyway(
  context: SlackContext,
  person: Person,
  draftId: string,
  overrideReason: string,
): Promise<Message> {
  const { ground } = context;
  const { actor, timezone } = person;
  const change = await changeOf(context, person, draftId);
  const once = `draft:${draftId}`;
  const again = answer('This was done already.');
  switch (change.kind) {
    case 'window': {
      const made = await schedule(ground, actor, { ...toScheduleInput(change), overrideReason }, once);
      return made === undefined ? again : scheduled(context, person, made, change.channels);
    }
    case 'move': {
      const moved = await reschedule(ground, actor, change.id, { ...change, overrideReason }, once);
      return moved === undefined
        ? again
        : answer(`Moved: maintenance ${change.id} is now ${between(change, timezone)}.`);
    }
    case 'extend': {
      const extended = await extend(ground, actor, change.id, change.minutes, once, overrideReason);
      if (extended === undefined) return again;
      return answer(`Extended: maintenance ${change.id} ends ${at(extended.scheduledEnd, timezone)} (${timezone}).`);
    }
    case 'reopen':
      return reopened(await reopen(ground, actor, change.id, once, overrideReason), change.id, timezone);
    case 'start': {
      const started = await start(ground, actor, change.id, once, overrideReason);
      if (started === undefined) return again;
      return answer(`Started: maintenance ${change.id} ends ${at(started.scheduledEnd, timezone)} (${timezone}).`);
    }
  }
}

async function changeOf({ ground }: SlackContext, { actor }: Person, draftId: string): Promise<DraftChange> {
  const read = draftChange.safeParse(await findDraft(ground.database, actor.accountId, draftId));
  if (!read.success) throw GONE;
  return read.data;
}

/** When a maintenance would be. */
function timesAfter(change: Change, is: Interval, now: Date): Interval {
  switch (change.kind) {
    case 'move':
      return { start: change.start, end: change.end };
    case 'extend':
      return { start: is.start, end: new Date(is.end.getTime() + change.minutes * 60_000) };
    case 'start':
      return startedEarly(is, now);
    case 'reopen':
      return { start: now, end: new Date(now.getTime() + REOPENED_FOR * 60_000) };
  }
}

async function inWords(
  { ground }: SlackContext,
  { actor, timezone }: Person,
  change: DraftChange,
): Promise<{ what: string; freezes: readonly Freeze[] }> {
  const db = ground.database;
  if (change.kind === 'window') {
    const freezes = await freezesFor(db, actor.accountId, { ...change, scopeId: null });
    return { what: `*${quote(change.name, 250)}*\n${between(change, timezone)}`, freezes };
  }
  const maintenance = await find(ground, actor, change.id);
  const is = windowOf(maintenance);
  const window = { ...is, ...timesAfter(change, is, ground.clock.now()) };
  const freezes = await freezesFor(db, actor.accountId, window);
  return { what: `*${quote(maintenance.name, 250)}*\n${between(window, timezone)}`, freezes };
}
