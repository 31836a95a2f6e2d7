import { z } from '@hono/zod-openapi';
import { toNamed } from '../../core/fields.ts';
import type { Reader } from '../../core/permissions.ts';
import { describeCron, type Occurrence } from '../../core/recurrence/index.ts';
import { utc } from '../../core/time.ts';
import { DURING_FREEZE } from '../../freezes/rules.ts';
import { answerShape, changeShape, newShape } from '../../http/fields.ts';
import { outputMapper } from '../../http/rows.ts';
import {
  id,
  idsOf,
  ignoredFields,
  instant,
  moment,
  oneOf,
  text,
  timezone,
  utcText,
  versionBefore,
} from '../../http/schemas.ts';
import { CONTENT_FIELDS, SENTENCE_FIELDS } from '../../maintenance/fields.ts';
import { selectorFields, toSelector } from '../../maintenance/http/schemas.ts';
import { seriesViewFor } from '../../maintenance/rules/visibility.ts';
import { commonFieldTexts, seriesFieldTexts } from '../../texts/openapi.ts';
import { MAX_OVERRIDDEN_RUNS } from '../overrides.ts';
import type { Series } from '../repository.ts';

const cron = text('a cron line').openapi({ example: '0 3 * * 0', description: seriesFieldTexts.cron });
const durationMinutes = z
  .int({ error: 'Expected a whole number of minutes, such as 120.' })
  .min(1, { error: 'Expected a whole number of minutes, 1 or more.' })
  .openapi({ example: 120 });

const duringFreeze = oneOf(DURING_FREEZE).describe(seriesFieldTexts.duringFreeze);

const occurrenceOut = z.object({
  start: utcText,
  end: utcText,
  notice: z.string().optional().describe(seriesFieldTexts.notice),
});
export const toOccurrence = ({ start, end, notice }: Occurrence): z.infer<typeof occurrenceOut> => ({
  start: utc(start),
  end: utc(end),
  ...(notice === undefined ? {} : { notice }),
});

const MAX_PREVIEWED = 1000;
const DEFAULT_PREVIEWED = 5;

export const seriesPreviewInput = z
  .strictObject({
    cron,
    timezone,
    duration_minutes: durationMinutes,
    after: moment.optional().describe(seriesFieldTexts.after),
    before: moment.optional().describe(seriesFieldTexts.before),
    count: z
      .int({ error: `Expected a whole number from 1 to ${MAX_PREVIEWED}.` })
      .min(1, { error: `Expected a whole number from 1 to ${MAX_PREVIEWED}.` })
      .max(MAX_PREVIEWED, { error: `Expected a whole number from 1 to ${MAX_PREVIEWED}.` })
      .default(DEFAULT_PREVIEWED),
  })
  .refine(({ after, before }) => after === undefined || before === undefined, {
    path: ['before'],
    error: 'Expected either after or before, not both.',
  })
  .openapi('SeriesPreview');
export const seriesPreviewOutput = z.object({ occurrences: z.array(occurrenceOut) });

const seriesFields = {
  ...changeShape(CONTENT_FIELDS),
  cron,
  timezone,
  duration_minutes: durationMinutes,
  during_freeze: duringFreeze,
  scope: id.nullable(),
  services: idsOf('services'),
  checks: z.array(text('the id of a check'), { error: 'Expected a list of ids of checks.' }).nullable(),
  ...selectorFields,
};

export const seriesInput = z
  .strictObject({
    ...seriesFields,
    ...newShape(CONTENT_FIELDS),
    timezone: timezone.optional(),
    during_freeze: duringFreeze.default('skip'),
    scope: seriesFields.scope.optional(),
    services: seriesFields.services.default([]),
    checks: seriesFields.checks.optional(),
    selector: selectorFields.selector.optional(),
    selector_follows: selectorFields.selector_follows.optional(),
  })
  .openapi('NewSeries');
/** A field that is left out gets its initial value. The response to `GET` may be sent back as it is. */
export const seriesReplacement = seriesInput
  .extend({
    version: versionBefore.optional(),
    ...ignoredFields(
      'id',
      'key',
      'enabled',
      'words',
      'owner',
      'approved_until',
      'next_run',
      'creation_date',
      'update_date',
    ),
  })
  .openapi('WholeSeries');
export const seriesEditInput = z
  .strictObject({ ...seriesFields, version: versionBefore })
  .partial()
  .openapi('SeriesEdit');
export const pauseInput = z
  .strictObject({ runs: oneOf(['keep', 'cancel']).optional().describe(seriesFieldTexts.runs) })
  .openapi('Pause');

