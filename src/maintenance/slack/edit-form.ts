import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { TimelineEvent } from '../../audit/events.ts';
import { findLastEventId } from '../../audit/repository.ts';
import type { Reading } from '../../audit/slack/history-lines.ts';
import { conflictLines, differences } from '../../audit/slack/merge.ts';
import { listServices, type Service } from '../../catalogue/services/repository.ts';
import { type Check, listChecks } from '../../checks/repository.ts';
import { mergeValues, pick, toRecorded } from '../../core/fields.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { SLACK_LIMITS, section, truncateBlocks } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import { checkOption, serviceOption, toOptions } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { formatInstant } from '../../slack/time.ts';
import { type MaintenanceEdit, toEditable } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { CONTENT_FIELDS, type EditableFields, MAINTENANCE_FIELDS } from '../fields.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { currentWindow } from '../rules/times.ts';
import { describeOverlaps } from './form-remarks.ts';
import { EMPTY_FORM, readSelectorInputs, type WindowForm, windowBlocks } from './window-form.ts';

/** What the form carries along, unseen. */
export const editMetadata = z.object({
  id: z.number(),
  /** The version that is edited, and the newest event of then. */
  version: z.number(),
  event: z.number(),
  /** IANA zone of whoever fills it in. */
  timezone: z.string(),
  /** How often others changed it meanwhile, and how often its times were taken from words. */
  generation: z.number(),
  times: z.number(),
  understood: z.object({ words: z.string(), timezone: z.string() }).optional(),
});
export type EditMetadata = z.infer<typeof editMetadata>;

/** A maintenance with its services and checks as they are called. */
export interface Editable {
  readonly maintenance: Maintenance;
  readonly services: readonly Service[];
  readonly checks: readonly Check[];
}

/**
 * The form to change a maintenance.
 * @param remarks what is to be known of its times
 * @param more.news what others changed meanwhile, in mrkdwn
 * @param more.asksReason whether to ask why a freeze should not hold
 */
export function drawEdit(
  metadata: EditMetadata,
  { maintenance }: Pick<Editable, 'maintenance'>,
  form: WindowForm,
  remarks: readonly string[],
  { news = [], asksReason = false }: { news?: readonly string[]; asksReason?: boolean } = {},
): ModalView {
  const { timezone: zone, generation, times } = metadata;
  const { status } = maintenance;
  const begun =
    status === 'in-progress'
      ? `${formatInstant(currentWindow(maintenance).start, zone)} (${zone}); it has begun.`
      : undefined;
  return {
    type: 'modal',
    callback_id: VIEWS.edit,
    title: { type: 'plain_text', text: 'Edit maintenance' },
    submit: { type: 'plain_text', text: 'Save' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify(metadata),
    blocks: [
      ...(news.length === 0 ? [] : [section(truncateBlocks(news.join('\n'), SLACK_LIMITS.section))]),
      ...windowBlocks(form, { zone, generation, times, remarks, asksReason, begun }),
    ],
  };
}

/** A maintenance as the form shows it. */
export function toForm({ maintenance, services, checks }: Editable): WindowForm {
  return {
    ...EMPTY_FORM,
    ...pick(CONTENT_FIELDS, maintenance),
    services: toOptions(services, serviceOption),
    ...currentWindow(maintenance),
    checks: maintenance.checks === null ? [] : toOptions(checks, checkOption),
    selector: maintenance.selector ?? EMPTY_FORM.selector,
  };
}

/** What a form makes of a maintenance. What it does not show stays as it is. */
export function toEdit(form: WindowForm, maintenance: Maintenance, metadata: EditMetadata): MaintenanceEdit {
  const checks = form.checks?.map(({ value }) => value ?? '');
  const start = sameMinute(form.start, maintenance.scheduledStart);
  const end = sameMinute(form.end, currentWindow(maintenance).end);
  return {
    ...pick(CONTENT_FIELDS, form),
    ...(maintenance.status === 'in-progress' ? { endsAt: end } : { start, end }),
    ...(form.services === null ? {} : { services: form.services.map(({ value }) => Number(value)) }),
    ...(checks === undefined ? {} : { checks: checks.length === 0 ? null : checks }),
    selector: readSelectorInputs(form),
    ...(metadata.understood === undefined ? {} : { timezone: metadata.understood.timezone }),
  };
}

/** The picker knows minutes; an instant within the minute it shows was not changed. */
function sameMinute(chosen: Date | null, is: Date): Date {
  if (chosen === null) return is;
  const minute = (instant: Date) => Math.floor(instant.getTime() / 60_000);
  return minute(chosen) === minute(is) ? is : chosen;
}

/** What an edit and the changes of others came to. */
export interface Merged {
  /** The newest values, with what this person changed where nobody else did. */
  readonly form: WindowForm;
  /** Who changed what, and what this person had written there. */
  readonly news: string[];
}

/**
 * Brings what somebody filled in together with what others changed since the form was opened. Where both changed the same
 * field the newest is shown, and what this person wrote is kept in sight.
 * @param events what happened since, oldest first
 */
export function mergeForm(
  mine: WindowForm,
  now: Editable,
  events: readonly TimelineEvent[],
  metadata: EditMetadata,
  reading: Reading,
): Merged {
  const { maintenance } = now;
  const current = toForm(now);
  const values: EditableFields = { ...toEditable(maintenance), ...toEdit(mine, maintenance, metadata) };
  const wanted = toRecorded(MAINTENANCE_FIELDS, values);
  const found = differences(events, wanted, toRecorded(MAINTENANCE_FIELDS, toEditable(maintenance)));
  const take = <K extends keyof WindowForm>(key: K, field: string) =>
    found.theirs.includes(field) ? current[key] : mine[key];
  const form: WindowForm = {
    ...mergeValues(CONTENT_FIELDS, mine, current, found.theirs),
    services: take('services', 'services'),
    start: take('start', 'scheduled_start_date'),
    end: take('end', now.maintenance.status === 'in-progress' ? 'ends_at' : 'scheduled_end_date'),
    words: '',
    checks: take('checks', 'checks'),
    selector: {
      text: take('selector', 'selector').text,
      follows: take('selector', 'selector_follows').follows,
    },
    overrideReason: mine.overrideReason,
  };
  return { form, news: conflictLines(events, found, wanted, reading) };
}

/** A maintenance with its services and checks as they are called. */
export async function loadEditable({ ctx }: SlackContext, maintenance: Maintenance): Promise<Editable> {
  const { accountId } = maintenance;
  const services = await listServices(ctx.database, accountId, { ids: maintenance.services.map(({ id }) => id) });
  const checks =
    maintenance.checks === null ? [] : await listChecks(ctx.database, accountId, { ids: maintenance.checks });
  return { maintenance, services, checks };
}

/** The form to change a maintenance as it is now, with what it overlaps. */
export async function editForm(context: SlackContext, person: Person, id: number) {
  // Before the maintenance, so that no change falls between the two.
  const event = await findLastEventId(context.ctx.database, person.actor.accountId, id);
  const now = await loadEditable(context, await getMaintenance(context.ctx, person.actor, id));
  const metadata: EditMetadata = {
    id,
    version: now.maintenance.version,
    event,
    timezone: person.timezone,
    generation: 0,
    times: 0,
  };
  const form = toForm(now);
  const { lines, asksReason } = await describeOverlaps(context, person, form, coverageForOverlaps(now.maintenance));
  return drawEdit(metadata, now, form, lines, { asksReason });
}

/** What overlaps are looked for with, where the form does not show it. */
export function coverageForOverlaps({ id, services, checks }: Maintenance) {
  return { id, services: services.map((service) => service.id), checks };
}
