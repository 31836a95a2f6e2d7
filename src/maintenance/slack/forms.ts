import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { findLastEventId, listEvents } from '../../audit/repository.ts';
import { countServices } from '../../catalogue/services/repository.ts';
import { authorize, isAllowed } from '../../core/permissions.ts';
import { FreezeConflict } from '../../freezes/rules.ts';
import { blockedLines } from '../../freezes/slack/messages.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { welcomeMessage } from '../../slack/answers.ts';
import { createReply, type SlackContext } from '../../slack/context.ts';
import { messageDialog } from '../../slack/dialog.ts';
import { OPTIONS, readInput, readText } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { slackErrorText } from '../../texts/slack-errors.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import { edit, extend, VersionConflict } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { schedule } from '../commands/schedule.ts';
import { cancel, finish } from '../commands/transitions.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { loadNamedCoverage, loadReading, type NamedCoverage, SELECTOR_ACTION } from './coverage-form.ts';
import { scheduledMessage } from './drafts.ts';
import { describeOverlaps, type ParsedWords, parseOrRemark, parseWords, understoodLines } from './form-remarks.ts';
import { EXTEND_WORDS, extendModal, parseExtendWords, readExtendModal, readFinishModal } from './transition-forms.ts';
import {
  type CreateMetadata,
  createMetadata,
  createModal,
  drawCreate,
  drawEdit,
  type EditMetadata,
  editMetadata,
  hasNewWords,
  mergeForm,
  readScheduleInput,
  readWindowForm,
  toEdit,
  toForm,
  WINDOW_ACTIONS,
  type WindowForm,
  withUnderstood,
  withVersion,
} from './window-form.ts';

export async function openCreateForm({ ctx, client }: SlackContext, person: Person, triggerId: string): Promise<void> {
  authorize(person.actor, 'schedule');
  const services = await countServices(ctx.database, person.actor.accountId);
  await client.views.open({
    trigger_id: triggerId,
    view: services === 0 ? messageDialog(welcomeMessage) : createModal({ timezone: person.timezone }),
  });
}

export async function editForm(context: SlackContext, person: Person, id: number): Promise<ModalView> {
  const { maintenance, named, event } = await loadEditable(context, person, id);
  const form = toForm(maintenance, named);
  const { lines, asksReason } = await describeOverlaps(context, person, form, maintenance);
  const { version } = maintenance;
  const metadata = { id, version, event, generation: 0, times: 0, timezone: person.timezone };
  return drawEdit(metadata, maintenance, form, lines, { asksReason });
}

async function loadEditable(
  { ctx }: SlackContext,
  { actor }: Person,
  id: number,
): Promise<{ maintenance: Maintenance; named: NamedCoverage; event: number }> {
  // Before the maintenance, so that no change falls between the two.
  const event = await findLastEventId(ctx.database, actor.accountId, id);
  const maintenance = await getMaintenance(ctx, actor, id);
  const services = maintenance.services.map((service) => service.id);
  const named = await loadNamedCoverage(ctx.database, actor.accountId, { ...maintenance, services });
  return { maintenance, named, event };
}

/** The same form for whoever edited another version: with the newest values, and who changed what. Nothing is overwritten. */
async function reloadEditForm(
  context: SlackContext,
  person: Person,
  metadata: EditMetadata,
  mine: WindowForm,
): Promise<ModalView> {
  const { database } = context.ctx;
  const { maintenance, named, event } = await loadEditable(context, person, metadata.id);
  const since = { after: metadata.event, limit: 100 };
  const events = await listEvents(database, person.actor.accountId, metadata.id, since);
  const reading = await loadReading(database, person, events, mine);
  const { form, news } = mergeForm(mine, maintenance, named, events, metadata, reading);
  const { lines, asksReason } = await describeOverlaps(context, person, form, maintenance);
  return drawEdit(withVersion(metadata, maintenance.version, event), maintenance, form, lines, { news, asksReason });
}