export const overrideInput = z
  .strictObject({
    override_reason: text('the reason').describe(seriesFieldTexts.overrideReason),
    runs: z.array(instant).min(1).max(MAX_OVERRIDDEN_RUNS).optional().describe(seriesFieldTexts.overriddenRuns),
    until: moment.optional().describe(seriesFieldTexts.overriddenUntil),
  })
  .refine(({ runs, until }) => (runs === undefined) !== (until === undefined), {
    path: ['runs'],
    error: 'Expected either runs or until.',
  })
  .openapi('SeriesOverride');
export const resumeInput = z.strictObject({}).openapi('Resume');
export const skipInput = z.strictObject({ run: id.optional().describe(seriesFieldTexts.skippedRun) }).openapi('Skip');

export const seriesOutput = z
  .object({
    id,
    key: z.string().openapi({ example: 'NZT234' }),
    ...answerShape(CONTENT_FIELDS),
    enabled: z.boolean().describe(seriesFieldTexts.enabled),
    cron: z.string(),
    words: z.string().openapi({ example: 'At 03:00, only on Sunday' }),
    timezone: z.string(),
    duration_minutes: z.number().int(),
    during_freeze: z.enum(DURING_FREEZE).describe(seriesFieldTexts.duringFreeze),
    scope: id.nullable(),
    services: z.array(id),
    checks: z.array(z.string()).nullable().describe(commonFieldTexts.namedChecks),
    ...selectorFields,
    owner: z.string().nullable().describe(commonFieldTexts.nullInPublic),
    approved_until: utcText.nullable().describe(seriesFieldTexts.approvedUntil),
    next_run: z.object({ id, start: utcText, end: utcText }).nullable(),
    version: z.number().int(),
    creation_date: utcText,
    update_date: utcText,
  })
  .openapi('Series');

/** A series as this reader may see it. */
export function toSeries(found: Series, reader: Reader): z.infer<typeof seriesOutput> {
  const series = seriesViewFor(reader, found);
  if (series === undefined) throw new Error(`series ${found.id} is not visible to this reader`);
  return toVisibleSeries(series, reader);
}

const toVisibleSeries = outputMapper(seriesOutput, ({ nextRun, standingApproval, ...series }: Series, reader) => ({
  ...toNamed(CONTENT_FIELDS, series),
  words: describeCron(series.cron),
  ...toSelector(series.selector),
  owner: reader === 'public' ? null : series.owner.name,
  approved_until: reader === 'public' || standingApproval === null ? null : utc(standingApproval.until),
  next_run: nextRun && { id: nextRun.id, start: utc(nextRun.start), end: utc(nextRun.end) },
}));

/** A longer text was pasted by mistake. */
const MAX_SENTENCE_CHARS = 3000;
/** Windows may end some time later. */
const EARLIEST = new Date('1900-01-01T00:00:00Z');
const LATEST = new Date('9000-01-01T00:00:00Z');

export const parseInput = z
  .strictObject({
    text: text('a sentence')
      .max(MAX_SENTENCE_CHARS, { error: `Expected at most ${MAX_SENTENCE_CHARS} characters.` })
      .openapi({ example: 'api tomorrow 2am for 2h: Postgres upgrade' }),
    timezone: timezone.optional().describe(seriesFieldTexts.readerTimezone),
    now: instant
      .refine((at) => at >= EARLIEST && at <= LATEST, { error: 'Expected a time between the years 1900 and 9000.' })
      .optional()
      .describe(seriesFieldTexts.now),
    locale: text('a locale such as de-DE').optional().openapi({ example: 'de-DE' }),
  })
  .openapi('Sentence');

const readingFields = {
  timezone: z.string().describe(seriesFieldTexts.timezone),
  duration_minutes: z.number(),
  assumed: z.array(z.string()).openapi({ description: seriesFieldTexts.assumed, example: ['duration'] }),
  notices: z.array(z.string()).describe(seriesFieldTexts.notices),
  services: z.array(id),
  ...z.object(answerShape(SENTENCE_FIELDS)).partial().shape,
  selector: z.string().optional().openapi({ description: seriesFieldTexts.selector, example: 'tag:db -tag:canary' }),
};

export const parseOutput = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('window'), start: utcText, end: utcText, ...readingFields }),
    z.object({
      outcome: z.literal('series'),
      cron: z.string(),
      words: z.string(),
      next: z.array(occurrenceOut).describe(seriesFieldTexts.next),
      ...readingFields,
    }),
    z.object({
      outcome: z.literal('question'),
      question: z.string(),
      choices: z.array(z.object({ label: z.string(), text: z.string() })).describe(seriesFieldTexts.choices),
    }),
    z.object({ outcome: z.literal('refusal'), reason: z.string(), example: z.string() }),
  ])
  .openapi('Reading');
