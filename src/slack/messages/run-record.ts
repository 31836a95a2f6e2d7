import type { SectionBlock } from '@slack/types';
import type { HoldRecord } from '../../store/holds.ts';
import { listed, names, quote, section } from './blocks.ts';
import { at } from './time.ts';

/** So many lines are shown, and so much of each (characters); the HTTP interface has every check. */
const LINES = 6;
const NAMES = 120;

/** What became of the checks of one window, and when, in a person's zone. Undefined while there is nothing to tell. */
export function runRecord(holds: readonly HoldRecord[], zone: string): SectionBlock | undefined {
  const groups = new Map<string, HoldRecord[]>();
  for (const hold of holds) {
    const told = tale(hold, zone);
    groups.set(told, [...(groups.get(told) ?? []), hold]);
  }
  if (groups.size === 0) return undefined;
  const lines = listed([...groups], LINES, ([told, its]) => `${told}: ${names(its.map(nameOf), NAMES)}`);
  return section(['*Checks of this run*', ...lines].join('\n'));
}

function nameOf({ checkName }: HoldRecord): string {
  return checkName;
}

function tale({ outcome, decidedAt, endedAt, releasedAt, error }: HoldRecord, zone: string): string {
  const when = (instant: Date | null) => (instant === null ? '' : ` ${at(instant, zone)} ${zone}`);
  const failed = error === null ? '' : ` (${quote(error, 80)})`;
  switch (outcome) {
    case 'disabled':
      if (releasedAt !== null) return `:bell: Off from${when(decidedAt)}, released${when(releasedAt)}`;
      if (endedAt !== null) return `:warning: Off since${when(decidedAt)}, not on again yet${failed}`;
      return `:no_bell: Off since${when(decidedAt)}${failed}`;
    case 'skipped':
      return `:heavy_minus_sign: Off already${when(decidedAt)}, so left as it was`;
    case 'overridden':
      return `:bell: Switched on by hand, seen${when(decidedAt)}`;
    case 'failed':
      return `:warning: Not switched off, tried${when(decidedAt)}${failed}`;
    case 'pending':
      return endedAt === null ? ':hourglass: Being switched off' : ':heavy_minus_sign: Not switched';
  }
}
