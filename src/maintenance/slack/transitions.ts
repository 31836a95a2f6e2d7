import { authorize } from '../../core/permissions.ts';
import { errorMessage, successMessage } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run, subcommand, TEXT } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { formatInstant } from '../../slack/time.ts';
import { extend } from '../commands/edit.ts';
import { cancel, finish } from '../commands/finish.ts';
import { reopen } from '../commands/reopen.ts';
import { start } from '../commands/start.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readExtension } from '../rules/extension.ts';
import { currentWindow } from '../rules/times.ts';
import { offerOverride } from './blocked-by-freeze.ts';
import { askChoice } from './choices.ts';
import { extendModal } from './extend-form.ts';
import { resolveMaintenance } from './resolve.ts';

/** The commands that carry a window through its life: start, finish, extend, cancel, reopen. */
export const transitionCommands: readonly Entry[] = [
  { form: subcommand('start'), run: (...asked) => startOne(...asked) },
  {
    form: subcommand('finish', String.raw`(?:\s+(failed|succeeded))?(?:${TEXT})?`),
    run: (...asked) => finishOne(...asked),
  },
  { form: subcommand('extend', `(?:${TEXT})?`), run: (...asked) => extendOne(...asked) },
  { form: subcommand('reopen'), run: (...asked) => reopenOne(...asked) },
  { form: subcommand('cancel', `(?:${TEXT})?`), run: (...asked) => cancelOne(...asked) },
];

const named = ({ id, name }: Maintenance) => `maintenance ${id}, *${quote(name, 200)}*`;

const startOne: Run = async (context, person, [ref], asked) => {
  const { id } = await resolveMaintenance(context, person, ref);
  return offerOverride(context, person, { kind: 'start', id }, async () => {
    const started = await start(context.ctx, person.actor, id, idempotencyKey(asked));
    if (started === undefined) return undefined;
    return successMessage(
      `Started: ${named(started)}. It ends ${formatInstant(currentWindow(started).end, person.timezone)} (${person.timezone}).`,
    );
  });
};

const reopenOne: Run = async (context, person, [ref], asked) => {
  const { id } = await resolveMaintenance(context, person, ref);
  return reopenCommand(context, person, id, idempotencyKey(asked));
};

const finishOne: Run = async (context, person, [ref, outcome, note], asked) => {
  const { id } = await resolveMaintenance(context, person, ref);
  const status = outcome?.toLowerCase() === 'failed' ? 'failed' : 'succeed';
  const ended = await finish(context.ctx, person.actor, id, status, idempotencyKey(asked), note);
  if (ended === undefined) return undefined;
  return successMessage(
    `Ended as ${status === 'failed' ? 'failed' : 'succeeded'}: ${named(ended)}. Its checks go on again.`,
  );
};

const cancelOne: Run = async (context, person, [ref, reason], asked) => {
  const { id } = await resolveMaintenance(context, person, ref);
  const canceled = await cancel(context.ctx, person.actor, id, reason?.trim(), idempotencyKey(asked));
  return canceled === undefined ? undefined : successMessage(`Canceled: ${named(canceled)}.`);
};

/** In words, or without any by a form. */
const extendOne: Run = async (context, person, [ref, words], asked) => {
  const maintenance = await resolveMaintenance(context, person, ref);
  const { id } = maintenance;
  if (words === undefined) {
    if (asked === undefined) return successMessage(`Say how much longer: \`/maintenance extend ${id} 30m\`.`);
    authorize(person.actor, 'extend');
    await context.client.views.open({ trigger_id: asked.triggerId, view: extendModal(maintenance, person.timezone) });
    return undefined;
  }
  const { timezone, locale } = person;
  const extension = readExtension(words, maintenance, { now: context.ctx.clock.now(), timezone, locale });
  switch (extension.outcome) {
    case 'refusal':
      return errorMessage(extension.reason, `/maintenance extend ${id} 30m`);
    case 'question':
      return askChoice(
        context.ctx,
        person,
        extension.question,
        extension.choices.map(({ label, text }) => ({ label, text: `extend ${id} ${text}` })),
      );
    case 'extension': {
      const { by } = extension;
      return offerOverride(context, person, { kind: 'extend', id, by }, async () => {
        const extended = await extend(context.ctx, person.actor, id, by, idempotencyKey(asked));
        if (extended === undefined) return undefined;
        return successMessage(
          `Extended: ${named(extended)}, ends ${formatInstant(currentWindow(extended).end, timezone)} (${timezone}).`,
        );
      });
    }
  }
};

/** Reopens a window. A second press is answered like the first. */
export function reopenCommand(
  context: SlackContext,
  person: Person,
  id: number,
  once?: string,
): Promise<Message | undefined> {
  return offerOverride(context, person, { kind: 'reopen', id }, async () =>
    reopenedMessage(await reopen(context.ctx, person.actor, id, once), id, person.timezone),
  );
}

/** What is said to whoever reopened maintenance `id`. @param zone theirs */
export function reopenedMessage(opened: Maintenance, id: number, zone: string): Message {
  return successMessage(
    `Reopened: maintenance ${id} goes on as maintenance ${opened.id}, *${quote(opened.name, 200)}*. It ends ${formatInstant(currentWindow(opened).end, zone)} (${zone}).`,
  );
}
