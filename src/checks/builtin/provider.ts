import type { Provider } from '../provider.ts';

/** Where the builtin register is kept. */
export interface Register {
  read(ids: readonly string[]): Promise<ReadonlyMap<string, boolean>>;
  write(ids: readonly string[], enabled: boolean): Promise<void>;
}

/** Lull's own register of checks: external monitors ask `GET /api/v1/checks/{id}` whether to check now. */
export function builtin(register: Register): Provider {
  return {
    name: 'builtin',
    async read(targets) {
      const states = await register.read(targets.map((target) => target.id));
      return new Map([...states].map(([id, enabled]) => [id, enabled ? 'on' : 'off']));
    },
    async switchTo(state, targets) {
      await register.write(
        targets.map((target) => target.id),
        state === 'on',
      );
      return new Map(targets.map((target) => [target.id, { ok: true }]));
    },
  };
}
