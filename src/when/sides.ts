import { refusal, type Stop } from './answer.ts';
import { type Item, type ItemOf, itemsOf, type Part } from './items.ts';

/** What is said of one end of a window. */
export interface Side {
  readonly items: readonly Item[];
  readonly days: readonly ItemOf<'day'>[];
  readonly clocks: readonly ItemOf<'clock'>[];
  readonly weekdays: readonly ItemOf<'weekdays'>[];
  readonly part: ItemOf<'part'> | undefined;
  readonly tonight: ItemOf<'tonight'> | undefined;
  readonly now: ItemOf<'now'> | undefined;
  readonly after: ItemOf<'in'> | undefined;
  readonly zones: readonly ItemOf<'zone'>[];
}

export interface Sides {
  readonly left: Side;
  /** Undefined when only a start, or a start and a length, was said. */
  readonly right: Side | undefined;
}

export function sideOf(items: readonly Item[]): Side {
  return {
    items,
    days: itemsOf(items, 'day'),
    clocks: itemsOf(items, 'clock'),
    weekdays: itemsOf(items, 'weekdays'),
    part: itemsOf(items, 'part').at(0),
    tonight: itemsOf(items, 'tonight').at(0),
    now: itemsOf(items, 'now').at(0),
    after: itemsOf(items, 'in').at(0),
    zones: itemsOf(items, 'zone'),
  };
}

export function partOf(side: Side): Part | undefined {
  return side.part?.part ?? (side.tonight === undefined ? undefined : 'night');
}

/** Whether a side names an instant, or part of one. */
export function isPointed(side: Side): boolean {
  return (
    side.days.length > 0 ||
    side.clocks.length > 0 ||
    side.part !== undefined ||
    side.tonight !== undefined ||
    side.now !== undefined ||
    side.after !== undefined ||
    side.weekdays.length > 0
  );
}

/** The two ends that a sentence speaks of. */
export function sidesOf(said: readonly Item[]): Sides | Stop {
  const items = withTo(said);
  const at = items.findIndex((item) => item.is === 'to');
  if (at < 0) return { left: sideOf(items), right: undefined };
  let [before, after] = [items.slice(0, at), items.slice(at + 1)];
  const again = after.findIndex((item) => item.is === 'to');
  if (again >= 0) {
    if (isPointed(sideOf(after.slice(0, again))) && isPointed(sideOf(after.slice(again + 1)))) {
      return refusal('More than one end is named. Say one start and one end.', 'tomorrow 22:00 to 23:30');
    }
    after = after.filter((item) => item.is !== 'to');
  }
  // "until 6am starting tomorrow 2am": the start comes second.
  const from = after.findIndex((item) => item.is === 'from');
  if (!isPointed(sideOf(before)) && from > 0 && isPointed(sideOf(after.slice(from)))) {
    [before, after] = [[...before, ...after.slice(from)], after.slice(0, from)];
  }
  const right = sideOf(after);
  if (!isPointed(right)) return { left: sideOf([...before, ...after]), right: undefined };
  return { left: sideOf(before), right };
}

/** `between A and B` and, in Japanese, `B until`, as `A to B`. */
function withTo(said: readonly Item[]): readonly Item[] {
  const items = [...said];
  const between = items.findIndex((item) => item.is === 'between');
  if (between >= 0 && !items.some((item) => item.is === 'to')) {
    const and = items.findIndex((item, index) => index > between && item.is === 'and');
    const item = items[and];
    if (item !== undefined) items[and] = { start: item.start, end: item.end, is: 'to' };
  }
  const closing = items.findIndex((item) => item.is === 'to before');
  const closed = items[closing];
  if (closed === undefined) return items;
  items.splice(closing, 1);
  if (items.slice(0, closing).some((item) => item.is === 'to')) return items;
  let first = closing;
  const points = ['day', 'clock', 'part', 'zone', 'tonight'];
  while (first > 0 && points.includes(items[first - 1]?.is ?? '')) first--;
  items.splice(first, 0, { start: closed.start, end: closed.start, is: 'to' });
  return items;
}
