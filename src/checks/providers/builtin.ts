import type { Queries } from '../../platform/database.ts';
import { readRegister, writeRegister } from '../repository.ts';
import type { Provider, SwitchResult, Target } from './provider.ts';

/** Lull's own register, which external monitors ask whether to run a check: `GET /api/v1/checks/{id}`. */
export function builtin(database: Queries): Provider {
  const write = async (targets: readonly Target[], enabled: boolean): Promise<ReadonlyMap<string, SwitchResult>> => {
    const ids = targets.map(({ id }) => id);
    await writeRegister(database, ids, enabled);
    return new Map(ids.map((id) => [id, { ok: true }]));
  };
  return {
    form: 'switch',
    async read(targets) {
      const ids = targets.map(({ id }) => id);
      return new Map([...(await readRegister(database, ids))].map(([id, enabled]) => [id, enabled ? 'on' : 'off']));
    },
    switchOff: (targets) => write(targets, false),
    switchOn: (targets) => write(targets, true),
  };
}
