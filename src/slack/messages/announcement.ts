import type { Button, KnownBlock } from '@slack/types';
import { mayBegin } from '../../domain/approval.ts';
import { offered, type Transition } from '../../domain/lifecycle.ts';
import { durationInWords, type Interval, type ServiceStatus, type Status } from '../../domain/maintenance.ts';
import { cronInWords } from '../../domain/recurrence.ts';
import type { Audience } from '../../store/announcements.ts';
import type { Maintenance, Run } from '../../store/maintenances.ts';
import { ACTIONS } from './action-ids.ts';
import { approvalButtons, approvalField } from './approval.ts';
import { actions, button, context, escaped, fields, header, names, person, quote, section } from './blocks.ts';
import type { Message } from './message.ts';
import { ago, between, forReader, windowForReader } from './time.ts';

const HEADINGS: Record<Status, string> = {
  scheduled: ':calendar: Scheduled',
  'in-progress': ':construction: In progress',
  succeed: ':white_check_mark: Done',
  failed: ':x: Failed',
  canceled: ':no_entry_sign: Canceled',
};

/** What a service status means to people during the work. */
export const SERVICE_WORDS: Record<ServiceStatus, string> = {
  up: 'up during the work',
  degraded: 'degraded during the work',
  down: 'down during the work',
};

/** How much of the services and of the description a message shows (characters); the whole is one press away. */
const LONGEST_SERVICES = 1000;
const LONGEST_DESCRIPTION = 2000;

/** What a status is called, with its sign. */
export function heading(maintenance: Pick<Maintenance, 'status' | 'missed'>): string {
  return maintenance.missed ? ':warning: Missed' : HEADINGS[maintenance.status];
}

/**
 * The live message of a maintenance in a channel. It depends on nothing but what is given, so that an unchanged one is
 * recognised; how long is left is a date that Slack keeps true.
 * @param about.checks how many checks the window switches off; public channels do not hear of them
 */
export function announcement(maintenance: Maintenance, about: { audience: Audience; checks: number }): Message {
  const window = windowOf(maintenance);
  const services = maintenance.services.map((service) => service.name);
  const internal = about.audience === 'internal';
  const named = names(services, LONGEST_SERVICES);
  const described = quote(maintenance.description, LONGEST_DESCRIPTION);
  const shortened =
    named !== names(services, Number.POSITIVE_INFINITY) || described !== escaped(maintenance.description);
  const buttons = [
    ...(internal ? buttonsOf(maintenance) : []),
    ...(shortened ? [button(ACTIONS.whole, 'Show all', String(maintenance.id))] : []),
  ];
  const blocks: KnownBlock[] = [
    header(`${heading(maintenance)}: ${maintenance.name}`),
    fields([
      ...(services.length > 0 ? [`*Services*\n${named}\n${SERVICE_WORDS[maintenance.serviceStatus]}`] : []),
      `*When*\n${windowForReader(window)}\n${between(window, 'UTC')}`,
      `*How long*\n${durationInWords(window.end.getTime() - window.start.getTime())}`,
      `*Now*\n${standing(maintenance)}`,
      ...(internal ? approvalField(maintenance) : []),
      ...(internal ? [`*Checks*\n${checksLine(maintenance, about.checks)}`] : []),
    ]),
    ...(maintenance.description === '' ? [] : [section(described)]),
    context([
      `Maintenance ${maintenance.id}`,
      ...(internal ? [`by ${person(maintenance.owner)}`] : []),
      ...(maintenance.run === null ? [] : [seriesLine(maintenance.run)]),
      ...(maintenance.scope === null ? [] : [quote(maintenance.scope.name, 100)]),
      ...references(maintenance),
    ]),
    ...(buttons.length > 0 ? [actions(`maintenance:${maintenance.id}`, buttons)] : []),
  ];
  return { text: summary(maintenance), blocks };
}

/** One line that says it all, for notifications and lists: what, where, when in UTC. */
export function summary(maintenance: Maintenance): string {
  const services = names(
    maintenance.services.map((service) => service.name),
    500,
  );
  const where = services === '' ? '' : ` on ${services}`;
  return `${heading(maintenance)}: ${escaped(maintenance.name)}${where}, ${between(windowOf(maintenance), 'UTC')}`;
}

/** The window as it was for what is over, as it is planned for what is not. */
export function windowOf(maintenance: Maintenance): Interval {
  const start = maintenance.startedAt ?? maintenance.scheduledStart;
  const end = maintenance.endedAt ?? maintenance.scheduledEnd;
  return start < end ? { start, end } : { start: maintenance.scheduledStart, end: maintenance.scheduledEnd };
}

function standing({ status, missed, scheduledStart, scheduledEnd, endedAt }: Maintenance): string {
  if (missed) return 'Nothing was done: Lull was not running during this window.';
  switch (status) {
    case 'scheduled':
      return `starts ${ago(scheduledStart)}`;
    case 'in-progress':
      return `ends ${ago(scheduledEnd)}`;
    case 'canceled':
      return 'canceled';
    case 'succeed':
      return `ended ${endedAt === null ? '' : forReader(endedAt)}`.trim();
    case 'failed':
      return `failed ${endedAt === null ? '' : forReader(endedAt)}`.trim();
  }
}

function checksLine({ status }: Maintenance, count: number): string {
  if (count === 0) return 'none';
  const noun = count === 1 ? '1 check' : `${count} checks`;
  if (status === 'scheduled') return `${noun} will be switched off`;
  if (status === 'in-progress') return `${noun} covered`;
  return noun;
}

/** Which series a run belongs to: "Series NZT234: At 03:00, only on Sunday (Europe/Berlin)". */
function seriesLine({ series }: Run): string {
  return `Series ${series.key}: ${cronInWords(series.cron)} (${series.timezone})`;
}

/** The longest address that is made a link (characters); a longer one would be cut, and a cut one leads elsewhere. */
const LONGEST_LINK = 1500;

function references({ externalReference, externalLink }: Maintenance): string[] {
  const reference = externalReference === null || externalReference === '' ? [] : [quote(externalReference, 200)];
  if (externalLink === null) return reference;
  const address = escaped(externalLink.replace(/[<>|\s]/g, encodeURIComponent));
  if (address.length > LONGEST_LINK) return reference;
  return [`<${address}|${quote(externalReference || 'Details', 200)}>`];
}

/** The buttons that fit the status. */
export function buttonsOf(maintenance: Maintenance): Button[] {
  const { id, name, status } = maintenance;
  const value = String(id);
  const open = offered(status).filter((transition) => transition !== 'start' || mayBegin(maintenance));
  const when = (transition: Transition, made: Button) => (open.includes(transition) ? [made] : []);
  return [
    ...approvalButtons(maintenance),
    ...when(
      'start',
      button(ACTIONS.start, 'Start now', value, {
        confirm: {
          title: 'Start now?',
          text: `"${name}" starts now, keeps its planned length, and its checks are switched off.`,
          yes: 'Start now',
          no: 'Not yet',
        },
      }),
    ),
    ...when(
      'finish',
      // Opens a form, which is the question whether it is meant.
      button(ACTIONS.finish, 'End now', value, { style: 'primary' }),
    ),
    ...when('extend', button(ACTIONS.extend, 'Extend', value)),
    button(ACTIONS.comment, 'Comment', value),
    ...when('edit', button(ACTIONS.change, 'Edit', value)),
    ...when('cancel', button(ACTIONS.cancel, 'Cancel', value, { style: 'danger' })),
  ];
}
