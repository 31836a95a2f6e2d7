import type { GlobalShortcut, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { findLastEventId, listEvents } from '../../audit/repository.ts';
import { countServices } from '../../catalogue/services/repository.ts';
import { authorize, isOffered } from '../../core/permissions.ts';
import { FreezeConflict } from '../../freezes/rules.ts';
import { blockedLines } from '../../freezes/slack/messages.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { type Message, quote, successMessage, welcomeMessage } from '../../slack/blocks.ts';
import { slackError } from '../../slack/connection/client.ts';
import { createReply, replyInDialog, type SlackContext } from '../../slack/context.ts';
import { OPTIONS, ReplyError, readInput, readText } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { slackErrorText } from '../../texts/slack-errors.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import { EndConflict, edit, endsAt, extend, VersionConflict } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { schedule } from '../commands/schedule.ts';
import { cancel, finish, StatusConflict, start } from '../commands/transitions.ts';
import { wrongStatus } from '../errors.ts';
import { discardDraft } from '../repository/changes.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { can } from '../rules/lifecycle.ts';
import { loadNamedCoverage, loadReading, SELECTOR_ACTION } from './coverage-form.ts';
import { draftWindow, findCreatedMaintenance, getDraft, scheduledMessage, toScheduleInput } from './drafts.ts';
import { endLines } from './end-lines.ts';
import { changeOrOfferOverride, openOverride, saveBlockedChange } from './freeze-overrides.ts';
import { wholeModal, wholeQuery } from './show.ts';
import {
  cancelModal,
  EXTEND_WORDS,
  extendModal,
  finishModal,
  parseExtendWords,
  readCancelMetadata,
  readExtendMetadata,
  readExtendModal,
  readFinishModal,
} from './transition-forms.ts';
import {
  type CreateMetadata,
  createMetadata,
  createModal,
  describeOverlaps,
  drawCreate,
  drawEdit,
  type EditMetadata,
  editMetadata,
  hasNewWords,
  mergeForm,
  type ParsedWords,
  parseOrRemark,
  parseWords,
  readScheduleInput,
  readWindowForm,
  toEdit,
  toForm,
  understoodLines,
  WINDOW_ACTIONS,
  type WindowForm,
  withUnderstood,
  withVersion,
} from './window-form.ts';

/** @returns the answer where there is no service to schedule for */
export async function openCreateForm(
  { ctx, client }: SlackContext,
  { actor, timezone }: Person,
  { triggerId, responseUrl }: { triggerId: string; responseUrl?: string },
): Promise<Message | undefined> {
  authorize(actor, 'schedule');
  if ((await countServices(ctx.database, actor.accountId)) === 0) return welcomeMessage;
  await client.views.open({ trigger_id: triggerId, view: createModal({ responseUrl, timezone }) });
  return undefined;
}

async function editForm(context: SlackContext, person: Person, id: number): Promise<ModalView> {
  const { maintenance, named, event } = await loadEditable(context, person, id);
  const form = toForm(maintenance, named);
  const { lines, asksReason } = await describeOverlaps(context, person, form, maintenance);
  const { version } = maintenance;
  const metadata = { id, version, event, generation: 0, times: 0, timezone: person.timezone };
  return drawEdit(metadata, maintenance, form, lines, { asksReason });
}

async function loadEditable({ ctx }: SlackContext, { actor }: Person, id: number) {
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
    const { id, end: shownEnd } = readExtendMetadata(view.private_metadata);
    const { words, minutes, overrideReason } = readExtendModal(view.state.values);
    try {
      const by = (current: Maintenance) =>
        words === '' ? minutes : parseExtendWords(words, current, whenContext(person)).by;
      const options = { once: `view:${view.id}`, overrideReason: overrideReason || undefined, shownEnd };
      await extend(ctx, person.actor, id, by, options);
      return undefined;
    } catch (error) {
      if (error instanceof EndConflict) {
        return { show: await extendModalAfterChange(person, error.current, overrideReason) };
      }
      if (!(error instanceof FreezeConflict)) throw error;
      if (!isOffered(person.actor, 'override-freeze'))
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
  on.submission(VIEWS.cancel, async ({ actor, timezone }, view) => {
    const { id, status } = readCancelMetadata(view.private_metadata);
    const reason = readText(readInput(view.state.values), 'reason') || undefined;
    try {
      await cancel(ctx, actor, id, reason, `view:${view.id}`, status);
      return undefined;
    } catch (error) {
      if (!(error instanceof StatusConflict)) throw error;
      return { show: cancelModal(error.current, timezone, [texts.cancelStarted(quote(error.current.name, 200))]) };
    }
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
    const { id, end: shownEnd } = readExtendMetadata(view.private_metadata);
    const maintenance = await getMaintenance(ctx, person.actor, id);
    if (!endsAt(maintenance, shownEnd)) return extendModalAfterChange(person, maintenance, overrideReason);
    const { remarks } =
      words === '' ? { remarks: [] } : parseOrRemark(() => parseExtendWords(words, maintenance, whenContext(person)));
    return extendModal(maintenance, person.timezone, remarks, { asksReason: overrideReason !== undefined });
  });

  /** The form to extend for somebody who saw another end: with the present one, and who changed it. */
  async function extendModalAfterChange(person: Person, maintenance: Maintenance, overrideReason: string | undefined) {
    const news = [...(await endLines(ctx, maintenance, person.timezone)), texts.extendFromNewEnd];
    return extendModal(maintenance, person.timezone, [], { news, asksReason: overrideReason !== undefined });
  }

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

const SCHEDULE_SHORTCUT = 'schedule_maintenance';

/**
 * Listens for the buttons of announcements, previews and the App Home, and for the shortcut. Announcements show by themselves
 * what happened.
 */
export function listenToMaintenanceButtons(on: Listeners): void {
  const { context } = on;
  const { ctx, client, log } = context;

  on.button(ACTIONS.start, async (person, press) => {
    const id = Number(press.value);
    const { container } = press.body;
    const place =
      container.type === 'message' ? `${container.channel_id}:${container.message_ts}` : `${container.view_id}:${id}`;
    try {
      await start(ctx, person.actor, id, `press:start:${place}`);
    } catch (error) {
      if (!(error instanceof FreezeConflict) || !isOffered(person.actor, 'override-freeze')) throw error;
      const draftId = await saveBlockedChange(context, person, { kind: 'start', id });
      await openOverride(context, person, draftId, { triggerId: press.triggerId });
    }
  });
  opensForm('finish', finishModal);
  opensForm('cancel', cancelModal);
  opensForm('extend', extendModal);
  on.button(ACTIONS.change, (person, { value, triggerId }) => openEdit(context, person, Number(value), triggerId));
  on.button(ACTIONS.whole, async ({ actor }, { value, triggerId }) => {
    const maintenance = await getMaintenance(ctx, actor, Number(value));
    await client.views.open({ trigger_id: triggerId, view: wholeModal(maintenance, 1) });
  });
  for (const turn of [ACTIONS.previousOfWhole, ACTIONS.nextOfWhole]) {
    on.button(turn, (person, { value, body }) => turnWholePage(context, person, value, body.view));
  }
  on.button(ACTIONS.reopen, (person, { value }) =>
    changeOrOfferOverride(context, person, { kind: 'reopen', id: Number(value) }, undefined),
  );
  on.button(ACTIONS.plan, (person, { triggerId }) => openCreateForm(context, person, { triggerId }));
  on.button(ACTIONS.schedule, (person, { value }) => scheduleDraft(context, person, value), { replace: true });
  on.button(
    ACTIONS.discard,
    async ({ actor }, { value }) => {
      await discardDraft(ctx.database, actor.accountId, value);
      return successMessage(texts.discarded);
    },
    { replace: true },
  );
  on.app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: SCHEDULE_SHORTCUT }, async ({ ack, body }) => {
    await ack();
    const reply = replyInDialog(client, body.trigger_id, log);
    on.run(body.user.id, reply, async (person) => {
      const message = await openCreateForm(context, person, { triggerId: body.trigger_id });
      if (message !== undefined) await reply(message);
    });
  });

  /** A button that opens a form, for those who may submit it and where it can be submitted. */
  function opensForm(
    transition: 'finish' | 'cancel' | 'extend',
    draw: (maintenance: Maintenance, zone: string) => ModalView,
  ): void {
    on.button(ACTIONS[transition], async (person, { value, triggerId }) => {
      const maintenance = await getChangeable(context, person, Number(value), transition);
      await client.views.open({ trigger_id: triggerId, view: draw(maintenance, person.timezone) });
    });
  }
}

export async function openEdit(context: SlackContext, person: Person, id: number, triggerId: string): Promise<void> {
  await getChangeable(context, person, id, 'edit');
  await context.client.views.open({ trigger_id: triggerId, view: await editForm(context, person, id) });
}

async function turnWholePage(
  { ctx, client }: SlackContext,
  person: Person,
  value: string,
  view: { id: string; hash: string } | undefined,
): Promise<void> {
  if (view === undefined) return;
  const { id, page } = wholeQuery.parse(JSON.parse(value));
  const drawn = wholeModal(await getMaintenance(ctx, person.actor, id), page);
  try {
    await client.views.update({ view_id: view.id, hash: view.hash, view: drawn });
  } catch (error) {
    // Pressed twice: the first press has turned the page.
    if (slackError(error) !== 'hash_conflict') throw error;
  }
}

async function getChangeable(
  { ctx }: SlackContext,
  { actor }: Person,
  id: number,
  action: 'finish' | 'cancel' | 'extend' | 'edit',
): Promise<Maintenance> {
  authorize(actor, action);
  const maintenance = await getMaintenance(ctx, actor, id);
  if (can(maintenance.status, action)) return maintenance;
  throw wrongStatus({ id, status: maintenance.status, action });
}

/** Schedules what the preview shows. A second press does nothing, and is answered like the first. */
async function scheduleDraft(context: SlackContext, person: Person, draftId: string): Promise<Message> {
  const { ctx } = context;
  const { actor } = person;
  const window = await getDraft(context, person, draftId, draftWindow);
  const once = `draft:${draftId}`;
  const made =
    (await schedule(ctx, actor, toScheduleInput(window), once)) ??
    (await findCreatedMaintenance(ctx.database, actor.accountId, once));
  if (made === undefined) return successMessage(texts.scheduledAlready);
  return scheduledMessage(context, person, made, window.channels);
}
