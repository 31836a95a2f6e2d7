import type { Approved, Extent } from '../../approvals/rules.ts';
import type { Interval } from '../../core/time.ts';
import { coveredChecks, requiresApproval, type Surroundings, type Touching, touchedScopes } from './coverage.ts';

/** What a window covers, and what of it is in scopes that require approval: also checks that another service there has. */
export function toExtent(around: Surroundings, window: Touching, { start, end }: Interval): Extent {
  const { services, checks, selector } = window;
  const covered = coveredChecks(around, window);
  const touched = [
    ...touchedScopes(around, window).map(({ id }) => id),
    ...covered.flatMap((id) => around.checks.get(id)?.scopes ?? []),
  ];
  const scopes = [...new Set(touched)].filter((id) => requiresApproval(around, id)).sort((a, b) => a - b);
  return {
    scopes,
    services: services.flatMap((id) => {
      const service = around.services.get(id);
      return service === undefined ? [] : [{ id, name: service.name }];
    }),
    checks,
    selector: selector ? { text: selector.text, follows: selector.follows } : null,
    start,
    end,
    guarded: {
      services: services.filter((id) => requiresApproval(around, around.services.get(id)?.scopeId ?? null)),
      checks: covered.filter((id) => around.checks.get(id)?.scopes.some((scope) => requiresApproval(around, scope))),
    },
  };
}

/** An approved window as one of which the checks can be read. */
export function approvedCoverage(
  { services, checks, selector }: Omit<Approved, 'start' | 'end'>,
  before: Touching,
): Touching {
  const isSame = selector?.text === before.selector?.text && selector?.follows === before.selector?.follows;
  return {
    scopeId: null,
    services: services.map(({ id }) => id),
    checks,
    selector: isSame ? (before.selector ?? null) : selector,
    ...(before.limitedTo === undefined ? {} : { limitedTo: before.limitedTo }),
  };
}
