import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { type Actor, authorizeForm, isOffered } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { FreezeConflict } from '../../freezes/rules.ts';
import { blockedLines } from '../../freezes/slack/messages.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { actions, button, type Message, quote, section, successMessage } from '../../slack/blocks.ts';
import { createReply, type SlackContext } from '../../slack/context.ts';
import { modal, readInput, readText, textInput } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { formatInstant, formatWindow } from '../../slack/time.ts';
import { maintenanceForms } from '../../texts/slack-forms.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import { toCoverage } from '../commands/announce.ts';
import { listFreezesOn } from '../commands/apply-rules.ts';
import { extend, reschedule } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { schedule } from '../commands/schedule.ts';
import { REOPEN_MINUTES, reopen, start } from '../commands/transitions.ts';
import { MAINTENANCE_FIELDS } from '../fields.ts';
import { saveDraft } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { currentWindow, endOfStartAt, extendedEnd } from '../rules/times.ts';
import { nameMaintenance } from './announcement.ts';
import { draftWindow, getDraft, scheduledMessage, toScheduleInput } from './drafts.ts';
import { endLines } from './end-lines.ts';

const instant = MAINTENANCE_FIELDS.start.schema;

/** A command on a maintenance that a freeze may block, as kept in a draft until an admin overrides the freeze. */
const change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('move'),
    id: z.number(),
    start: instant,
    /** Absent: it keeps its length. */
    end: instant.optional(),
    timezone: z.string(),
  }),
  z.object({ kind: z.literal('extend'), id: z.number(), by: z.union([z.number(), instant]) }),
  z.object({ kind: z.literal('start'), id: z.number() }),
  z.object({ kind: z.literal('reopen'), id: z.number() }),
]);
export type Change = z.infer<typeof change>;

const draftChange = z.union([draftWindow, change]);
type DraftChange = z.infer<typeof draftChange>;

/**
 * Carries out a change. Where a freeze blocks it and the person may override freezes, offers to.
 * @param once the key of a request that may come twice
 * @returns undefined when the request was acted upon before
 */
export async function changeOrOfferOverride(
  context: SlackContext,
  person: Person,
  change: Change,
  once: string | undefined,
): Promise<Message | undefined> {
  try {
    return await applyChange(context, person, change, once);
  } catch (error) {
    if (!(error instanceof FreezeConflict) || !isOffered(person.actor, 'override-freeze')) throw error;
    const draftId = await saveBlockedChange(context, person, change);
    const text = texts.blocked(blockedLines(error.freezes));
    const override = button(ACTIONS.override, maintenanceForms.anyway[change.kind], draftId, { style: 'danger' });
    return { text, blocks: [section(text), actions(`frozen:${draftId}`, [override])] };
  }
}

async function applyChange(
  { ctx }: SlackContext,
  { actor, timezone }: Person,
  change: Change,
  once: string | undefined,
  overrideReason?: string,
): Promise<Message | undefined> {
  const { kind, id } = change;
  const answer = (text: 'extended' | 'started', changed: Maintenance | undefined) =>
    changed &&
    successMessage(
      texts[text](nameMaintenance(changed), formatInstant(currentWindow(changed).end, timezone), timezone),
    );
  switch (kind) {
    case 'move': {
      const moved = await reschedule(ctx, actor, id, { ...change, overrideReason }, once);
      return moved && successMessage(texts.moved(id, formatWindow(currentWindow(moved), timezone)));
    }
    case 'extend': {
      const extended = await extend(ctx, actor, id, change.by, { once, overrideReason });
      if (extended?.extended !== false) return answer('extended', extended?.maintenance);
      return successMessage((await endLines(ctx, extended.maintenance, timezone)).join('\n'));
    }
    case 'start':
      return answer('started', await start(ctx, actor, id, once, overrideReason));
    case 'reopen':
      return reopenedMessage(await reopen(ctx, actor, id, once, overrideReason), id, timezone);
  }
}

/** The answer to whoever reopened maintenance `id`. @param zone theirs */
export function reopenedMessage(opened: Maintenance, id: number, zone: string): Message {
  return successMessage(
    texts.reopened(id, nameMaintenance(opened), formatInstant(currentWindow(opened).end, zone), zone),
  );
}

/** Keeps a change that a freeze blocks, with the window that it leads to now. Returns the draft's id. */
export async function saveBlockedChange(context: SlackContext, { actor }: Person, blocked: Change): Promise<string> {
  const { ctx } = context;
  const absolute = await toAbsolute(context, actor, blocked);
  return saveDraft(ctx.database, actor.accountId, actor.id, z.encode(change, absolute), ctx.clock.now());
}

