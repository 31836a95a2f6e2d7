import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { addService } from '../../catalogue/services/commands.ts';
import { findServiceByName, listServices } from '../../catalogue/services/repository.ts';
import { listChecks } from '../../checks/repository.ts';
import { authorize } from '../../core/permissions.ts';
import { findCreated } from '../../platform/idempotency.ts';
import { scheduleSeries } from '../../series/commands/schedule.ts';
import { createSeriesModal } from '../../series/slack/create-form.ts';
import { seriesScheduledMessage } from '../../series/slack/messages.ts';
import { successMessage } from '../../slack/answers.ts';
import type { Message } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { schedule } from '../commands/schedule.ts';
import { discardDraft, findDraft } from '../repository/drafts.ts';
import { findMaintenance, type Maintenance } from '../repository/maintenances.ts';
import { createModal } from './create-form.ts';
import {
  type DraftSeries,
  type DraftWindow,
  draftChoices,
  draftSeries,
  draftWindow,
  toScheduleInput,
} from './draft.ts';
import { scheduledMessage } from './scheduled.ts';

const GONE = new ReplyError('This preview was answered already, or it is too old. Type the sentence again.');

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

/** Makes the series that the preview shows, and its first runs. A second press does nothing. */
export async function scheduleSeriesDraft(context: SlackContext, person: Person, draftId: string): Promise<Message> {
  const read = draftSeries.safeParse(await findDraft(context.ctx.database, person.actor.accountId, draftId));
  if (!read.success) throw GONE;
  const { kind: _, assumed: __, notices: ___, ...series } = read.data;
  const made = await scheduleSeries(context.ctx, person.actor, { ...series, scopeId: null }, `draft:${draftId}`);
  if (made === undefined) return successMessage('This is scheduled already. `/maintenance series` shows it.');
  return seriesScheduledMessage(made, person.timezone);
}

/** Opens the form filled with what the preview shows. */
export async function editDraft(
  context: SlackContext,
  person: Person,
  draftId: string,
  press: { triggerId: string; responseUrl: string },
): Promise<void> {
  const draft = z
    .union([draftWindow, draftSeries])
    .safeParse(await findDraft(context.ctx.database, person.actor.accountId, draftId));
  if (!draft.success) throw GONE;
  authorize(person.actor, draft.data.kind === 'window' ? 'schedule' : 'schedule-series');
  const view = await formOf(context, person, draft.data, { responseUrl: press.responseUrl, draftId });
  await context.client.views.open({ trigger_id: press.triggerId, view });
}

async function formOf(
  { ctx }: SlackContext,
  { actor, timezone }: Person,
  draft: DraftWindow | DraftSeries,
  place: { responseUrl: string; draftId: string },
): Promise<ModalView> {
  const { channels } = draft;
  const services = await listServices(ctx.database, actor.accountId, { ids: draft.services });
  const checks = draft.checks === null ? [] : await listChecks(ctx.database, actor.accountId, { ids: draft.checks });
  return draft.kind === 'window'
    ? createModal({ ...place, channels, timezone }, { window: draft, services, checks })
    : createSeriesModal({ ...place, channels }, timezone, { series: draft, services, checks });
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
