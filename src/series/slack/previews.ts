import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { listServices } from '../../catalogue/services/repository.ts';
import { listChecks } from '../../checks/repository.ts';
import { authorize } from '../../core/permissions.ts';
import { findDraft } from '../../maintenance/repository/drafts.ts';
import { createModal } from '../../maintenance/slack/create-form.ts';
import { type DraftSeries, type DraftWindow, draftSeries, draftWindow } from '../../maintenance/slack/draft.ts';
import { GONE } from '../../maintenance/slack/preview-buttons.ts';
import { successMessage } from '../../slack/answers.ts';
import type { Message } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { scheduleSeries } from '../commands.ts';
import { createSeriesModal } from './create-form.ts';
import { seriesScheduledMessage } from './messages.ts';

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
