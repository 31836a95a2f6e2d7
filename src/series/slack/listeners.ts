import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../../core/permissions.ts';
import { loadNamedCoverage } from '../../maintenance/slack/coverage-form.ts';
import { draftSeries, draftWindow, getDraft } from '../../maintenance/slack/drafts.ts';
import {
  createMetadata,
  createModal,
  editMetadata,
  hasNewWords,
  type ParsedWords,
  parseOrRemark,
  withUnderstood,
} from '../../maintenance/slack/window-form.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { successMessage } from '../../slack/blocks.ts';
import { createReply } from '../../slack/context.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { seriesMessages } from '../../texts/slack-messages.ts';
import { editSeries, SeriesVersionConflict, scheduleSeries } from '../commands.ts';
import { openCreateSeries, seriesChangedMessage, seriesScheduledMessage } from './commands.ts';
import {
  createSeriesModal,
  drawCreateSeries,
  drawSeries,
  parseSeriesWords,
  readNewSeries,
  readSeriesForm,
  reloadSeriesForm,
  SERIES_WORDS,
  type SeriesForm,
  toSeriesEdit,
} from './form.ts';

export function listenToSeries(on: Listeners): void {
  const { context } = on;
  const { client, ctx, log } = context;
  const whenContext = ({ timezone, locale }: Person) => ({ now: ctx.clock.now(), timezone, locale });

  on.button(ACTIONS.addSeries, (person, press) => openCreateSeries(context, person, press));
  on.button(
    ACTIONS.scheduleSeries,
    async (person, { value: draftId }) => {
      const { kind: _, assumed: __, notices: ___, ...series } = await getDraft(context, person, draftId, draftSeries);
      const made = await scheduleSeries(ctx, person.actor, { ...series, scopeId: null }, `draft:${draftId}`);
      if (made === undefined) return successMessage(seriesMessages.scheduledAlready);
      return seriesScheduledMessage(made, person.timezone);
    },
    { replace: true },
  );
  // The preview of a window has the same button.
  on.button(ACTIONS.edit, async (person, { value: draftId, triggerId, responseUrl }) => {
    const { actor, timezone } = person;
    const draft = await getDraft(context, person, draftId, z.union([draftWindow, draftSeries]));
    authorize(actor, draft.kind === 'window' ? 'schedule' : 'schedule-series');
    const named = await loadNamedCoverage(ctx.database, actor.accountId, draft);
    const metadata = { responseUrl, draftId, channels: draft.channels, timezone };
    const view =
      draft.kind === 'window'
        ? createModal(metadata, { window: draft, ...named })
        : createSeriesModal(metadata, { series: draft, ...named });
    await client.views.open({ trigger_id: triggerId, view });
  });

  on.submission(VIEWS.series, async (person, view) => {
    const metadata = editMetadata.parse(JSON.parse(view.private_metadata));
    const form = readSeriesForm(view.state.values);
    if (hasNewWords(form, metadata)) return { show: drawParsed(view, parseSeriesWords(form, whenContext(person))) };
    const { id, version, responseUrl } = metadata;
    try {
      const edited = await editSeries(ctx, person.actor, id, toSeriesEdit(form), `view:${view.id}:${version}`, version);
      if (edited === undefined || responseUrl === undefined) return undefined;
      return { after: () => createReply(responseUrl, log)(seriesChangedMessage(edited, person.timezone)) };
    } catch (error) {
      if (!(error instanceof SeriesVersionConflict)) throw error;
      return { show: await reloadSeriesForm(context, person, metadata, form) };
    }
  });
  on.submission(VIEWS.createSeries, async (person, view) => {
    const metadata = createMetadata.parse(JSON.parse(view.private_metadata));
    const form = readSeriesForm(view.state.values);
    if (hasNewWords(form, metadata)) return { show: drawParsed(view, parseSeriesWords(form, whenContext(person))) };
    const { draftId, responseUrl } = metadata;
    const once = draftId === undefined ? `view:${view.id}` : `draft:${draftId}`;
    const made = await scheduleSeries(ctx, person.actor, readNewSeries(form, metadata), once);
    if (made === undefined || responseUrl === undefined) return undefined;
    const message = seriesScheduledMessage(made, person.timezone);
    return { after: () => createReply(responseUrl, log)(message, { replace: draftId !== undefined }) };
  });
  on.change(SERIES_WORDS, async (person, view) => {
    const form = readSeriesForm(view.state.values);
    const parsed =
      form.words === '' ? { remarks: [] } : parseOrRemark(() => parseSeriesWords(form, whenContext(person)));
    return drawParsed(view, { form, ...parsed });
  });
}

/** The form to make or to change a series, with its times taken from its words where they are understood. */
function drawParsed(
  { callback_id, private_metadata }: ViewOutput,
  { form, timezone, remarks }: Omit<ParsedWords<SeriesForm>, 'timezone'> & { readonly timezone?: string },
): ModalView {
  const raw: unknown = JSON.parse(private_metadata);
  const isNew = callback_id === VIEWS.createSeries;
  const before = isNew ? createMetadata.parse(raw) : editMetadata.parse(raw);
  const metadata = timezone === undefined ? before : withUnderstood(before, form.words, timezone);
  return 'id' in metadata ? drawSeries(metadata, form, remarks) : drawCreateSeries(metadata, form, remarks);
}
