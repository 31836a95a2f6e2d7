import type { Maintenance } from '../../prisma/client/client.ts';
import { hours } from '../world.ts';
import type { Workplace } from './workplace.ts';

/** How long after its approved end work in progress may go on while approvers are asked. */
const LEEWAY_MS = hours(1);

/** What somebody approved: the checks that the window covered then, and its end. */
interface Approval {
  readonly maintenanceId: number;
  /** The last event before it. */
  readonly after: number;
  readonly checks: ReadonlySet<string>;
  readonly end: Date;
}

/** Looks for work that nobody authorized. It knows the stored rows and the audit, and none of Lull's rules. */
export class Model {
  readonly #at: Workplace;
  readonly #approvals: Approval[] = [];
  /** The last event that it has seen. */
  #seen = 0;

  constructor(at: Workplace) {
    this.#at = at;
  }

  /** @returns everything that nobody authorized, in words, and the number of muted checks; undefined if nothing happened since */
  async look(): Promise<{ readonly muted: number; readonly unauthorized: readonly string[] } | undefined> {
    const db = this.#at.ctx.database;
    const events = await db.auditEvent.findMany({ orderBy: { id: 'asc' } });
    const last = events.at(-1)?.id ?? 0;
    if (last === this.#seen) return undefined;
    const news = events.filter(({ id }) => id > this.#seen);
    this.#seen = last;
    const links = await db.serviceCheck.findMany({ include: { service: true } });
    for (const { id, type, maintenanceId } of news) {
      if (type !== 'maintenance.approved' || maintenanceId === null) continue;
      const approved = await db.maintenance.findUniqueOrThrow({ where: { id: maintenanceId } });
      const checks = await this.#covered(approved, links);
      this.#approvals.push({ maintenanceId, after: id, checks, end: approved.endsAt ?? approved.scheduledEnd });
    }
    const running = await db.maintenance.findMany({ where: { status: 'in-progress' } });
    const mutes = await db.mute.findMany({ where: { endedAt: null } });
    const guards = new Set((await db.scope.findMany({ where: { requiresApproval: true } })).map(({ id }) => id));
    const freezes = await db.freeze.findMany({ where: { effect: 'block', scopeId: null } });
    const people = new Map(this.#at.tools.map(({ id, owner }) => [id, owner ?? id]));
    const unauthorized: string[] = [];
    for (const { checkId, maintenanceId } of mutes) {
      if (!running.some(({ id }) => id === maintenanceId))
        unauthorized.push(`check ${checkId} is muted by ${maintenanceId}, which is over`);
    }
    for (const m of running) {
      const own = events.filter(({ maintenanceId }) => maintenanceId === m.id);
      const born = own[0]?.id ?? 0;
      const muted = mutes.filter(({ maintenanceId }) => maintenanceId === m.id).map(({ checkId }) => checkId);
      const scopesOf = (check: string) =>
        links.flatMap((link) => (link.checkId === check ? (link.service.scopeId ?? []) : []));
      const ofSeries = events.some(
        ({ type, subjectId }) => type === 'series.approved' && Number(subjectId) === m.seriesId,
      );
      const approvals = this.#approvals.filter(({ maintenanceId }) => maintenanceId === m.id);
      // A scope that began to require approval once the window was there accepts it as it is.
      const accepted = new Set(
        events
          .filter(
            ({ type, id, after }) =>
              type === 'scope.changed' && id > born && JSON.stringify(after).includes('"requires_approval":true'),
          )
          .map(({ subjectId }) => Number(subjectId)),
      );
      const isGuarded = (check: string) => scopesOf(check).some((scope) => guards.has(scope) && !accepted.has(scope));
      const guarded = muted.filter(isGuarded);
      if (guarded.length > 0 && !ofSeries) {
        const latest = approvals.at(-1);
        if (latest === undefined) unauthorized.push(`${m.id} mutes ${guarded}, which nobody approved`);
        for (const check of guarded) {
          // The catalogue may have changed under it; people had no part in that.
          const places = new Set([
            check,
            ...links.filter(({ checkId }) => checkId === check).map(({ serviceId }) => String(serviceId)),
          ]);
          const isMoved = events.some(
            ({ id, type, subjectId }) =>
              id > (latest?.after ?? 0) && /^(service|check)\./.test(type) && places.has(String(subjectId)),
          );
          if (latest !== undefined && !isMoved && !latest.checks.has(check))
            unauthorized.push(`${m.id} mutes ${check}, which it did not cover when it was approved`);
        }
        if (latest !== undefined && m.endsAt !== null && m.endsAt.getTime() > latest.end.getTime() + LEEWAY_MS)
          unauthorized.push(
            `${m.id} lasts until ${m.endsAt.toISOString()}, and was approved until ${latest.end.toISOString()}`,
          );
        unauthorized.push(...this.#findOwnApprovals(m, own, people));
      }
      const requester = own.find(({ type }) => type === 'maintenance.scheduled')?.actorId;
      const limit = this.#at.tools.find(({ id }) => id === requester)?.scopes;
      const isAlone = own.every(
        ({ actorId, source, type }) => actorId === requester || source === 'lull' || /approved|declined/.test(type),
      );
      const isWithin = (check: string) => scopesOf(check).some((scope) => limit?.includes(scope) === true);
      if (limit !== undefined && isAlone && !muted.every(isWithin))
        unauthorized.push(`${m.id} of ${requester} mutes checks outside its scopes`);
      const isOverridden = own.some(({ type }) => type === 'maintenance.freeze_overridden');
      for (const { id, start, end: until } of freezes) {
        const end = until ?? start;
        const added = events.find(({ type, subjectId }) => type === 'freeze.added' && Number(subjectId) === id);
        if (isOverridden || m.startedAt === null || m.endsAt === null || (added?.id ?? born) >= born) continue;
        if (m.startedAt < end && start < m.endsAt)
          unauthorized.push(`${m.id} runs in freeze ${id}, which was there when it was scheduled`);
      }
    }
    return { muted: mutes.length, unauthorized };
  }

  /** Approvals by whoever requested the window, or changed it since the approval before, and by tokens. */
  #findOwnApprovals(
    { id: maintenanceId, ownerId }: Maintenance,
    own: readonly {
      readonly id: number;
      readonly type: string;
      readonly actorId: string | null;
      readonly source: string;
    }[],
    people: ReadonlyMap<string, string>,
  ): string[] {
    const approvals = own.filter(({ type }) => type === 'maintenance.approved');
    return approvals.flatMap(({ id, actorId, source }, index) => {
      const since = approvals[index - 1]?.id ?? 0;
      const touched = own.filter(
        (event) =>
          event.id > since &&
          event.id < id &&
          event.source !== 'lull' &&
          /scheduled|changed|extended|corrected/.test(event.type),
      );
      const requesters = [ownerId, ...touched.map((event) => event.actorId)].map(
        (each) => people.get(each ?? '') ?? each,
      );
      return [
        ...(requesters.includes(actorId)
          ? [`${maintenanceId} was approved by ${actorId}, who requested or changed it`]
          : []),
        ...(source === 'slack' ? [] : [`${maintenanceId} was approved over ${source}`]),
      ];
    });
  }

  async #covered(
    { id, namesChecks, selector }: Maintenance,
    links: readonly { readonly checkId: string; readonly serviceId: number }[],
  ): Promise<ReadonlySet<string>> {
    const db = this.#at.ctx.database;
    const services = await db.maintenanceService.findMany({ where: { maintenanceId: id } });
    const named = await db.maintenanceCheck.findMany({ where: { maintenanceId: id } });
    const tag = selector?.replace('tag:', '');
    const tagged = tag === undefined ? [] : await db.check.findMany({ where: { tags: { has: tag } } });
    const ofServices = links.filter(({ serviceId }) => services.some((each) => each.serviceId === serviceId));
    return new Set([
      ...(namesChecks ? named : ofServices).map(({ checkId }) => checkId),
      ...tagged.map((check) => check.id),
    ]);
  }
}
