import type { Provider, SwitchResult, Target } from '../provider.ts';

/** Where the builtin register is kept. */
export interface Register {
  read(ids: readonly string[]): Promise<ReadonlyMap<string, boolean>>;
  write(ids: readonly string[], enabled: boolean): Promise<void>;
}

/** Lull's own register of checks: external monitors ask `GET /api/v1/checks/{id}` whether to check now. */
export function builtin(register: Register): Provider {
  const write = async (targets: readonly Target[], enabled: boolean): Promise<ReadonlyMap<string, SwitchResult>> => {
    const ids = targets.map((target) => target.id);
    await register.write(ids, enabled);
    return new Map(ids.map((id) => [id, { ok: true }]));
  };
  return {
    form: 'switch',
    async read(targets) {
      const states = await register.read(targets.map((target) => target.id));
      return new Map([...states].map(([id, enabled]) => [id, enabled ? 'on' : 'off']));
    },
    switchOff: (targets) => write(targets, false),
    switchOn: (targets) => write(targets, true),
  };
}