export function listenToMaintenanceForms(on: Listeners): void {
  const { context } = on;
  const { log, ctx } = context;
  const whenContext = ({ timezone, locale }: Person) => ({ now: ctx.clock.now(), timezone, locale });

  on.submission(VIEWS.create, async (person, view) => {
    const metadata = createMetadata.parse(JSON.parse(view.private_metadata));
    const form = readWindowForm(view.state.values);
    if (hasNewWords(form, metadata)) return { show: await redraw(person, view, parseWords(form, context, person)) };
    const { draftId, responseUrl, channels } = metadata;
    const once = draftId === undefined ? `view:${view.id}` : `draft:${draftId}`;
    const made = await schedule(ctx, person.actor, readScheduleInput(form, metadata), once);
    if (made === undefined || responseUrl === undefined) return undefined;
    return {
      after: async () => {
        const message = await scheduledMessage(context, person, made, channels);
        await createReply(responseUrl, log)(message, { replace: draftId !== undefined });
      },
    };
  });

  on.submission(VIEWS.edit, async (person, view) => {
    const metadata = editMetadata.parse(JSON.parse(view.private_metadata));
    const form = readWindowForm(view.state.values);
    if (hasNewWords(form, metadata)) return { show: await redraw(person, view, parseWords(form, context, person)) };
    const { id, version } = metadata;
    const once = `view:${view.id}:${version}`;
    const maintenance = await getMaintenance(ctx, person.actor, id);
    try {
      const changes = toEdit(form, maintenance, metadata);
      await edit(ctx, person.actor, id, changes, { version, once, overrideReason: form.overrideReason || undefined });
      return undefined;
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      return { show: await reloadEditForm(context, person, metadata, form) };
    }
  });

  on.submission(VIEWS.extend, async (person, view) => {
    const id = Number(view.private_metadata);
    const { words, minutes, overrideReason } = readExtendModal(view.state.values);
    const by =
      words === ''
        ? minutes
        : parseExtendWords(words, await getMaintenance(ctx, person.actor, id), whenContext(person)).by;
    try {
      await extend(ctx, person.actor, id, by, `view:${view.id}`, overrideReason || undefined);
      return undefined;
    } catch (error) {
      if (!(error instanceof FreezeConflict)) throw error;
      if (!isAllowed(person.actor, 'override-freeze'))
        throw new ReplyError([{ field: 'minutes', message: slackErrorText(error, person.timezone) }]);
      const maintenance = await getMaintenance(ctx, person.actor, id);
      const remark = texts.extensionBlocked(blockedLines(error.freezes));
      return { show: extendModal(maintenance, person.timezone, [remark], { asksReason: true }) };
    }
  });
  on.submission(VIEWS.finish, async ({ actor }, view) => {
    const { outcome, note } = readFinishModal(view.state.values);
    await finish(ctx, actor, Number(view.private_metadata), outcome, `view:${view.id}`, note);
  });
  on.submission(VIEWS.cancel, async ({ actor }, view) => {
    const reason = readText(readInput(view.state.values), 'reason') || undefined;
    await cancel(ctx, actor, Number(view.private_metadata), reason, `view:${view.id}`);
  });

  for (const action of [WINDOW_ACTIONS.start, WINDOW_ACTIONS.end, SELECTOR_ACTION, OPTIONS.services, OPTIONS.checks]) {
    on.change(action, (person, view) => redraw(person, view));
  }
  on.change(WINDOW_ACTIONS.words, async (person, view) => {
    const form = readWindowForm(view.state.values);
    return redraw(person, view, form.words === '' ? undefined : parseOrRemark(() => parseWords(form, context, person)));
  });
  on.change(EXTEND_WORDS, async (person, view) => {
    const { words, overrideReason } = readExtendModal(view.state.values);
    const maintenance = await getMaintenance(ctx, person.actor, Number(view.private_metadata));
    const { remarks } =
      words === '' ? { remarks: [] } : parseOrRemark(() => parseExtendWords(words, maintenance, whenContext(person)));
    return extendModal(maintenance, person.timezone, remarks, { asksReason: overrideReason !== undefined });
  });

  /** The form to create or to edit as it is filled in now, with remarks about its times and what it overlaps. */
  async function redraw(
    person: Person,
    view: ViewOutput,
    parsed?: Partial<ParsedWords<WindowForm>>,
  ): Promise<ModalView> {
    const raw: unknown = JSON.parse(view.private_metadata);
    const form = parsed?.form ?? readWindowForm(view.state.values);
    const shown = <Metadata extends CreateMetadata | EditMetadata>(metadata: Metadata) => ({
      metadata: parsed?.timezone === undefined ? metadata : withUnderstood(metadata, form.words, parsed.timezone),
      remarks: parsed?.remarks ?? understoodLines(form, person, metadata.understood),
    });
    if (view.callback_id === VIEWS.create) {
      const { metadata, remarks } = shown(createMetadata.parse(raw));
      const { lines, asksReason } = await describeOverlaps(context, person, form);
      return drawCreate(metadata, form, [...remarks, ...lines], asksReason);
    }
    const { metadata, remarks } = shown(editMetadata.parse(raw));
    const maintenance = await getMaintenance(ctx, person.actor, metadata.id);
    const { lines, asksReason } = await describeOverlaps(context, person, form, maintenance);
    return drawEdit(metadata, maintenance, form, [...remarks, ...lines], { asksReason });
  }
}
