import { formatWindow, localWindow } from '../../slack/time.ts';
import type { Times } from '../rules/status.ts';
import { currentWindow, deviatedPlan } from '../rules/times.ts';

/** "Nov 22 at 1:40 AM – 3:40 AM (planned Nov 22 at 2:00 AM – 4:00 AM)" in each reader's own zone. */
export function localTimes(times: Times): string {
  const plan = deviatedPlan(times);
  return `${localWindow(currentWindow(times))}${plan ? ` (planned ${localWindow(plan, 'in a sentence')})` : ''}`;
}

/** The same in an IANA zone. */
export function formatTimes(times: Times, zone: string): string {
  const plan = deviatedPlan(times);
  return `${formatWindow(currentWindow(times), zone)}${plan ? `, planned ${formatWindow(plan, zone)}` : ''}`;
}
