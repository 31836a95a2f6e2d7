import type { Scenario } from './scenario.ts';
import { killBusy, killIdle } from './scenarios/kill.ts';

/** Every scenario, by the name that `npm run faults -- <name>` takes. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'kill-idle': killIdle,
  'kill-busy': killBusy,
};
