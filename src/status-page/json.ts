import { toNamed } from '../core/fields.ts';
import { utc } from '../core/time.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import type { Overview } from './overview.ts';

/** The status page for programs. Times are UTC with `Z`; fields have the names of the HTTP API. */
export function statusBody({ account, active, comments, coming, past, catalogue, at }: Overview, origin: string) {
  const item = (one: Maintenance) => ({
    id: one.id,
    ...toNamed(CONTENT_FIELDS, one),
    status: one.status,
    missed: one.missed,
    scope: one.scope?.id ?? null,
    services: one.services.map(({ id }) => id),
    scheduled_start_date: utc(one.scheduledStart),
    scheduled_end_date: utc(one.scheduledEnd),
    start_date: one.startedAt && utc(one.startedAt),
    end_date: one.endedAt && utc(one.endedAt),
    ends_at: one.endsAt && utc(one.endsAt),
    update_date: utc(one.updatedAt),
    url: `${origin}/maintenances/${one.id}${at}`,
  });
  return {
    account: account.name,
    page: `${origin}/${at}`,
    in_progress: active.map((one) => ({ ...item(one), last_comment: comments.get(one.id)?.at(-1)?.text ?? null })),
    scheduled: coming.map(item),
    past: past.map(item),
    scopes: catalogue.scopes.map(({ id, name }) => ({ id, name })),
    services: catalogue.services.map(({ id, name, scope, status }) => ({ id, name, scope: scope?.id ?? null, status })),
  };
}
