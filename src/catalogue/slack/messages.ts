import type { ServiceStatus } from '../../maintenance/rules/status.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { pagedMessage } from '../../slack/paging.ts';
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
