import { type Doubt, doubt } from './answer.ts';
import { type Item, itemsOf } from './items.ts';

const POINTS: readonly Item['is'][] = ['day', 'clock', 'part', 'tonight', 'now', 'in', 'weekdays', 'zone'];

function isPoint(item: Item | undefined): item is Item {
  return item !== undefined && POINTS.includes(item.is);
}

/** Two times joined by "or": each of them is a choice. */
export function orChoices(items: readonly Item[]): Doubt | undefined {
  const [or] = itemsOf(items, 'or');
  if (or === undefined) return undefined;
  const at = items.indexOf(or);
  const before = items[at - 1];
  const after = items[at + 1];
  if (before === undefined || after === undefined) return undefined;
  const run = (step: 1 | -1): Item => {
    let index = at + step;
    while (isPoint(items[index + step])) index += step;
    return items[index] ?? before;
  };
  const alike = before.is === after.is;
  const first = alike ? before : run(-1);
  const last = alike ? after : run(1);
  return doubt('Which of the two is meant?', [
    { edits: [{ start: or.start, end: last.end, by: ' ' }] },
    { edits: [{ start: first.start, end: after.start, by: ' ' }] },
  ]);
}
