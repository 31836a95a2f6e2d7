import { record } from '../../audit/record.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { assertValid } from '../../core/errors.ts';
import { withInitial } from '../../core/fields.ts';
import { newKey } from '../../core/keys.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { parseCron } from '../../core/recurrence/index.ts';
import { validateReferences } from '../../maintenance/commands/coverage.ts';
import { assertWithinScopes } from '../../maintenance/commands/find.ts';
import { findCommonScope } from '../../maintenance/commands/schedule.ts';
import { CONTENT_FIELDS } from '../../maintenance/fields.ts';
import { type ActionContext, inTransactionOnce, type Repeated } from '../../platform/transactions.ts';
import { insertSeries, type Series } from '../repository.ts';
import { type SeriesValues, validateSeries } from '../rules.ts';
import { planRuns } from './plan.ts';

/** A recurring window: the cron line over the wall-clock minutes of `timezone` (IANA), each window `durationMinutes` long. */
export interface NewSeriesInput extends SeriesValues {
  readonly scopeId: number | null;
  /** Slack channel ids to announce its runs in besides those subscribed. */
  readonly channels: readonly string[];
  /** False: it is paused until it is resumed. */
  readonly enabled?: boolean;
}

/**
 * Stores a series and makes its first runs. A window that is open already is not among them.
 * @throws UserError `forbidden`, or `invalid` with every field that is wrong
 */
export async function scheduleSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  input: NewSeriesInput,
  once?: Once,
): Promise<Series | Repeated<Once>> {
  authorize(actor, 'schedule-series');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const problems = [...validateSeries(input, now), ...(await validateReferences(tx, actor.accountId, input))];
    assertValid(problems);
    const services = await listServices(tx, actor.accountId, { ids: input.services });
    const scopeId = input.scopeId ?? findCommonScope(services);
    await assertWithinScopes(tx, actor, { ...input, scopeId });
    const series = await insertSeries(
      tx,
      {
        accountId: actor.accountId,
        key: newKey(6),
        ...withInitial(CONTENT_FIELDS, { ...input, name: input.name.trim() }),
        cron: normalizeCron(input.cron),
        timezone: input.timezone,
        durationMinutes: input.durationMinutes,
        scopeId,
        channels: [...new Set(input.channels)],
        owner: { id: actor.id, name: actor.name },
        plannedUntil: now,
        enabled: input.enabled ?? true,
        services: [...new Set(input.services)],
        checks: input.checks === null ? null : [...new Set(input.checks)],
        selector: input.selector ?? null,
      },
      now,
    );
    await record(tx, actor, now, {
      type: 'series.scheduled',
      subject: { kind: 'series', id: series.id },
      after: {
        name: series.name,
        cron: series.cron,
        timezone: series.timezone,
        duration_minutes: series.durationMinutes,
        ...(series.enabled ? {} : { enabled: false }),
      },
    });
    return planRuns(tx, series, now);
  });
}

/** A cron line that is right, as `parseCron` writes it: five fields. */
export function normalizeCron(cron: string): string {
  const reading = parseCron(cron);
  return reading.ok ? reading.cron : cron;
}