/** A change that means the same window whatever others change before it is carried out. */
async function toAbsolute({ ctx }: SlackContext, actor: Actor, change: Change): Promise<Change> {
  const isRelative = change.kind === 'move' ? change.end === undefined : change.kind === 'extend';
  if (!isRelative || change.kind === 'start' || change.kind === 'reopen') return change;
  const current = currentWindow(await getMaintenance(ctx, actor, change.id));
  const { end } = windowAfter(change, current, ctx.clock.now());
  return change.kind === 'move' ? { ...change, end } : { ...change, by: end };
}

const overrideMetadata = z.object({
  draftId: z.string(),
  /** Where to answer; absent where the announcement shows the outcome. */
  responseUrl: z.string().optional(),
});

export function listenToOverrides(on: Listeners): void {
  const { context } = on;

  on.button(ACTIONS.override, (person, press) => openOverride(context, person, press.value, press));
  on.submission(VIEWS.override, async (person, view) => {
    const { draftId, responseUrl } = overrideMetadata.parse(JSON.parse(view.private_metadata));
    const reason = readText(readInput(view.state.values), 'override_reason');
    const message = await applyBlockedChange(context, person, draftId, reason);
    if (responseUrl === undefined) return undefined;
    return { after: () => createReply(responseUrl, context.log)(message, { replace: true }) };
  });
}

export async function openOverride(
  context: SlackContext,
  person: Person,
  draftId: string,
  { triggerId, responseUrl }: { triggerId: string; responseUrl?: string },
): Promise<void> {
  authorizeForm(person.actor, 'override-freeze');
  const blocked = await getDraft(context, person, draftId, draftChange, texts.changeGone);
  const text = await describeChange(context, person, blocked);
  const view = overrideModal({ draftId, responseUrl }, text);
  await context.client.views.open({ trigger_id: triggerId, view });
}

/** @param text the change and the freezes, in mrkdwn */
export function overrideModal(metadata: z.infer<typeof overrideMetadata>, text: string): ModalView {
  return modal(VIEWS.override, maintenanceForms.override, metadata, [
    section(text),
    textInput('override_reason', maintenanceForms.overrideReason, {
      multiline: true,
      maxChars: 1000,
      hint: maintenanceForms.overrideReasonHint,
    }),
  ]);
}

/** Carries out a blocked change in spite of the freeze. Returns the answer, which replaces the button. */
async function applyBlockedChange(
  context: SlackContext,
  person: Person,
  draftId: string,
  overrideReason: string,
): Promise<Message> {
  const { actor } = person;
  const blocked = await getDraft(context, person, draftId, draftChange, texts.changeGone);
  const once = `draft:${draftId}`;
  const again = successMessage(texts.doneAlready);
  if (blocked.kind !== 'window') return (await applyChange(context, person, blocked, once, overrideReason)) ?? again;
  const made = await schedule(context.ctx, actor, { ...toScheduleInput(blocked), overrideReason }, once);
  return made === undefined ? again : scheduledMessage(context, person, made, blocked.channels);
}

function windowAfter(change: Change, current: Interval, now: Date): Interval {
  switch (change.kind) {
    case 'move': {
      const { start, end } = change;
      return { start, end: end ?? new Date(start.getTime() + current.end.getTime() - current.start.getTime()) };
    }
    case 'extend':
      return { start: current.start, end: extendedEnd(current.end, change.by) };
    case 'start':
      return { start: now, end: endOfStartAt(current, now) };
    case 'reopen':
      return { start: now, end: new Date(now.getTime() + REOPEN_MINUTES * 60_000) };
  }
}

/** The maintenance with its window after the change, and the freezes that it is in, in mrkdwn. */
async function describeChange(
  { ctx }: SlackContext,
  { actor, timezone }: Person,
  change: DraftChange,
): Promise<string> {
  let name: string;
  let covered: Parameters<typeof listFreezesOn>[2];
  if (change.kind === 'window') {
    name = change.name;
    covered = { ...change, scopeId: null };
  } else {
    const maintenance = await getMaintenance(ctx, actor, change.id);
    name = maintenance.name;
    covered = { ...toCoverage(maintenance), ...windowAfter(change, currentWindow(maintenance), ctx.clock.now()) };
  }
  const freezes = await listFreezesOn(ctx.database, actor.accountId, covered);
  const lines = [`*${quote(name, 250)}*`, formatWindow(covered, timezone)];
  return [...lines, ...(freezes.length === 0 ? [] : [blockedLines(freezes)])].join('\n');
}
