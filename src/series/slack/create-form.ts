import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Service } from '../../catalogue/services/repository.ts';
import type { Check } from '../../checks/repository.ts';
import { pick } from '../../core/fields.ts';
import { CONTENT_FIELDS } from '../../maintenance/fields.ts';
import type { DraftSeries } from '../../maintenance/slack/draft.ts';
import { EMPTY_FORM, readSelectorInputs } from '../../maintenance/slack/window-form.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { checkOption, serviceOption, toOptions } from '../../slack/form.ts';
import type { FieldMessage } from '../../slack/reply-error.ts';
import type { NewSeriesInput } from '../commands.ts';
import { type SeriesForm, seriesBlocks } from './form.ts';

/** What the form carries along, unseen. Slack keeps at most 3,000 characters of it. */
export const createSeriesMetadata = z.object({
  /** Where to answer, and what to replace there. */
  responseUrl: z.string().optional(),
  draftId: z.string().optional(),
  channels: z.array(z.string()).default([]),
  /** How often its times were taken from words, and the words they were last taken from. */
  times: z.number().default(0),
  understood: z.string().optional(),
});
export type CreateSeriesMetadata = z.infer<typeof createSeriesMetadata>;

/** What was understood so far: the series of a draft, with its services and checks as they are called. */
export interface FilledSeries {
  readonly series: DraftSeries;
  readonly services: readonly Service[];
  readonly checks: readonly Check[];
}

/**
 * The form to make a series, empty or filled with what was understood so far.
 * @param timezone the IANA zone of whoever fills it in
 */
export function createSeriesModal(
  metadata: z.input<typeof createSeriesMetadata>,
  timezone: string,
  filled?: FilledSeries,
): ModalView {
  const form = filled === undefined ? { content: EMPTY_FORM, cron: '', timezone, duration: '' } : formOf(filled);
  return drawCreateSeries(createSeriesMetadata.parse(metadata), form, []);
}

/** @param remarks what was understood, in mrkdwn */
export function drawCreateSeries(
  metadata: CreateSeriesMetadata,
  form: SeriesForm,
  remarks: readonly string[],
): ModalView {
  const drawn = { generation: 0, times: metadata.times, timesMayFollow: true };
  return {
    type: 'modal',
    callback_id: VIEWS.createSeries,
    title: { type: 'plain_text', text: 'Schedule a series' },
    submit: { type: 'plain_text', text: 'Schedule' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify(metadata),
    blocks: seriesBlocks(form, drawn, remarks),
  };
}

function formOf({ series, services, checks }: FilledSeries): SeriesForm {
  return {
    content: {
      ...EMPTY_FORM,
      ...pick(CONTENT_FIELDS, series),
      services: toOptions(services, serviceOption) ?? services.slice(0, 100).map(serviceOption),
      checks: series.checks === null ? [] : checks.slice(0, 100).map(checkOption),
      selector: series.selector ?? EMPTY_FORM.selector,
    },
    cron: series.cron,
    timezone: series.timezone,
    duration: String(series.durationMinutes),
  };
}

/** What was filled in, as the action takes it; or what is missing, by field. */
export function readCreateSeries(
  { content, cron, timezone, duration }: SeriesForm,
  { channels }: Pick<CreateSeriesMetadata, 'channels'>,
): { ok: true; input: NewSeriesInput } | { ok: false; problems: FieldMessage[] } {
  if (cron === '' || duration === '') {
    const missing = [...(cron === '' ? ['cron'] : []), ...(duration === '' ? ['duration_minutes'] : [])];
    const message = 'Fill this in, or say it in your own words below.';
    return { ok: false, problems: missing.map((field) => ({ field, message })) };
  }
  const checks = content.checks?.map(({ value }) => value ?? '') ?? [];
  return {
    ok: true,
    input: {
      ...pick(CONTENT_FIELDS, content),
      services: content.services?.map(({ value }) => Number(value)) ?? [],
      checks: checks.length === 0 ? null : checks,
      selector: readSelectorInputs(content),
      cron,
      timezone,
      durationMinutes: Number(duration),
      scopeId: null,
      channels,
    },
  };
}
