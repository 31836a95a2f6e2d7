import { alertmanagerKind } from './alertmanager/kind.ts';
import type { ProviderKind } from './kind.ts';

/** Every kind of monitoring system that people can connect, besides Lull's own register. */
export const KINDS: readonly ProviderKind[] = [alertmanagerKind];
