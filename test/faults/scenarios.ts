import type { Scenario } from './scenario.ts';
import { clock } from './scenarios/clock.ts';
import { databaseCut, databaseRestart, databaseSilent } from './scenarios/database.ts';
import { databaseFull } from './scenarios/disk.ts';
import { instances } from './scenarios/instances.ts';
import { killBusy, killIdle } from './scenarios/kill.ts';
import { providerWrong, slackSilent, slackWrong } from './scenarios/others.ts';

/** Every scenario, by the name that `npm run faults -- <name>` takes. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'kill-idle': killIdle,
  'kill-busy': killBusy,
  'database-restart': databaseRestart,
  'database-cut': databaseCut,
  'database-silent': databaseSilent,
  'database-full': databaseFull,
  'slack-wrong': slackWrong,
  'slack-silent': slackSilent,
  'provider-wrong': providerWrong,
  instances,
  clock,
};
