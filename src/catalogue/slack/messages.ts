import type { Check } from '../../checks/repository.ts';
import type { ServiceStatus } from '../../maintenance/status.ts';
import { successMessage } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { pagedMessage, pagePosition } from '../../slack/paging.ts';
import type { Service } from '../services/repository.ts';

const SIGNS: Record<ServiceStatus, string> = {
  up: ':large_green_circle: up',
  degraded: ':large_yellow_circle: degraded',
  down: ':red_circle: down',
};

/** One page of services, each with what it is for its users now. */
export function serviceList(shown: readonly Service[], { page, total }: { page: number; total: number }): Message {
  return pagedMessage({
    title: total === 1 ? '1 service' : `${total} services`,
    lines: shown.map(({ name, scope, status }) => {
      const where = scope === null ? '' : ` (${quote(scope.name, 100)})`;
      return `${SIGNS[status]}  *${quote(name, 200)}*${where}`;
    }),
    page,
    total,
    valueFor: (other) => JSON.stringify({ of: 'services', page: other }),
  });
}

/** One page of checks, each with whether it is on, and which maintenances have it off. */
export function checkList(
  shown: readonly Check[],
  {
    page,
    total,
    ...query
  }: { of: 'checks'; service?: number | undefined; name?: string | undefined; page: number; total: number },
): Message {
  const of = query.name === undefined ? '' : ` of ${quote(query.name, 100)}`;
  if (shown.length === 0) return successMessage(`There are no checks${of}. Tools add them: \`POST /api/v1/checks\`.`);
  return pagedMessage({
    title: `${total === 1 ? '1 check' : `${total} checks`}${of}`,
    lines: shown.map(lineOf),
    page,
    total,
    valueFor: (other) => JSON.stringify({ ...query, ...pagePosition(query), page: other }),
  });
}

function lineOf({ name, provider, enabled, mutedBy }: Check): string {
  const holders = mutedBy.slice(0, 5).map((id) => `maintenance ${id}`);
  const more = mutedBy.length > holders.length ? ` and ${mutedBy.length - holders.length} more` : '';
  const why = holders.length === 0 ? '' : `, held by ${holders.join(', ')}${more}`;
  return `${enabled ? ':bell: on' : ':no_bell: off'}  *${quote(name, 200)}* (${quote(provider, 50)})${why}`;
}
