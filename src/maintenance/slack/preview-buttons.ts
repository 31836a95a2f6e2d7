import { addService } from '../../catalogue/services/commands.ts';
import { findServiceByName } from '../../catalogue/services/repository.ts';
import { findCreated } from '../../platform/idempotency.ts';
import { successMessage } from '../../slack/answers.ts';
import type { Message } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { schedule } from '../commands/schedule.ts';
import { discardDraft, findDraft } from '../repository/drafts.ts';
import { findMaintenance, type Maintenance } from '../repository/maintenances.ts';
import { type DraftWindow, draftChoices, draftWindow, toScheduleInput } from './draft.ts';
import { scheduledMessage } from './scheduled.ts';

export const GONE = new ReplyError('This preview was answered already, or it is too old. Type the sentence again.');

async function windowOf({ ctx }: SlackContext, person: Person, draftId: string): Promise<DraftWindow> {
  const read = draftWindow.safeParse(await findDraft(ctx.database, person.actor.accountId, draftId));
  if (!read.success) throw GONE;
  return read.data;
}

/** Schedules what the preview shows. A second press does nothing, and is answered like the first. */
export async function scheduleDraft(context: SlackContext, person: Person, draftId: string): Promise<Message> {
  const window = await windowOf(context, person, draftId);
  const once = `draft:${draftId}`;
  const made =
    (await schedule(context.ctx, person.actor, toScheduleInput(window), once)) ??
    (await scheduledBefore(context, person, once));
  if (made === undefined) return successMessage('This is scheduled already. `/maintenance list` shows it.');
  return scheduledMessage(context, person, made, window.channels);
}

async function scheduledBefore(
  { ctx }: SlackContext,
  { actor }: Person,
  once: string,
): Promise<Maintenance | undefined> {
  const id = await findCreated(ctx.database, actor.accountId, once);
  return id === undefined ? undefined : findMaintenance(ctx.database, actor.accountId, id);
}

export async function discardPreview({ ctx }: SlackContext, person: Person, draftId: string): Promise<Message> {
  await discardDraft(ctx.database, person.actor.accountId, draftId);
  return successMessage('Discarded. Nothing was scheduled.');
}

/** Runs the sentence of a choice, after adding its service if it has one to add. @param runText runs what a person typed */
export async function chooseReading(
  context: SlackContext,
  person: Person,
  value: string,
  runText: (context: SlackContext, person: Person, text: string) => Promise<Message | undefined>,
): Promise<Message | undefined> {
  const [draftId = '', index = ''] = value.split(':');
  const db = context.ctx.database;
  const read = draftChoices.safeParse(await findDraft(db, person.actor.accountId, draftId));
  const choice = read.success ? read.data.choices[Number(index)] : undefined;
  if (choice === undefined) throw GONE;
  if (choice.addService !== undefined) {
    // Pressed twice, or added by somebody else meanwhile: it is there, which is what was wanted.
    const there = await findServiceByName(db, person.actor.accountId, choice.addService, null);
    if (there === null) await addService(context.ctx, person.actor, { name: choice.addService, scopeId: null });
  }
  return runText(context, person, choice.text);
}
