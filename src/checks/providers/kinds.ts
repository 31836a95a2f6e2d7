import { alertmanagerKind } from './alertmanager/kind.ts';
import { httpKind } from './http/kind.ts';
import { PRESET_KINDS } from './http/presets.ts';
import { icinga2Kind } from './icinga2/kind.ts';
import { nodepingKind } from './nodeping/kind.ts';
import type { ProviderKind } from './provider.ts';
import { webhookKind } from './webhook.ts';

/** Every kind of monitoring system that people can connect. */
export const KINDS: readonly ProviderKind[] = [
  alertmanagerKind,
  icinga2Kind,
  nodepingKind,
  ...PRESET_KINDS,
  httpKind,
  webhookKind,
];
