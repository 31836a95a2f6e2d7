import type { AnyBlock, InputBlock, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Merge } from '../../domain/merge.ts';
import type { TimelineEvent } from '../../store/announcements.ts';
import { cut, divider, LIMITS, person, section } from '../messages/blocks.ts';
import { fieldInWords } from '../messages/history.ts';
import { forReader } from '../messages/time.ts';
import { blockId, fieldOf, type Held } from '../modals/form.ts';
import { heldAtFirst, holding, inputsOf, inWords, isInput } from './fields.ts';

/** What others did since a form was opened. */
export interface Meanwhile {
  readonly merge: Merge;
  /** The oldest first; each with the fields of the form that it changed. */
  readonly events: readonly { readonly event: TimelineEvent; readonly fields: readonly string[] }[];
}

/** How many events are told. */
const TOLD = 5;
/** How much is shown of what a field has below, and of what it does not have any more (characters). */
const LONGEST_NEW = 120;
const LONGEST_OLD = 2600;

/**
 * The form of what there is by now, for whoever filled in an older one: with what others changed, who they were, and what
 * this person changed where nobody else did.
 * @param view what there is by now; `mine`: what the older form held
 * @param generation how often it was drawn anew
 */
export function mergedForm(
  view: ModalView,
  mine: ReadonlyMap<string, Held>,
  meanwhile: Meanwhile,
  generation: number,
): ModalView {
  const blocks = view.blocks.map((block) => {
    if (!isInput(block)) return block;
    const field = fieldOf(block.block_id);
    // Secrets are in no view: where the id stays the same, Slack keeps what was typed.
    if (field.startsWith('credentials.')) return block;
    const held = meanwhile.merge.mine.includes(field) ? mine.get(field) : undefined;
    const element = held === undefined ? block.element : holding(block.element, held);
    return { ...block, block_id: blockId(field, generation), element };
  });
  return { ...view, blocks: [...news(view.blocks, mine, meanwhile), ...blocks] };
}

function news(
  blocks: readonly AnyBlock[],
  mine: ReadonlyMap<string, Held>,
  { merge: { theirs, disputed }, events }: Meanwhile,
): KnownBlock[] {
  const inputs = new Map<string, InputBlock>(inputsOf(blocks));
  const now = heldAtFirst(blocks);
  const called = (field: string) => `*${inputs.get(field)?.label.text ?? withCapital(fieldInWords(field))}*`;
  const told = events.flatMap(({ event, fields }) => {
    const changed = fields.filter((field) => theirs.includes(field));
    return changed.length === 0 ? [] : [{ event, changed }];
  });
  const unsaid = theirs.filter((field) => !told.some(({ changed }) => changed.includes(field)));
  const lines = [
    ':warning: *This was changed while you were editing. Nothing of yours is saved yet.*',
    ...told.slice(-TOLD).map(({ event, changed }) => {
      const by = `${person(event.actor)}${event.actor.source === 'http' ? ' over HTTP' : ''}`;
      return `Changed by ${by} ${forReader(event.at)}: ${changed.map(called).join(', ')}`;
    }),
    ...(unsaid.length === 0 ? [] : [`Changed since: ${unsaid.map(called).join(', ')}`]),
  ];
  return [
    section(cut(lines.join('\n'), LIMITS.section)),
    ...disputed.flatMap((field) => {
      const element = inputs.get(field)?.element;
      const [is, wrote] = [now.get(field), mine.get(field)];
      if (wrote === undefined) return [];
      const newest = is === undefined ? 'too long for a form' : inWords(element, is, LONGEST_NEW);
      return [section(`${called(field)}\nNow: ${newest}\nYou had: ${inWords(element, wrote, LONGEST_OLD)}`)];
    }),
    section(
      disputed.length === 0
        ? 'Below are the newest values with your changes. *Save* keeps them.'
        : 'Below are the newest values; your other changes are kept. Change them again where you want to, and *Save*.',
    ),
    divider,
  ];
}

const withCapital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

const recorded = z.record(z.string(), z.json()).catch({});
const keptAsText = z.preprocess((text) => (typeof text === 'string' ? JSON.parse(text) : text), recorded);

/** The fields that an event changed, as the forms of the settings name them. */
export function fieldsOf({ before, after }: Pick<TimelineEvent, 'before' | 'after'>): string[] {
  const was = recorded.parse(before ?? {});
  const is = recorded.parse(after ?? {});
  return Object.keys(is).flatMap((field) => {
    if (field !== 'settings') return [field];
    // Of a monitoring system: all of them as one text of JSON.
    const [old, now] = [keptAsText.parse(was[field]), keptAsText.parse(is[field])];
    const changed = new Set([...Object.keys(old), ...Object.keys(now)]);
    return [...changed]
      .filter((each) => JSON.stringify(old[each]) !== JSON.stringify(now[each]))
      .map((each) => `settings.${each}`);
  });
}

/** Whether an event is about one of these, such as the services of a check. */
export function concerns(event: Pick<TimelineEvent, 'before' | 'after'>, field: string, id: string): boolean {
  return [event.before, event.after].some((values) => {
    const named = recorded.parse(values ?? {})[field];
    return Array.isArray(named) && named.some((each) => String(each) === id);
  });
}
