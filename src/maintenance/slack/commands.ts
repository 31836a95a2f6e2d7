import { listMutes } from '../../checks/mute-repository.ts';
import { listComments } from '../../comments/repository.ts';
import { authorize } from '../../core/permissions.ts';
import { errorMessage, successMessage } from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run, subcommand, TEXT } from '../../slack/command.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import { readWhen } from '../../when/index.ts';
import { toCoverage } from '../commands/announce.ts';
import { forecastMutes } from '../commands/coverage.ts';
import { resolveMaintenance } from '../commands/find.ts';
import { cancel, finish } from '../commands/transitions.ts';
import { readExtension } from '../rules/times.ts';
import { nameMaintenance } from './announcement.ts';
import { askChoice } from './drafts.ts';
import { openEdit } from './forms.ts';
import { changeOrOfferOverride } from './freeze-overrides.ts';
import { showMessage } from './show.ts';
import { extendModal } from './transition-forms.ts';

const startOne: Run = async (context, person, [ref], request) => {
  const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
  return changeOrOfferOverride(context, person, { kind: 'start', id }, idempotencyKey(request));
};

const finishOne: Run = async (context, person, [ref, outcome, note], request) => {
  const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
  const status = outcome?.toLowerCase() === 'failed' ? 'failed' : 'succeed';
  const ended = await finish(context.ctx, person.actor, id, status, idempotencyKey(request), note);
  return ended && successMessage(texts.finished(status, nameMaintenance(ended)));
};

const cancelOne: Run = async (context, person, [ref, reason], request) => {
  const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
  const canceled = await cancel(context.ctx, person.actor, id, reason?.trim(), idempotencyKey(request));
  return canceled && successMessage(texts.canceled(nameMaintenance(canceled)));
};

const reopenOne: Run = async (context, person, [ref], request) => {
  const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
  return changeOrOfferOverride(context, person, { kind: 'reopen', id }, idempotencyKey(request));
};

/** In words, or without any by a form. */
const extendOne: Run = async (context, person, [ref, words], request) => {
  const maintenance = await resolveMaintenance(context.ctx, person.actor, ref);
  const { id } = maintenance;
  const { actor, timezone, locale } = person;
  const example = `extend ${id} 30m`;
  if (words === undefined) {
    if (request === undefined) return successMessage(texts.sayHowMuchLonger(example));
    authorize(actor, 'extend');
    await context.client.views.open({ trigger_id: request.triggerId, view: extendModal(maintenance, timezone) });
    return undefined;
  }
  const extension = readExtension(words, maintenance, { now: context.ctx.clock.now(), timezone, locale });
  if (extension.outcome === 'refusal') return errorMessage(extension.reason, `/maintenance ${example}`);
  if (extension.outcome === 'question') {
    const choices = extension.choices.map(({ label, text }) => ({ label, text: `extend ${id} ${text}` }));
    return askChoice(context.ctx, person, extension.question, choices);
  }
  return changeOrOfferOverride(context, person, { kind: 'extend', id, by: extension.by }, idempotencyKey(request));
};

/** Moves a scheduled maintenance. Without an end it keeps its length. */
const moveOne: Run = async (context, person, [ref, text = ''], request) => {
  const { ctx } = context;
  const { timezone, locale } = person;
  const { id, scheduledStart, scheduledEnd } = await resolveMaintenance(context.ctx, person.actor, ref);
  const defaultMinutes = Math.round((scheduledEnd.getTime() - scheduledStart.getTime()) / 60_000);
  const when = readWhen(text, { now: ctx.clock.now(), timezone, locale, defaultMinutes });
  switch (when.outcome) {
    case 'refusal':
      return errorMessage(when.reason, `/maintenance move ${id} ${when.example}`);
    case 'series':
      return errorMessage(texts.movedToOneWindow, `/maintenance move ${id} tomorrow 3am`);
    case 'question': {
      const choices = when.choices.map((choice) => ({ label: choice.label, text: `move ${id} ${choice.text}` }));
      return askChoice(ctx, person, when.question, choices);
    }
    case 'window': {
      // The command keeps the length that the maintenance has once it is locked.
      const end = when.assumed.includes('duration') ? {} : { end: when.end };
      const move = { kind: 'move', id, start: when.start, timezone: when.timezone, ...end } as const;
      return changeOrOfferOverride(context, person, move, idempotencyKey(request));
    }
  }
};

const editOne: Run = async (context, person, [ref], request) => {
  const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
  if (request === undefined) return successMessage(texts.typeIt(`edit ${id}`));
  await openEdit(context, person, id, request.triggerId);
  return undefined;
};

const showOne: Run = async (context, person, [ref]) => {
  const maintenance = await resolveMaintenance(context.ctx, person.actor, ref);
  const { database } = context.ctx;
  const { accountId } = person.actor;
  const { switched } = await forecastMutes(database, accountId, toCoverage(maintenance));
  const mutes = await listMutes(database, accountId, maintenance.id);
  const comments = await listComments(database, accountId, maintenance.id);
  return showMessage(maintenance, { covered: switched.length, mutes }, comments, person.timezone);
};

export const maintenanceCommands: readonly Entry[] = [
  { form: subcommand('start'), run: startOne },
  { form: subcommand('finish', String.raw`(?:\s+(failed|succeeded))?(?:${TEXT})?`), run: finishOne },
  { form: subcommand('extend', `(?:${TEXT})?`), run: extendOne },
  { form: subcommand('reopen'), run: reopenOne },
  { form: subcommand('cancel', `(?:${TEXT})?`), run: cancelOne },
  { form: subcommand('move', String.raw`\s+(?:to\s+)?([\s\S]+)`), run: moveOne },
  { form: subcommand('edit'), run: editOne },
  { form: subcommand('show'), run: showOne },
];
