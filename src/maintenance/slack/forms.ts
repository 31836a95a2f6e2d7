import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { findLastEventId, listEvents } from '../../audit/repository.ts';
import { listServicesIn } from '../../audit/slack/history.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { isAllowed } from '../../core/permissions.ts';
import { FreezeConflict } from '../../freezes/rules.ts';
import { blockedLines } from '../../freezes/slack/messages.ts';
import { VIEWS } from '../../slack/action-ids.ts';
import { createReply } from '../../slack/context.ts';
import { OPTIONS } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { formatWindow } from '../../slack/time.ts';
import { slackErrorText } from '../../texts/slack-errors.ts';
import { edit, extend, VersionConflict } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { cancel, finish } from '../commands/finish.ts';
import { schedule } from '../commands/schedule.ts';
import type { ExtendBy } from '../rules/extension.ts';
import { createMetadata, drawCreate, readCreate } from './create-form.ts';
import { coverageForOverlaps, drawEdit, editMetadata, loadEditable, mergeForm, toEdit } from './edit-form.ts';
import { readCancelModal, readFinishModal } from './end-forms.ts';
import { EXTEND_WORDS, extendModal, readExtendModal, readExtendWords } from './extend-form.ts';
import { describeOverlaps, type ParsedWindow, parseWords, problemRemark } from './form-remarks.ts';
import { scheduledMessage } from './scheduled.ts';
import { DISPATCHING_INPUTS, readWindowForm, type WindowForm } from './window-form.ts';

