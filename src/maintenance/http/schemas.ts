import { z } from '@hono/zod-openapi';
import { APPROVALS } from '../../approvals/rules.ts';
import { OUTCOMES } from '../../checks/rules.ts';
import { toNamed } from '../../core/fields.ts';
import type { Reader } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import { answerShape, changeShape, newShape } from '../../http/fields.ts';
import { outputMapper } from '../../http/rows.ts';
import {
  boolean,
  id,
  idsOf,
  ignoredFields,
  moment,
  text,
  timezone,
  utcText,
  versionBefore,
} from '../../http/schemas.ts';
import { RUN_STATES } from '../../series/rules.ts';
import { commonFieldTexts, maintenanceFieldTexts } from '../../texts/openapi.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import type { Selector } from '../rules/selector.ts';
import { STATUSES } from '../rules/status.ts';
import { viewFor } from '../rules/visibility.ts';

export const overrideReason = text('a reason').openapi({
  description: maintenanceFieldTexts.overrideReason,
  example: 'Agreed with the release team',
});
export const zone = timezone.describe(maintenanceFieldTexts.zone);
const services = idsOf('services');
const checks = z
  .array(text('the id of a check'), { error: 'Expected a list of ids of checks.' })
  .nullable()
  .describe(commonFieldTexts.namedChecks);
const endsAt = moment.openapi({ type: ['string', 'null'], description: maintenanceFieldTexts.editedEndsAt });

/** The fields of a selector of checks. */
export const selectorFields = {
  selector: text('a selector')
    .nullable()
    .openapi({ description: maintenanceFieldTexts.selector, example: 'tag:db -tag:canary' }),
  selector_follows: boolean.describe(maintenanceFieldTexts.selectorFollows),
};

export const toSelector = (selector: Selector | null) => ({
  selector: selector?.text ?? null,
  selector_follows: selector?.follows ?? false,
});

/** @returns undefined when neither is in the request */
export function toSelectorChange(
  sent: { readonly selector?: string | null | undefined; readonly selector_follows?: boolean | undefined },
  present: Selector | null = null,
): Selector | null | undefined {
  if (sent.selector === undefined && sent.selector_follows === undefined) return undefined;
  const text = sent.selector === undefined ? present?.text : sent.selector;
  return text == null ? null : { text, follows: sent.selector_follows ?? present?.follows ?? false };
}

export const maintenanceInput = z
  .strictObject({
    ...newShape(CONTENT_FIELDS),
    scope: id.nullish().describe(maintenanceFieldTexts.newScope),
    service: id.nullish().describe(maintenanceFieldTexts.newService),
    services: services.optional(),
    checks: checks.optional(),
    selector: selectorFields.selector.optional(),
    selector_follows: selectorFields.selector_follows.optional(),
    scheduled_start_date: moment,
    scheduled_end_date: moment,
    timezone: zone.optional(),
    override_reason: overrideReason.optional(),
  })
  .openapi('NewMaintenance');

/** A field that is left out gets its initial value. The response to `GET` may be sent back as it is. */
export const maintenanceReplacement = maintenanceInput
  .extend({
    version: versionBefore.optional(),
    ...ignoredFields('id', 'key', 'status', 'missed'),
    ends_at: endsAt.nullish(),
    ...ignoredFields('start_date', 'end_date', 'owner', 'approval', 'series', 'occurrence', 'run', 'freeze_reason'),
    ...ignoredFields('reopens'),
    ...ignoredFields('creation_date', 'update_date', 'mutes'),
  })
  .openapi('WholeMaintenance');

export const maintenanceEditInput = z
  .strictObject({
    ...changeShape(CONTENT_FIELDS),
    scope: id.nullable(),
    services,
    checks,
    ...selectorFields,
    scheduled_start_date: moment,
    scheduled_end_date: moment,
    ends_at: endsAt.nullable(),
    timezone: zone,
    override_reason: overrideReason,
    version: versionBefore,
  })
  .partial()
  .openapi('MaintenanceEdit');

const muteOutput = z
  .object({
    check: z.string(),
    name: z.string(),
    outcome: z.enum(OUTCOMES).describe(maintenanceFieldTexts.outcome),
    muted_date: utcText.describe(maintenanceFieldTexts.mutedDate),
    outcome_date: utcText.nullable().describe(maintenanceFieldTexts.outcomeDate),
    end_date: utcText.nullable().describe(maintenanceFieldTexts.muteEndDate),
    release_date: utcText.nullable().describe(maintenanceFieldTexts.releaseDate),
    released: z.boolean(),
    error: z.string().nullable(),
    failing_before: z.boolean().nullable().describe(maintenanceFieldTexts.failingBefore),
  })
  .openapi('Mute');

export const maintenanceOutput = z
  .object({
    id,
    key: z.string().openapi({ example: '9VKQB' }),
    ...answerShape(CONTENT_FIELDS),
    status: z.enum(STATUSES),
    missed: z.boolean().describe(maintenanceFieldTexts.missed),
    scope: id.nullable(),
    service: id.nullable().describe(maintenanceFieldTexts.firstService),
    services: z.array(id),
    checks,
    ...selectorFields,
    timezone: z.string(),
    scheduled_start_date: utcText,
    scheduled_end_date: utcText,
    start_date: utcText.nullable(),
    end_date: utcText.nullable(),
    ends_at: utcText.nullable().describe(maintenanceFieldTexts.endsAt),
    owner: z.string().nullable().describe(commonFieldTexts.nullInPublic),
    approval: z.enum(APPROVALS).nullable().describe(maintenanceFieldTexts.approval),
    series: id.nullable().describe(maintenanceFieldTexts.series),
    occurrence: utcText.nullable().describe(maintenanceFieldTexts.occurrence),
    run: z.enum(RUN_STATES).nullable().describe(maintenanceFieldTexts.run),
    freeze_reason: z.string().nullable().describe(maintenanceFieldTexts.freezeReason),
    reopens: id.nullable().describe(maintenanceFieldTexts.reopens),
    version: z.int().describe(maintenanceFieldTexts.version),
    creation_date: utcText,
    update_date: utcText,
  })
  .openapi('Maintenance');

export const maintenanceWithMutesOutput = maintenanceOutput
  .extend({ mutes: z.array(muteOutput).describe(maintenanceFieldTexts.mutes) })
  .openapi('MaintenanceWithMutes');

/** A maintenance as this reader may see it. */
export function toMaintenance(found: Maintenance, reader: Reader): z.infer<typeof maintenanceOutput> {
  const maintenance = viewFor(reader, found);
  if (maintenance === undefined) throw new Error(`maintenance ${found.id} is not visible to this reader`);
  return toVisibleMaintenance(maintenance, reader);
}

const toVisibleMaintenance = outputMapper(maintenanceOutput, ({ run, ...maintenance }: Maintenance, reader) => ({
  ...toNamed(CONTENT_FIELDS, maintenance),
  service: maintenance.services[0]?.id ?? null,
  ...toSelector(maintenance.selector),
  scheduled_start_date: utc(maintenance.scheduledStart),
  scheduled_end_date: utc(maintenance.scheduledEnd),
  start_date: maintenance.startedAt && utc(maintenance.startedAt),
  end_date: maintenance.endedAt && utc(maintenance.endedAt),
  owner: reader === 'public' ? null : maintenance.owner.name,
  series: run?.series.id ?? null,
  occurrence: run && utc(run.occurrence),
  run: run?.state ?? null,
  freeze_reason: reader === 'public' ? null : maintenance.freezeReason,
  reopens: maintenance.reopensId,
}));
