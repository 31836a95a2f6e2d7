import { mustBeAllowed } from '../../core/permissions.ts';
import { orOverride } from '../../freezes/slack/anyway.ts';
import { answer, ask, refusal } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { about, type Entry, meant, once, type Run, TEXT } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { at } from '../../slack/time.ts';
import { cancel, finish } from '../commands/finish.ts';
import { reopen } from '../commands/reopen.ts';
import { extend } from '../commands/reschedule.ts';
import { start } from '../commands/start.ts';
import { readExtension } from '../extension.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { extendModal } from './extend-form.ts';

/** The commands that carry a window through its life: start, finish, extend, cancel, reopen. */
export const running: readonly Entry[] = [
  { form: about('start'), run: (...asked) => startOne(...asked) },
  { form: about('finish', String.raw`(?:\s+(failed|succeeded))?(?:${TEXT})?`), run: (...asked) => finishOne(...asked) },
  { form: about('extend', `(?:${TEXT})?`), run: (...asked) => extendOne(...asked) },
  { form: about('reopen'), run: (...asked) => reopenOne(...asked) },
  { form: about('cancel', `(?:${TEXT})?`), run: (...asked) => cancelOne(...asked) },
];

const named = ({ id, name }: Maintenance) => `maintenance ${id}, *${quote(name, 200)}*`;

const startOne: Run = async (context, person, [ref], asked) => {
  const { id } = await meant(context, person, ref);
  return orOverride(context, person, { kind: 'start', id }, async () => {
    const started = await start(context.ground, person.actor, id, once(asked));
    if (started === undefined) return undefined;
    return answer(
      `Started: ${named(started)}. It ends ${at(started.scheduledEnd, person.timezone)} (${person.timezone}).`,
    );
  });
};

const reopenOne: Run = async (context, person, [ref], asked) => {
  const { id } = await meant(context, person, ref);
  return reopenFor(context, person, id, once(asked));
};

const finishOne: Run = async (context, person, [ref, outcome, note], asked) => {
  const { id } = await meant(context, person, ref);
  const status = outcome?.toLowerCase() === 'failed' ? 'failed' : 'succeed';
  const ended = await finish(context.ground, person.actor, id, status, once(asked), note);
  if (ended === undefined) return undefined;
  return answer(`Ended as ${status === 'failed' ? 'failed' : 'succeeded'}: ${named(ended)}. Its checks go on again.`);
};

const cancelOne: Run = async (context, person, [ref, reason], asked) => {
  const { id } = await meant(context, person, ref);
  const canceled = await cancel(context.ground, person.actor, id, reason?.trim(), once(asked));
  return canceled === undefined ? undefined : answer(`Canceled: ${named(canceled)}.`);
};

/** In words, or without any by a form. */
const extendOne: Run = async (context, person, [ref, words], asked) => {
  const maintenance = await meant(context, person, ref);
  const { id } = maintenance;
  if (words === undefined) {
    if (asked === undefined) return answer(`Say how much longer: \`/maintenance extend ${id} 30m\`.`);
    mustBeAllowed(person.actor, 'extend');
    await context.client.views.open({ trigger_id: asked.triggerId, view: extendModal(maintenance, person.timezone) });
    return undefined;
  }
  const { timezone, locale } = person;
  const extension = readExtension(words, maintenance, { now: context.ground.clock.now(), timezone, locale });
  switch (extension.outcome) {
    case 'refusal':
      return refusal(extension.reason, `/maintenance extend ${id} 30m`);
    case 'question':
      return ask(
        context.ground,
        person,
        extension.question,
        extension.choices.map(({ label, text }) => ({ label, text: `extend ${id} ${text}` })),
      );
    case 'minutes': {
      const { minutes } = extension;
      return orOverride(context, person, { kind: 'extend', id, minutes }, async () => {
        const extended = await extend(context.ground, person.actor, id, minutes, once(asked));
        if (extended === undefined) return undefined;
        return answer(`Extended: ${named(extended)}, ends ${at(extended.scheduledEnd, timezone)} (${timezone}).`);
      });
    }
  }
};

/** Reopens a window. A second press is answered like the first. */
export function reopenFor(
  context: SlackContext,
  person: Person,
  id: number,
  once?: string,
): Promise<Message | undefined> {
  return orOverride(context, person, { kind: 'reopen', id }, async () =>
    reopened(await reopen(context.ground, person.actor, id, once), id, person.timezone),
  );
}

/** What is said to whoever reopened maintenance `id`. @param zone theirs */
export function reopened(opened: Maintenance, id: number, zone: string): Message {
  return answer(
    `Reopened: maintenance ${id} goes on as maintenance ${opened.id}, *${quote(opened.name, 200)}*. It ends ${at(opened.scheduledEnd, zone)} (${zone}).`,
  );
}
