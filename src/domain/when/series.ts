import { refusal, type SeriesAnswer, type Stop } from './answer.ts';
import type { Item } from './items.ts';
import type { Setting } from './moments.ts';

export function isSeries(items: readonly Item[]): boolean {
  return items.some((item) => ['every', 'repeat', 'cron', 'irregular'].includes(item.is) || (item.is === 'weekdays' && item.every));
}

export function seriesOf(items: readonly Item[], setting: Setting): SeriesAnswer | Stop {
  void items;
  void setting;
  return refusal('Series are not read yet.');
}
