import { schedule } from '../../actions/schedule.ts';
import { type Problem, Refusal } from '../../domain/refusal.ts';
import { findMaintenance, type Maintenance } from '../../store/maintenances.ts';
import { madeBefore } from '../../store/receipts.ts';
import { mustBeNamed } from '../commands/places.ts';
import type { SlackContext } from '../context.ts';
import { between } from '../messages/time.ts';
import type { Person } from '../people.ts';
import { type ScheduleInputs, statusOf, windowOf } from './inputs.ts';

/**
 * Schedules what a step of a workflow says.
 * @param once the key of the run of the step: one that is delivered twice schedules once, and gives the same outputs
 * @returns the outputs, as manifest.yml names them
 * @throws Refusal with what is wrong with the inputs, for whoever built the workflow
 */
export async function scheduleStep(context: SlackContext, person: Person, inputs: ScheduleInputs, once: string) {
  const { ground } = context;
  const { accountId } = person.actor;
  const before = await madeBefore(ground.database, accountId, once);
  if (before !== undefined) {
    const made = await findMaintenance(ground.database, accountId, before);
    if (made !== undefined) return outputsOf(made, person, []);
  }
  const { timezone, locale } = person;
  const window = windowOf(inputs, { now: ground.clock.now(), timezone, locale });
  const serviceStatus = statusOf(inputs.service_status);
  const problems: Problem[] = [
    ...(window.ok ? [] : [window.problem]),
    ...(serviceStatus === undefined
      ? [
          {
            field: 'service_status',
            message: `"${inputs.service_status}" is no status of services; expected down, degraded or up.`,
          },
        ]
      : []),
  ];
  if (!window.ok || serviceStatus === undefined) throw Refusal.invalid(problems);
  const made = await schedule(
    ground,
    person.actor,
    {
      name: inputs.maintenance_name,
      description: inputs.description,
      services: await servicesNamed(context, person, inputs.services),
      checks: null,
      start: window.start,
      end: window.end,
      timezone: window.timezone,
      serviceStatus,
      visibility: inputs.internal ? 'internal' : 'public',
      externalReference: inputs.external_reference || null,
      externalLink: null,
      scopeId: null,
      channels: inputs.channel === '' ? [] : [inputs.channel],
    },
    once,
  );
  // Delivered twice at the same time: the other one did it, and says so.
  return made === undefined ? undefined : outputsOf(made, person, window.notices);
}

async function servicesNamed(context: SlackContext, person: Person, said: string): Promise<number[]> {
  const names = said.split(/[,;\n]/).flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const ids: number[] = [];
  for (const name of names) ids.push((await mustBeNamed(context, person, name, 'service')).id);
  return ids;
}

function outputsOf(maintenance: Maintenance, { timezone }: Person, notices: readonly string[]) {
  const { id, name, scheduledStart, scheduledEnd, approval } = maintenance;
  const window = { start: scheduledStart, end: scheduledEnd };
  return {
    maintenance: String(id),
    starts_at: Math.floor(scheduledStart.getTime() / 1000),
    ends_at: Math.floor(scheduledEnd.getTime() / 1000),
    summary: [
      `Maintenance ${id}, ${name}: ${between(window, timezone)}.`,
      ...(approval === 'pending' ? ['It waits for approval.'] : []),
      ...notices,
    ].join(' '),
  };
}
