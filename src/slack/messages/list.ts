import type { Maintenance } from '../../store/maintenances.ts';
import { heading, windowOf } from './announcement.ts';
import { answer, EXAMPLE } from './answers.ts';
import { approvalRemark } from './approval.ts';
import { names, quote } from './blocks.ts';
import type { Message } from './message.ts';
import { paged, placeIn } from './paged.ts';
import { windowForReader } from './time.ts';

interface Listed {
  readonly of: 'list';
  readonly kind: 'open' | 'upcoming' | 'active' | 'past' | 'mine';
  readonly service?: number | undefined;
  readonly scope?: number | undefined;
  /** What the service or scope is called. */
  readonly name?: string | undefined;
  readonly page: number;
  readonly total: number;
}

const NOTHING: Record<Listed['kind'], string> = {
  open: 'Nothing is on and nothing is planned',
  upcoming: 'Nothing is planned',
  active: 'Nothing is on',
  past: 'Nothing has ended yet',
  mine: 'You have nothing on and nothing planned',
};

const TITLES: Record<Listed['kind'], string> = {
  open: 'on or planned',
  upcoming: 'planned',
  active: 'on now',
  past: 'over',
  mine: 'of yours, on or planned',
};

/** One page of maintenances, each with its number, in the reader's own zone. */
export function listed(shown: readonly Maintenance[], { total, page, ...query }: Listed): Message {
  const place = query.name === undefined ? '' : ` for ${quote(query.name, 100)}`;
  if (shown.length === 0) return answer(`${NOTHING[query.kind]}${place}. To plan something: \`${EXAMPLE}\``);
  return paged({
    title: `${total} ${total === 1 ? 'maintenance' : 'maintenances'} ${TITLES[query.kind]}${place}`,
    lines: shown.map(lineOf),
    total,
    page,
    valueFor: (other) => JSON.stringify({ ...query, ...placeIn(query), page: other }),
  });
}

function lineOf(maintenance: Maintenance): string {
  const services = names(
    maintenance.services.map((service) => service.name),
    100,
  );
  const when = [windowForReader(windowOf(maintenance)), ...approvalRemark(maintenance)].join(', ');
  return `*${maintenance.id}*  ${heading(maintenance)}: ${quote(maintenance.name, 80)}${services === '' ? '' : ` (${services})`}\n${when}`;
}
