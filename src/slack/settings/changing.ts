import type { ModalView } from '@slack/types';
import type { Ground } from '../../actions/action.ts';
import { ChangedMeanwhile, seenOf, whileAsSeen } from '../../actions/unchanged.ts';
import { changedFrom, merge } from '../../domain/merge.ts';
import { Refusal } from '../../domain/refusal.ts';
import { eventsSince, newestEvent } from '../../store/history.ts';
import { lockProvider } from '../../store/providers.ts';
import type { SlackContext } from '../context.ts';
import { dialog } from '../dialog.ts';
import { answer } from '../messages/answers.ts';
import { person as mention } from '../messages/blocks.ts';
import { forReader } from '../messages/time.ts';
import type { Held } from '../modals/form.ts';
import type { Person } from '../people.ts';
import { valuesOf } from './fields.ts';
import { carrying, draw, type Edited } from './find.ts';
import { KIND_WORDS, type Opened, type Origin } from './form.ts';
import { concerns, fieldsOf, mergedForm } from './merged.ts';

/** A form to change something, as it was opened, and as it was submitted. */
interface Filled {
  readonly opened: Opened;
  readonly origin: Origin;
  /** By field. */
  readonly held: ReadonlyMap<string, Held>;
}

/** The turn of a change, under which its events are recorded, too. */
const turnOf = ({ kind, id }: Edited) => (kind === 'defaults' ? 'settings' : `${kind}:${id}`);

/** What changes a service and a check from the other side. */
const RELATED = {
  service: { field: 'checks', actions: ['add-check', 'edit-check', 'remove-check'], names: 'services' },
  check: { field: 'services', actions: ['edit-service'], names: 'checks' },
} as const;

/** Somebody's change of something that others may have changed, or removed, since they opened its form. */
export class Changing {
  readonly #context: SlackContext;
  readonly #person: Person;
  readonly #edited: Edited;
  readonly #filled: Filled;

  constructor(context: SlackContext, person: Person, edited: Edited, filled: Filled) {
    this.#context = context;
    this.#person = person;
    this.#edited = edited;
    this.#filled = filled;
  }

  /** What the form holds in the fields that this person changed. */
  changed(): ReadonlyMap<string, Held> {
    const { held, opened } = this.#filled;
    const changed = changedFrom(opened.seen, seenOf(valuesOf(held)));
    return new Map([...held].filter(([field]) => changed.includes(field)));
  }

  /** The ground to make the change on: it is not made where others were before. */
  ground(): Ground {
    const { accountId } = this.#person.actor;
    const { opened, origin } = this.#filled;
    return whileAsSeen(this.#context.ground, accountId, turnOf(this.#edited), opened.seen, async (tx) => {
      // Who changes it without its turn waits, too.
      if (this.#edited.kind === 'provider') await lockProvider(tx, accountId, this.#edited.id);
      return (await draw(this.#context, tx, accountId, this.#edited, origin)).fields;
    });
  }

  /** What shows in place of the form when others were before; undefined when the change came to nothing for another reason. */
  async insteadOf(error: unknown): Promise<ModalView | undefined> {
    if (error instanceof ChangedMeanwhile) return this.#newest();
    return error instanceof Refusal && error.kind === 'not-found' ? this.#removed() : undefined;
  }

  /** The form of what there is by now, with what others changed. */
  async #newest(): Promise<ModalView> {
    const { accountId } = this.#person.actor;
    const { database } = this.#context.ground;
    const { held, opened, origin } = this.#filled;
    // Before it is looked at, so that no change falls between the two.
    const event = await newestEvent(database, accountId);
    const { view, fields } = await draw(this.#context, database, accountId, this.#edited, origin);
    const next = { seen: seenOf(fields), event, generation: opened.generation + 1 };
    const meanwhile = { merge: merge(opened.seen, seenOf(valuesOf(held)), next.seen), events: await this.#events() };
    return mergedForm(carrying(view, next), held, meanwhile, next.generation);
  }

  /** Says who removed it; undefined when nobody did since the form was opened. */
  async #removed(): Promise<ModalView | undefined> {
    const { kind } = this.#edited;
    const removal = (await this.#events()).findLast(({ event }) => event.action === `remove-${kind}`)?.event;
    if (kind === 'defaults' || removal === undefined) return undefined;
    const removed = `This ${KIND_WORDS[kind]} was removed by ${mention(removal.actor)} ${forReader(removal.at)}`;
    return dialog(answer(`${removed}, while you were editing. Nothing of yours was saved.`), 'Not done');
  }

  /** What was done to it since the form was opened, the oldest first, each with the fields that it changed. */
  async #events() {
    const { kind, id } = this.#edited;
    const related = kind === 'service' || kind === 'check' ? RELATED[kind] : undefined;
    const actions = kind === 'defaults' ? ['configure-account'] : (related?.actions ?? []);
    const search = { subject: turnOf(this.#edited), actions, limit: 100 };
    const { database } = this.#context.ground;
    const events = await eventsSince(database, this.#person.actor.accountId, this.#filled.opened.event, search);
    return events.map((event) => {
      const isOther = related?.actions.some((action) => action === event.action) === true;
      if (related === undefined || !isOther) return { event, fields: fieldsOf(event) };
      return { event, fields: concerns(event, related.names, id) ? [related.field] : [] };
    });
  }
}
