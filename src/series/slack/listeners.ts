import { problemRemark } from '../../maintenance/slack/form-remarks.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { createReply } from '../../slack/context.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { editSeries, SeriesVersionConflict, scheduleSeries } from '../commands.ts';
import { openCreateSeries } from './commands.ts';
import { createSeriesMetadata, drawCreateSeries, readCreateSeries } from './create-form.ts';
import {
  drawSeries,
  parseSeriesWords,
  readSeriesForm,
  reloadSeriesForm,
  SERIES_WORDS,
  seriesMetadata,
  toSeriesEdit,
} from './form.ts';
import { seriesChangedMessage, seriesScheduledMessage } from './messages.ts';
import { editDraft, scheduleSeriesDraft } from './previews.ts';

/** Listens for the buttons and forms of series, and of previews that may be of one. */
export function listenToSeries(on: Listeners): void {
  const { context } = on;
  const { ctx, log } = context;
  const whenOf = ({ timezone, locale }: Person) => ({ now: ctx.clock.now(), timezone, locale });

  on.button(ACTIONS.addSeries, (person, press) => openCreateSeries(context, person, press));
  on.button(ACTIONS.scheduleSeries, (person, { value }) => scheduleSeriesDraft(context, person, value), {
    replace: true,
  });
  on.button(ACTIONS.edit, (person, press) => editDraft(context, person, press.value, press));

  on.submission(VIEWS.series, async (person, view) => {
    const metadata = seriesMetadata.parse(JSON.parse(view.private_metadata));
    const form = readSeriesForm(view.state.values);
    const { words } = form.content;
    if (words !== '' && words !== metadata.understood) {
      const read = parseSeriesWords(form, whenOf(person));
      if (!read.ok) throw new ReplyError([read.problem]);
      return { show: drawSeries(said(metadata, words), read.form, read.remarks) };
    }
    const { id, version, responseUrl } = metadata;
    const once = `view:${view.id}:${version}`;
    try {
      const edited = await editSeries(ctx, person.actor, id, toSeriesEdit(form), once, version);
      if (edited === undefined) return undefined;
      return { after: () => createReply(responseUrl, log)(seriesChangedMessage(edited, person.timezone)) };
    } catch (error) {
      if (!(error instanceof SeriesVersionConflict)) throw error;
      return { show: await reloadSeriesForm(context, person, metadata, form) };
    }
  });
  on.submission(VIEWS.createSeries, async (person, view) => {
    const metadata = createSeriesMetadata.parse(JSON.parse(view.private_metadata));
    const form = readSeriesForm(view.state.values);
    const { words } = form.content;
    if (words !== '' && words !== metadata.understood) {
      const understood = parseSeriesWords(form, whenOf(person));
      if (!understood.ok) throw new ReplyError([understood.problem]);
      return { show: drawCreateSeries(said(metadata, words), understood.form, understood.remarks) };
    }
    const read = readCreateSeries(form, metadata);
    if (!read.ok) throw new ReplyError(read.problems);
    const { draftId, responseUrl } = metadata;
    const once = draftId === undefined ? `view:${view.id}` : `draft:${draftId}`;
    const made = await scheduleSeries(ctx, person.actor, read.input, once);
    if (made === undefined || responseUrl === undefined) return undefined;
    const message = seriesScheduledMessage(made, person.timezone);
    return { after: () => createReply(responseUrl, log)(message, { replace: draftId !== undefined }) };
  });
  on.change(SERIES_WORDS, async (person, view) => {
    const raw: unknown = JSON.parse(view.private_metadata);
    const form = readSeriesForm(view.state.values);
    const { words } = form.content;
    const read = words === '' ? undefined : parseSeriesWords(form, whenOf(person));
    const shown = read?.ok ? read.form : form;
    const remarks = read === undefined ? [] : read.ok ? read.remarks : [problemRemark(read.problem)];
    if (view.callback_id === VIEWS.createSeries) {
      const metadata = createSeriesMetadata.parse(raw);
      return drawCreateSeries(read?.ok ? said(metadata, words) : metadata, shown, remarks);
    }
    const metadata = seriesMetadata.parse(raw);
    return drawSeries(read?.ok ? said(metadata, words) : metadata, shown, remarks);
  });
}

/** The metadata of a form whose times were just taken from these words. */
function said<Metadata extends { readonly times: number }>(metadata: Metadata, words: string): Metadata {
  return { ...metadata, understood: words, times: metadata.times + 1 };
}
