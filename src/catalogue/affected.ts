import { acceptScopes } from '../approvals/rules.ts';
import { record } from '../audit/record.ts';
import { Pauses } from '../core/pauses.ts';
import type { Actor } from '../core/permissions.ts';
import { announceChanges, toCoverage } from '../maintenance/commands/announce.ts';
import { applyRules } from '../maintenance/commands/apply-rules.ts';
import { prefetch } from '../maintenance/commands/prefetch.ts';
import { setReminded, updateMaintenance } from '../maintenance/repository/changes.ts';
import { lockScheduled, readOpen } from '../maintenance/repository/locked.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { audienceOf, type Surroundings, spanOf, touchedScopes } from '../maintenance/rules/coverage.ts';
import { toExtent } from '../maintenance/rules/extent.ts';
import { OPEN_STATUSES } from '../maintenance/rules/status.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import type { Queries } from '../platform/database.ts';

/** What changes. */
interface Affecting {
  readonly scopes?: readonly number[];
  readonly services?: readonly number[];
  /** Whether maintenances without their approval may need none any more. */
  readonly unapproved?: boolean;
  /** The scopes that begin to require approval: what is open there already stays as it is. */
  readonly guarding?: readonly number[];
  /** The services whose scheduled maintenances may need an approval now. */
  readonly moved?: readonly number[];
  /** The scopes whose scheduled maintenances get other reminders. */
  readonly scheduledIn?: readonly number[];
  /** How many events are recorded of the changes. */
  readonly events: number;
}

/**
 * The maintenances that changes of scopes and services affect, read before these changes with what decides about them, so
 * that each is judged without another statement.
 */
export class AffectedMaintenances {
  readonly #tx: Queries;
  readonly #accountId: number;
  readonly #before: ReadonlyMap<number, Maintenance>;
  /** As they are after the changes so far. */
  readonly #now: Map<number, Maintenance>;
  readonly #announced: Set<number>;
  #locked: readonly number[] = [];
  /** Those without their approval by the scopes that they touch. */
  readonly #unapproved = new Map<number, number[]>();
  /** The scheduled ones by their scope. */
  readonly #scheduled = new Map<number, number[]>();
  /** Those without their approval that no rule was applied to yet. */
  #unjudged: number[] = [];

  private constructor(tx: Queries, accountId: number, all: readonly Maintenance[], announced: Set<number>) {
    this.#tx = tx;
    this.#accountId = accountId;
    this.#before = new Map(all.map((maintenance) => [maintenance.id, maintenance]));
    this.#now = new Map(this.#before);
    this.#announced = announced;
  }

  /** Locks those whose approvals or reminders may change. */
  static async read(tx: Queries, accountId: number, affecting: Affecting): Promise<AffectedMaintenances> {
    const {
      scopes = [],
      services = [],
      unapproved = false,
      scheduledIn = [],
      guarding = [],
      moved = [],
      events,
    } = affecting;
    const locks = unapproved || scheduledIn.length + guarding.length + moved.length > 0;
    const asked = { scopes: scheduledIn, services: moved, touching: guarding, unapproved };
    const locked = locks ? await lockScheduled(tx, accountId, asked) : [];
    const reads = scopes.length + services.length + locked.length > 0;
    const all = reads ? await readOpen(tx, accountId, { scopes, services, others: locked }) : [];
    if (all.length === 0) return new AffectedMaintenances(tx, accountId, [], new Set());
    const judges = unapproved || moved.length > 0;
    await prefetch(tx, all, {
      between: judges ? spanOf(all.map(currentWindow)) : undefined,
      events: events + (judges ? locked.length : 0),
    });
    const around = await readSurroundings(tx, accountId);
    const announced = all.filter(isOpenOn(around, new Set(scopes), new Set(services)));
    const affected = new AffectedMaintenances(tx, accountId, all, new Set(announced.map(({ id }) => id)));
    affected.#locked = locked;
    affected.#index(around, new Set(locked));
    return affected;
  }

  /** How many may be freed. */
  get unapproved(): number {
    return this.#unjudged.length;
  }

