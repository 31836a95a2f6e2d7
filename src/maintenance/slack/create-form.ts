import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { countServices, type Service } from '../../catalogue/services/repository.ts';
import type { Check } from '../../checks/repository.ts';
import { pick } from '../../core/fields.ts';
import { authorize } from '../../core/permissions.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { welcomeMessage } from '../../slack/answers.ts';
import type { SlackContext } from '../../slack/context.ts';
import { messageDialog } from '../../slack/dialog.ts';
import { checkOption, serviceOption, toOptions } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import type { FieldMessage } from '../../slack/reply-error.ts';
import type { ScheduleInput } from '../commands/schedule.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import type { DraftWindow } from './draft.ts';
import { EMPTY_FORM, FIELDS, readSelectorInputs, type WindowForm, windowBlocks } from './window-form.ts';

/** What the form carries along, unseen. Slack keeps at most 3,000 characters of it. */
export const createMetadata = z.object({
  /** Where to answer, and what to replace there. */
  responseUrl: z.string().optional(),
  draftId: z.string().optional(),
  channels: z.array(z.string()).default([]),
  /** IANA zone of whoever fills it in. */
  timezone: z.string(),
  /** How often its times were taken from words. */
  times: z.number().default(0),
  /** The words about time that its times were last taken from, and the IANA zone they were said in. */
  understood: z.object({ words: z.string(), timezone: z.string() }).optional(),
});
export type CreateMetadata = z.infer<typeof createMetadata>;

/** What was understood so far: the window of a draft, with its services and checks as they are called. */
export interface Filled {
  readonly window: DraftWindow;
  readonly services: readonly Service[];
  readonly checks: readonly Check[];
}

/** The form to schedule a maintenance, empty or filled with what was understood so far. */
export function createModal(metadata: z.input<typeof createMetadata>, filled?: Filled): ModalView {
  return drawCreate(createMetadata.parse(metadata), filled === undefined ? EMPTY_FORM : formOf(filled), []);
}

/**
 * @param remarks what is to be known of its times, in mrkdwn
 * @param asksReason whether to ask why a freeze should not hold
 */
export function drawCreate(
  metadata: CreateMetadata,
  form: WindowForm,
  remarks: readonly string[],
  asksReason = false,
): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.create,
    title: { type: 'plain_text', text: 'Schedule maintenance' },
    submit: { type: 'plain_text', text: 'Schedule' },
    close: { type: 'plain_text', text: 'Close' },
    private_metadata: JSON.stringify(metadata),
    blocks: windowBlocks(form, { zone: metadata.timezone, generation: 0, times: metadata.times, remarks, asksReason }),
  };
}

function formOf({ window, services, checks }: Filled): WindowForm {
  return {
    ...EMPTY_FORM,
    ...pick(CONTENT_FIELDS, window),
    services: toOptions(services, serviceOption) ?? services.slice(0, 100).map(serviceOption),
    start: window.start,
    end: window.end,
    checks: window.checks === null ? [] : checks.slice(0, 100).map(checkOption),
    selector: window.selector ?? EMPTY_FORM.selector,
  };
}

/** What was filled in, as the action takes it; or what is missing, by field. */
export function readCreate(
  form: WindowForm,
  metadata: CreateMetadata,
): { ok: true; input: ScheduleInput } | { ok: false; problems: FieldMessage[] } {
  const { start, end } = form;
  if (start === null || end === null) {
    const missing = [...(start === null ? [FIELDS.start] : []), ...(end === null ? [FIELDS.end] : [])];
    const message = 'Choose a day and a time, or say it in your own words below.';
    return { ok: false, problems: missing.map((field) => ({ field, message })) };
  }
  const checks = form.checks?.map(({ value }) => value ?? '') ?? [];
  return {
    ok: true,
    input: {
      ...pick(CONTENT_FIELDS, form),
      services: form.services?.map(({ value }) => Number(value)) ?? [],
      checks: checks.length === 0 ? null : checks,
      selector: readSelectorInputs(form),
      start,
      end,
      timezone: metadata.understood?.timezone ?? metadata.timezone,
      scopeId: null,
      channels: metadata.channels,
      ...(form.overrideReason === '' ? {} : { overrideReason: form.overrideReason }),
    },
  };
}

/** Opens the form to schedule a maintenance, where there is no conversation to answer in. */
export async function openCreateForm({ ctx, client }: SlackContext, person: Person, triggerId: string): Promise<void> {
  authorize(person.actor, 'schedule');
  const services = await countServices(ctx.database, person.actor.accountId);
  await client.views.open({
    trigger_id: triggerId,
    view: services === 0 ? messageDialog(welcomeMessage) : createModal({ channels: [], timezone: person.timezone }),
  });
}
