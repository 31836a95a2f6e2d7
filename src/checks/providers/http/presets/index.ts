import type { ProviderKind } from '../../kind.ts';
import { betterStack } from './better-stack.ts';
import { checkly } from './checkly.ts';
import { datadog } from './datadog.ts';
import { healthchecks } from './healthchecks.ts';
import { pingdom } from './pingdom.ts';
import { presetKind } from './preset.ts';
import { statuscake } from './statuscake.ts';
import { uptimerobot } from './uptimerobot.ts';

/** A kind of provider for each preset. */
export const PRESET_KINDS: readonly ProviderKind[] = [
  presetKind(betterStack),
  presetKind(checkly),
  presetKind(datadog),
  presetKind(healthchecks),
  presetKind(pingdom),
  presetKind(statuscake),
  presetKind(uptimerobot),
];