  #index(around: Surroundings, locked: ReadonlySet<number>): void {
    const add = (map: Map<number, number[]>, key: number, id: number) => {
      const ids = map.get(key) ?? [];
      ids.push(id);
      map.set(key, ids);
    };
    for (const [id, maintenance] of this.#before) {
      if (!locked.has(id)) continue;
      if (maintenance.scope !== null) add(this.#scheduled, maintenance.scope.id, id);
      if (maintenance.approval !== 'pending' && maintenance.approval !== 'declined') continue;
      this.#unjudged.push(id);
      for (const scope of touchedScopes(around, toCoverage(maintenance))) add(this.#unapproved, scope.id, id);
    }
  }

  /** Frees those that wait for an approval that no scope requires anymore, as this one does not. */
  async freeUnapproved(actor: Actor, now: Date, scopeId: number): Promise<void> {
    const judged = new Set([...this.#unjudged, ...(this.#unapproved.get(scopeId) ?? [])]);
    this.#unjudged = [];
    const pauses = new Pauses();
    for (const id of [...judged].sort((a, b) => a - b)) {
      const maintenance = this.#get(id);
      if (maintenance.approval === null) continue;
      const change = { before: maintenance, times: maintenance, coverage: toCoverage(maintenance), recheck: true };
      const { approval } = await applyRules(this.#tx, actor, now, change);
      if (approval.approval !== null) continue;
      this.#now.set(id, await updateMaintenance(this.#tx, maintenance, approval, now));
      const changes = { before: { approval: maintenance.approval }, after: { approval: null } };
      await record(this.#tx, actor, now, { type: 'maintenance.changed', maintenanceId: id, ...changes });
      this.#announced.add(id);
      await pauses.pause();
    }
  }

  /** Has the scheduled maintenances that touch a scope which requires approval by now await one, as it was not for that. */
  async requestApprovals(actor: Actor, now: Date): Promise<void> {
    const pauses = new Pauses();
    for (const id of this.#locked) {
      const maintenance = this.#get(id);
      if (maintenance.status !== 'scheduled') continue;
      const change = { before: maintenance, times: maintenance, coverage: toCoverage(maintenance), recheck: true };
      const { approval } = await applyRules(this.#tx, actor, now, { ...change, unattended: true });
      if (approval.approval === maintenance.approval) continue;
      this.#now.set(id, await updateMaintenance(this.#tx, maintenance, approval, now));
      const changes = { before: { approval: maintenance.approval }, after: { approval: approval.approval } };
      await record(this.#tx, actor, now, { type: 'maintenance.changed', maintenanceId: id, ...changes });
      this.#announced.add(id);
      await pauses.pause();
    }
  }

  /** Accepts the open maintenances as they are, as a scope that they touch begins to require approval. */
  async acceptOpen(now: Date): Promise<void> {
    const around = await readSurroundings(this.#tx, this.#accountId);
    for (const id of this.#locked) {
      const maintenance = this.#get(id);
      const extent = toExtent(around, toCoverage(maintenance), currentWindow(maintenance));
      const { approval, approved } = maintenance;
      if (extent.scopes.length === 0 || approval === 'declined') continue;
      if (maintenance.status === 'scheduled' && approval === 'pending') continue;
      const accepted = acceptScopes(approved, extent);
      this.#now.set(id, await updateMaintenance(this.#tx, maintenance, { approved: accepted }, now));
    }
  }

  /** @param reminders minutes before the start. Those that are already past are not sent */
  async setReminders(now: Date, scopeId: number, reminders: readonly number[]): Promise<void> {
    const change = { remindedUntil: now, reminders: [...reminders] };
    for (const id of this.#scheduled.get(scopeId) ?? []) {
      const maintenance = this.#get(id);
      await setReminded(this.#tx, maintenance, change);
      this.#now.set(id, { ...maintenance, ...change });
    }
  }

  /** Announcements show the names of scopes and services, and depend on their visibility. */
  async announce(): Promise<void> {
    if (this.#announced.size === 0) return;
    const announced = [...this.#announced].map((id) => this.#get(id));
    // Only what was written in between has to be read again.
    await prefetch(this.#tx, announced);
    const around = await readSurroundings(this.#tx, this.#accountId);
    const changes = announced.map((after) => {
      const before = this.#before.get(after.id) ?? after;
      return { before, after: { ...after, audience: audienceOf(around, toCoverage(after)) } };
    });
    await announceChanges(this.#tx, this.#accountId, changes);
  }

  #get(id: number): Maintenance {
    const maintenance = this.#now.get(id);
    if (maintenance === undefined) throw new Error(`maintenance ${id} was not read`);
    return maintenance;
  }
}

const isOpenOn =
  ({ services: known }: Surroundings, scopes: ReadonlySet<number>, services: ReadonlySet<number>) =>
  ({ scope, services: on, status, deletedAt }: Maintenance): boolean =>
    deletedAt === null &&
    OPEN_STATUSES.includes(status) &&
    ((scope !== null && scopes.has(scope.id)) ||
      on.some(({ id }) => services.has(id) || scopes.has(known.get(id)?.scopeId ?? 0)));
