import { refusal, type Stop } from './answer.ts';
import { type Item, itemsOf } from './items.ts';
import { minutesOf } from './lengths.ts';
import { type Setting, spoken } from './moments.ts';

/** The length that is said, in minutes. */
export function lengthOf(items: readonly Item[], setting: Setting): number | undefined | Stop {
  const [item, another] = itemsOf(items, 'length');
  if (item === undefined) return undefined;
  if (item.negative)
    return refusal(`"${spoken(item, setting)}" is less than nothing: a duration is at least a minute.`);
  const minutes = minutesOf(item.length);
  if (minutes === undefined) {
    return refusal(
      `"${spoken(item, setting)}" has no fixed length. Say it in days, or say the end.`,
      'tomorrow 02:00 for 30 days',
    );
  }
  if (another !== undefined) {
    return refusal(`Two durations are named: "${spoken(item, setting)}" and "${spoken(another, setting)}". Say one.`);
  }
  if (minutes <= 0) return refusal(`"${spoken(item, setting)}" is no time at all: a duration is at least a minute.`);
  if (Math.abs(minutes - Math.round(minutes)) > 1e-6) {
    return refusal(`"${spoken(item, setting)}" is not a whole number of minutes.`, 'tomorrow 02:00 for 90m');
  }
  return Math.round(minutes);
}
