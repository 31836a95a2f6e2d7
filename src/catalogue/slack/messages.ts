import type { ServiceStatus } from '../../maintenance/rules/status.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { pagedMessage } from '../../slack/paging.ts';
import type { Service } from '../services/repository.ts';

export const SERVICE_SIGNS: Record<ServiceStatus, string> = {
  up: ':large_green_circle:',
  degraded: ':large_yellow_circle:',
  down: ':red_circle:',
};

/** One page of services, each with what it is for its users now. */
export function serviceList(shown: readonly Service[], { page, total }: { page: number; total: number }): Message {
  return pagedMessage({
    title: total === 1 ? '1 service' : `${total} services`,
    lines: shown.map(({ name, scope, status }) => {
      const where = scope === null ? '' : ` (${quote(scope.name, 100)})`;
      return `${SERVICE_SIGNS[status]} ${status}  *${quote(name, 200)}*${where}`;
    }),
    page,
    total,
    valueFor: (other) => JSON.stringify({ of: 'services', page: other }),
  });
}
