import type { App, BlockButtonAction } from '@slack/bolt';
import { Refusal } from '../../core/errors.ts';
import { mustBeAllowed } from '../../core/permissions.ts';
import { find } from '../../maintenance/commands/find.ts';
import { REOPENED_FOR, reopen } from '../../maintenance/commands/reopen.ts';
import { extend, reschedule } from '../../maintenance/commands/reschedule.ts';
import { schedule } from '../../maintenance/commands/schedule.ts';
import { start } from '../../maintenance/commands/start.ts';
import { findDraft } from '../../maintenance/drafts.ts';
import { startedEarly } from '../../maintenance/lifecycle.ts';
import { toScheduleInput } from '../../maintenance/slack/draft.ts';
import { scheduled } from '../../maintenance/slack/scheduled.ts';
import { reopened } from '../../maintenance/slack/transitions.ts';
import type { Interval } from '../../maintenance/status.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { answer } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { answering, type Listening, replyAt, type SlackContext } from '../../slack/context.ts';
import { submissions } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { at, between } from '../../slack/time.ts';
import { freezesFor, windowOf } from '../assert-not-frozen.ts';
import type { Freeze } from '../rules.ts';
import { type Change, type DraftChange, draftChange } from './anyway.ts';
import { frozenLines } from './messages.ts';
import { overrideMetadata, overrideModal, readOverrideModal } from './override-form.ts';

/** Hears those who override a freeze: the button that asks for the reason, and the reason. */
export function listenToOverrides(app: App, { context, track }: Listening): void {
  const { log, people, workspace } = context;

  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: ACTIONS.override },
    async ({ ack, body, action }) => {
      await ack();
      const press = { triggerId: body.trigger_id, responseUrl: body.response_url };
      track(
        answering(log, replyAt(body.response_url, log), async () => {
          await openOverride(context, await people.find(workspace, body.user.id), action.value ?? '', press);
        }),
      );
    },
  );

  submissions(app, { context, track })(VIEWS.override, async (person, view) => {
    const { draftId, responseUrl } = overrideMetadata.parse(JSON.parse(view.private_metadata));
    const message = await doAnyway(context, person, draftId, readOverrideModal(view.state.values));
    if (responseUrl === undefined) return undefined;
    return { after: () => replyAt(responseUrl, log)(message, { replace: true }) };
  });
}

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
