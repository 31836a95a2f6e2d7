import { z } from '@hono/zod-openapi';
import { APPROVALS } from '../../approvals/rules.ts';
import type { MuteRecord } from '../../checks/mute-repository.ts';
import { OUTCOMES } from '../../checks/rules.ts';
import { toNamed } from '../../core/fields.ts';
import type { Reader } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import { answerShape, changeShape, newShape } from '../../http/fields.ts';
import { boolean, id, idsOf, ignored, moment, text, timezone, utcText, versionBefore } from '../../http/schemas.ts';
import { RUN_STATES } from '../../series/rules.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import type { Selector } from '../rules/selector.ts';
import { STATUSES } from '../rules/status.ts';
import { viewFor } from '../rules/visibility.ts';

export const overrideReason = text('a reason').openapi({
  description: 'Why a freeze that blocks should not hold; for admins.',
  example: 'Agreed with the release team',
});
export const zone = timezone.openapi({
  description:
    "The IANA zone that its times are said in, also for those sent without an offset. By default the account's.",
});
const services = idsOf('services');
const checks = z
  .array(text('the id of a check'), { error: 'Expected a list of ids of checks.' })
  .nullable()
  .openapi({ description: 'The checks it names; null: those of its services.' });
const endsAt = moment.openapi({
  type: ['string', 'null'],
  description:
    'Only while it is in progress: when it is to end. Its plan follows, unless it started early. null: as it is.',
});

/** The fields of a selector of checks. */
export const selectorFields = {
  selector: text('a selector').nullable().openapi({
    description:
      'Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none.',
    example: 'tag:db -tag:canary',
  }),
  selector_follows: boolean.openapi({
    description: 'true: what it chooses is kept up to date while a window runs. false: it is chosen at the start.',
  }),
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
    scope: id.nullish().openapi({ description: 'By default the one that its services live in.' }),
    service: id.nullish().openapi({ description: 'One service; the same as a list of one.' }),
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
    id: ignored,
    key: ignored,
    status: ignored,
    missed: ignored,
    ends_at: endsAt.nullish(),
    start_date: ignored,
    end_date: ignored,
    owner: ignored,
    approval: ignored,
    series: ignored,
    occurrence: ignored,
    run: ignored,
    reopens: ignored,
    creation_date: ignored,
    update_date: ignored,
    mutes: ignored,
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
    outcome: z.enum(OUTCOMES).openapi({
      description:
        'pending: being switched off. disabled: Lull has, or had, it off. skipped: it was off already. failed: its provider refused. overridden: somebody else switched it on meanwhile.',
    }),
    muted_date: utcText.openapi({ description: 'When the window began to want it off.' }),
    outcome_date: utcText.nullable().openapi({ description: 'When the outcome came about, or was last tried for.' }),
    end_date: utcText.nullable().openapi({ description: 'When the window wanted it no longer.' }),
    release_date: utcText.nullable().openapi({ description: 'When it was as it should be without this window.' }),
    released: z.boolean(),
    error: z.string().nullable(),
  })
  .openapi('Mute');

export const maintenanceOutput = z
  .object({
    id,
    key: z.string().openapi({ example: '9VKQB' }),
    ...answerShape(CONTENT_FIELDS),
    status: z.enum(STATUSES),
    missed: z.boolean().openapi({ description: 'The whole window passed while Lull was not running.' }),
    scope: id.nullable(),
    service: id.nullable().openapi({ description: 'The first of its services.' }),
    services: z.array(id),
    checks,
    ...selectorFields,
    timezone: z.string(),
    scheduled_start_date: utcText,
    scheduled_end_date: utcText,
    start_date: utcText.nullable(),
    end_date: utcText.nullable(),
    ends_at: utcText.nullable().openapi({
      description: 'While it is in progress: when it will end by itself. Otherwise null.',
    }),
    owner: z.string().nullable().openapi({ description: 'null for a reader without a token.' }),
    approval: z.enum(APPROVALS).nullable().openapi({
      description:
        'pending or declined: it does not start before a second person approves it. null: it needs no approval.',
    }),
    series: id.nullable().openapi({ description: 'The series that made it; null: a window of its own.' }),
    occurrence: utcText
      .nullable()
      .openapi({ description: 'The instant of the series it stands for, unchanged when moved.' }),
    run: z.enum(RUN_STATES).nullable().openapi({
      description:
        'following: it changes with its series. detached: it was changed by hand. skipped. withdrawn: canceled because the series changed.',
    }),
    reopens: id.nullable().openapi({
      description: 'The one that is over and that this one goes on with. null for a reader without a token.',
    }),
    version: z.int().openapi({ description: 'Counts its changes.' }),
    creation_date: utcText,
    update_date: utcText,
  })
  .openapi('Maintenance');

export const maintenanceWithMutesOutput = maintenanceOutput
  .extend({
    mutes: z
      .array(muteOutput)
      .openapi({ description: 'What became of its checks. None for a reader without a token.' }),
  })
  .openapi('MaintenanceWithMutes');

/** A maintenance as this reader may see it. */
export function toMaintenance(found: Maintenance, reader: Reader): z.infer<typeof maintenanceOutput> {
  const maintenance = viewFor(reader, found);
  if (maintenance === undefined) throw new Error(`maintenance ${found.id} is not visible to this reader`);
  const ids = maintenance.services.map((service) => service.id);
  return {
    id: maintenance.id,
    key: maintenance.key,
    ...toNamed(CONTENT_FIELDS, maintenance),
    status: maintenance.status,
    missed: maintenance.missed,
    scope: maintenance.scope?.id ?? null,
    service: ids[0] ?? null,
    services: ids,
    checks: maintenance.checks === null ? null : [...maintenance.checks],
    ...toSelector(maintenance.selector),
    timezone: maintenance.timezone,
    scheduled_start_date: utc(maintenance.scheduledStart),
    scheduled_end_date: utc(maintenance.scheduledEnd),
    start_date: maintenance.startedAt && utc(maintenance.startedAt),
    end_date: maintenance.endedAt && utc(maintenance.endedAt),
    ends_at: maintenance.endsAt && utc(maintenance.endsAt),
    owner: reader === 'public' ? null : maintenance.owner.name,
    approval: maintenance.approval,
    series: maintenance.run?.series.id ?? null,
    occurrence: maintenance.run && utc(maintenance.run.occurrence),
    run: maintenance.run?.state ?? null,
    reopens: maintenance.reopensId,
    version: maintenance.version,
    creation_date: utc(maintenance.createdAt),
    update_date: utc(maintenance.updatedAt),
  };
}

export function toMute(mute: MuteRecord): z.infer<typeof muteOutput> {
  return {
    check: mute.checkId,
    name: mute.checkName,
    outcome: mute.outcome,
    muted_date: utc(mute.mutedAt),
    outcome_date: mute.decidedAt && utc(mute.decidedAt),
    end_date: mute.endedAt && utc(mute.endedAt),
    release_date: mute.releasedAt && utc(mute.releasedAt),
    released: mute.releasedAt !== null,
    error: mute.error,
  };
}
