import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck } from '../../src/checks/commands.ts';
import { insertProvider } from '../../src/checks/provider-repository.ts';
import type { Provider } from '../../src/checks/providers/provider.ts';
import { pruneStaleDowntimes, reconcile } from '../../src/checks/reconcile.ts';
import { extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { only } from '../checks/monitoring.ts';
import { hours, silent, type World } from '../world.ts';

/** A window in progress. */
export interface Window {
  readonly id: number;
  readonly covers: readonly string[];
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Windows over the checks of one provider, each check in its own service, and the jobs of Lull that mute them. */
export async function windowsOver(w: World, name: string, kind: string, externalIds: readonly string[]) {
  const admin = w.person('admin');
  const { database } = w.ctx;
  const provider = { name, kind, settings: {}, credentials: null, enabled: true };
  await insertProvider(database, w.account.id, provider, w.clock.now());
  const services = new Map<string, number>();
  for (const externalId of externalIds) {
    const service = await addService(w.ctx, w.lull, { name: `${name} ${externalId}`, scopeId: null });
    const check = { name: externalId, services: [service.id], provider: name, externalId, enabled: true, tags: [] };
    await addCheck(w.ctx, admin, check);
    services.set(externalId, service.id);
  }
  const providerKey = { accountId: w.account.id, provider: name };
  return {
    /** @param length hours from now until its planned end */
    async begin(covers: readonly string[], length: number): Promise<Window> {
      const input = w.input({
        services: covers.flatMap((each) => services.get(each) ?? []),
        ...w.soon(0, hours(length)),
      });
      const created = await schedule(w.ctx, w.ana, input);
      await start(w.ctx, w.ana, created.id);
      return { id: created.id, covers, until: input.end.getTime() };
    },
    async extend(window: Window, minutes: number): Promise<Window> {
      await extend(w.ctx, w.ana, window.id, minutes);
      return { ...window, until: window.until + minutes * 60_000 };
    },
    async end(window: Window): Promise<void> {
      await finish(w.ctx, w.ana, window.id, 'succeed');
    },
    /** Runs Lull's job once. @returns the error if the job would be retried */
    reconcile(provider: Provider): Promise<string | undefined> {
      return reconcile(w.ctx, only(provider, name), silent, providerKey).then(
        () => undefined,
        (error: unknown) => String(error),
      );
    },
    /** Closes the circuit of the provider and runs the periodic test of it. */
    async testProvider(provider: Provider): Promise<void> {
      await database.provider.updateMany({ where: { name }, data: { circuitOpenUntil: null } });
      await pruneStaleDowntimes(w.ctx, only(provider, name), silent, providerKey);
    },
    /** Closes the circuit of the provider, as after the pause that follows failures. */
    async closeCircuit(): Promise<void> {
      await database.provider.updateMany({ where: { name }, data: { circuitOpenUntil: null } });
    },
  };
}