/** What Lull hears of forms: submitted ones, and changes of the fields that it is told of at once. */
export function listenToMaintenanceForms(on: Listeners): void {
  const { context } = on;
  const { log, ctx } = context;
  const whenOf = ({ timezone, locale }: Person) => ({ now: ctx.clock.now(), timezone, locale });

  on.submission(VIEWS.create, async (person, view) => {
    const metadata = createMetadata.parse(JSON.parse(view.private_metadata));
    const form = readWindowForm(view.state.values);
    const understood = await understoodAnew(person, view, form, metadata.understood?.words);
    if (understood !== undefined) return { show: understood };
    const read = readCreate(form, metadata);
    if (!read.ok) throw new ReplyError(read.problems);
    const once = metadata.draftId === undefined ? `view:${view.id}` : `draft:${metadata.draftId}`;
    const made = await schedule(ctx, person.actor, read.input, once);
    const { responseUrl } = metadata;
    if (made === undefined || responseUrl === undefined) return undefined;
    return {
      after: async () => {
        const message = await scheduledMessage(context, person, made, metadata.channels);
        await createReply(responseUrl, log)(message, { replace: metadata.draftId !== undefined });
      },
    };
  });

  on.submission(VIEWS.edit, async (person, view) => {
    const metadata = editMetadata.parse(JSON.parse(view.private_metadata));
    const form = readWindowForm(view.state.values);
    const understood = await understoodAnew(person, view, form, metadata.understood?.words);
    if (understood !== undefined) return { show: understood };
    const { accountId } = person.actor;
    const maintenance = await getMaintenance(ctx, person.actor, metadata.id);
    const request = {
      version: metadata.version,
      once: `view:${view.id}:${metadata.version}`,
      overrideReason: form.overrideReason || undefined,
    };
    try {
      await edit(ctx, person.actor, metadata.id, toEdit(form, maintenance, metadata), request);
      return undefined;
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      // Shown with the newest values; nothing is overwritten.
      const event = await findLastEventId(ctx.database, accountId, metadata.id);
      const events = await listEvents(ctx.database, accountId, metadata.id, { after: metadata.event, limit: 100 });
      const now = await loadEditable(context, await getMaintenance(ctx, person.actor, metadata.id));
      const named = await listServices(ctx.database, accountId, {
        ids: [...listServicesIn(events), ...(form.services ?? []).map(({ value }) => Number(value))],
      });
      const reading = { zone: person.timezone, services: new Map(named.map(({ id, name }) => [id, name])) };
      const merged = mergeForm(form, now, events, metadata, reading);
      const { understood: _, ...kept } = metadata;
      const newest = { ...kept, version: now.maintenance.version, event, generation: metadata.generation + 1 };
      const { lines, asksReason } = await describeOverlaps(
        context,
        person,
        merged.form,
        coverageForOverlaps(now.maintenance),
      );
      return { show: drawEdit(newest, now, merged.form, lines, { news: merged.news, asksReason }) };
    }
  });

  on.submission(VIEWS.extend, async (person, view) => {
    const id = Number(view.private_metadata);
    const { words, minutes, overrideReason } = readExtendModal(view.state.values);
    let by: ExtendBy = minutes;
    if (words !== '') {
      const read = readExtendWords(words, await getMaintenance(ctx, person.actor, id), whenOf(person));
      if (!read.ok) throw new ReplyError([read.problem]);
      by = read.extension.by;
    }
    try {
      await extend(ctx, person.actor, id, by, `view:${view.id}`, overrideReason || undefined);
      return undefined;
    } catch (error) {
      if (!(error instanceof FreezeConflict)) throw error;
      if (!isAllowed(person.actor, 'override-freeze'))
        throw new ReplyError([{ field: 'minutes', message: slackErrorText(error, person.timezone) }]);
      const remark = `${blockedLines(error.freezes)} Make it shorter, or say why it cannot wait.`;
      const maintenance = await getMaintenance(ctx, person.actor, id);
      return { show: extendModal(maintenance, person.timezone, remark, { asksReason: true }) };
    }
  });
  on.submission(VIEWS.finish, async ({ actor }, view) => {
    const { outcome, note } = readFinishModal(view.state.values);
    await finish(ctx, actor, Number(view.private_metadata), outcome, `view:${view.id}`, note);
    return undefined;
  });
  on.submission(VIEWS.cancel, async ({ actor }, view) => {
    const reason = readCancelModal(view.state.values);
    await cancel(ctx, actor, Number(view.private_metadata), reason || undefined, `view:${view.id}`);
    return undefined;
  });

  for (const changed of [
    DISPATCHING_INPUTS.start,
    DISPATCHING_INPUTS.end,
    DISPATCHING_INPUTS.selector,
    OPTIONS.services,
    OPTIONS.checks,
  ]) {
    on.change(changed, (person, view) => redrawn(person, view, readWindowForm(view.state.values)));
  }
  on.change(DISPATCHING_INPUTS.words, async (person, view) => {
    const form = readWindowForm(view.state.values);
    return redrawn(
      person,
      view,
      form,
      form.words === '' ? undefined : parseWords(context, person, form.words, lengthOf(form)),
    );
  });
  on.change(EXTEND_WORDS, async (person, view) => {
    const { words, overrideReason } = readExtendModal(view.state.values);
    const more = { asksReason: overrideReason !== undefined };
    const maintenance = await getMaintenance(ctx, person.actor, Number(view.private_metadata));
    if (words === '') return extendModal(maintenance, person.timezone, undefined, more);
    const read = readExtendWords(words, maintenance, whenOf(person));
    return extendModal(maintenance, person.timezone, read.ok ? read.remark : problemRemark(read.problem), more);
  });

  /** Words that were not shown as understood yet are shown before anything is done. */
  async function understoodAnew(
    person: Person,
    view: ViewOutput,
    form: WindowForm,
    shown: string | undefined,
  ): Promise<ModalView | undefined> {
    if (form.words === '' || form.words === shown) return undefined;
    const understood = parseWords(context, person, form.words, lengthOf(form));
    if (!understood.ok) throw new ReplyError([understood.problem]);
    return redrawn(person, view, form, understood);
  }

  /** The same form with what is to be known of its times by now. */
  async function redrawn(
    person: Person,
    { callback_id, private_metadata }: ViewOutput,
    form: WindowForm,
    understood?: ParsedWindow,
  ): Promise<ModalView> {
    const raw: unknown = JSON.parse(private_metadata);
    const said = understood?.ok ? { words: form.words, timezone: understood.timezone } : undefined;
    const next = said === undefined ? form : { ...form, ...timesOf(understood) };
    const told: string[] =
      understood === undefined ? [] : understood.ok ? [...understood.remarks] : [problemRemark(understood.problem)];
    if (callback_id === VIEWS.create) {
      const metadata = createMetadata.parse(raw);
      told.push(...(understood === undefined ? stillSaid(person, form, metadata.understood?.words) : []));
      const drawn = said === undefined ? metadata : { ...metadata, understood: said, times: metadata.times + 1 };
      const { lines, asksReason } = await describeOverlaps(context, person, next);
      return drawCreate(drawn, next, [...told, ...lines], asksReason);
    }
    const metadata = editMetadata.parse(raw);
    const drawn = said === undefined ? metadata : { ...metadata, understood: said, times: metadata.times + 1 };
    told.push(...(understood === undefined ? stillSaid(person, form, metadata.understood?.words) : []));
    const maintenance = await getMaintenance(ctx, person.actor, metadata.id);
    const { lines, asksReason } = await describeOverlaps(context, person, next, coverageForOverlaps(maintenance));
    return drawEdit(drawn, { maintenance }, next, [...told, ...lines], { asksReason });
  }
}

/** Words stand beside the times that were taken from them, so the window is said as long as they do. */
function stillSaid({ timezone }: Person, { words, start, end }: WindowForm, understood: string | undefined): string[] {
  if (words === '' || words !== understood || start === null || end === null || end <= start) return [];
  return [`:white_check_mark: It will be *${formatWindow({ start, end }, timezone)}*.`];
}

function timesOf(understood: ParsedWindow | undefined): { start?: Date; end?: Date } {
  return understood?.ok ? { start: understood.start, end: understood.end } : {};
}

/** How long the window of a form is so far (minutes), for words that do not say it. */
function lengthOf({ start, end }: WindowForm): number | undefined {
  if (start === null || end === null || end <= start) return undefined;
  return Math.round((end.getTime() - start.getTime()) / 60_000);
}
