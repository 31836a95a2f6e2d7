import type { Button, KnownBlock } from '@slack/types';
import { canStart } from '../../approvals/rules.ts';
import { approvalButtons, approvalField } from '../../approvals/slack/messages.ts';
import type { TimelineEvent } from '../../audit/events.ts';
import { type Fact, facts } from '../../core/fields.ts';
import type { Audience } from '../../core/permissions.ts';
import { describeCron } from '../../core/recurrence/index.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  context,
  escapeMrkdwn,
  fields,
  formatNames,
  header,
  type Message,
  mentionPerson,
  quote,
  section,
} from '../../slack/blocks.ts';
import { formatAgo, formatWindow, localizeDates, localWindow } from '../../slack/time.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import type { Maintenance, Run } from '../repository/maintenances.ts';
import { allowedTransitions, type Transition } from '../rules/lifecycle.ts';
import { formatDuration, type ServiceStatus, type Status, type Times } from '../rules/status.ts';
import { currentWindow, deviatedPlan } from '../rules/times.ts';

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
  const window = currentWindow(maintenance);
  const plan = deviatedPlan(maintenance);
  const services = maintenance.services.map((service) => service.name);
  const internal = about.audience === 'internal';
  const named = formatNames(services, LONGEST_SERVICES);
  const described = quote(maintenance.description, LONGEST_DESCRIPTION);
  const shortened =
    named !== formatNames(services, Number.POSITIVE_INFINITY) || described !== escapeMrkdwn(maintenance.description);
  const buttons = [
    ...(internal ? announcementButtons(maintenance) : []),
    ...(shortened ? [button(ACTIONS.whole, 'Show all', String(maintenance.id))] : []),
  ];
  const said = facts(CONTENT_FIELDS, maintenance);
  const blocks: KnownBlock[] = [
    header(`${heading(maintenance)}: ${maintenance.name}`),
    fields([
      ...(services.length > 0 ? [`*Services*\n${named}\n${SERVICE_WORDS[maintenance.serviceStatus]}`] : []),
      `*When*\n${localWindow(window)}\n${formatWindow(window, 'UTC')}`,
      ...(plan ? [`*Planned*\n${localWindow(plan)}\n${formatWindow(plan, 'UTC')}`] : []),
      `*How long*\n${formatDuration(window.end.getTime() - window.start.getTime())}`,
      `*Now*\n${standing(maintenance)}`,
      ...said.filter(({ place }) => place === 'main').map(({ label, text }) => `*${label}*\n${quote(text, 200)}`),
      ...(internal ? approvalField(maintenance) : []),
      ...(internal ? [`*Checks*\n${checksLine(maintenance, about.checks)}`] : []),
    ]),
    ...(maintenance.description === '' ? [] : [section(described)]),
    context([
      `Maintenance ${maintenance.id}`,
      ...(internal ? [`by ${mentionPerson(maintenance.owner)}`] : []),
      ...(maintenance.run === null ? [] : [seriesLine(maintenance.run)]),
      ...(maintenance.scope === null ? [] : [quote(maintenance.scope.name, 100)]),
      ...said.filter(({ place }) => place === 'aside').flatMap(asideLine),
    ]),
    ...(buttons.length > 0 ? [actions(`maintenance:${maintenance.id}`, buttons)] : []),
  ];
  return { text: summary(maintenance), blocks };
}

/** One line that says it all, for notifications and lists: what, where, when in UTC. */
export function summary(maintenance: Maintenance): string {
  const services = formatNames(
    maintenance.services.map((service) => service.name),
    500,
  );
  const where = services === '' ? '' : ` on ${services}`;
  return `${heading(maintenance)}: ${escapeMrkdwn(maintenance.name)}${where}, ${formatTimes(maintenance, 'UTC')}`;
}

/** "Nov 22 at 1:40 AM – 3:40 AM (planned Nov 22 at 2:00 AM – 4:00 AM)" in each reader's own zone. */
export function localTimes(times: Times): string {
  const plan = deviatedPlan(times);
  return `${localWindow(currentWindow(times))}${plan ? ` (planned ${localWindow(plan, 'in a sentence')})` : ''}`;
}

/** The same in an IANA zone. */
export function formatTimes(times: Times, zone: string): string {
  const plan = deviatedPlan(times);
  return `${formatWindow(currentWindow(times), zone)}${plan ? `, planned ${formatWindow(plan, zone)}` : ''}`;
}

function standing(maintenance: Maintenance): string {
  const { status, missed, endedAt } = maintenance;
  const { start, end } = currentWindow(maintenance);
  if (missed) return 'Nothing was done: Lull was not running during this window.';
  switch (status) {
    case 'scheduled':
      return `starts ${formatAgo(start)}`;
    case 'in-progress':
      return `ends ${formatAgo(end)}`;
    case 'canceled':
      return 'canceled';
    case 'succeed':
      return `ended ${endedAt === null ? '' : localizeDates(endedAt)}`.trim();
    case 'failed':
      return `failed ${endedAt === null ? '' : localizeDates(endedAt)}`.trim();
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
  return `Series ${series.key}: ${describeCron(series.cron)} (${series.timezone})`;
}

/** The longest address that is made a link (characters); a longer one would be cut, and a cut one leads elsewhere. */
const LONGEST_LINK = 1500;

function asideLine({ text, link }: Fact): string[] {
  if (link === null) return [quote(text, 200)];
  const named = text !== link;
  const address = escapeMrkdwn(link.replace(/[<>|\s]/g, encodeURIComponent));
  if (address.length > LONGEST_LINK) return named ? [quote(text, 200)] : [];
  return [`<${address}|${named ? quote(text, 200) : 'Details'}>`];
}

/** The buttons that fit the status. */
export function announcementButtons(maintenance: Maintenance): Button[] {
  const { id, name, status } = maintenance;
  const value = String(id);
  const open = allowedTransitions(status).filter((transition) => transition !== 'start' || canStart(maintenance));
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

const WORDS = 'A maintenance that was announced here is not announced in this channel any more.';

/** What stays in a public channel of a window that turned internal: neither what it was nor why. */
export const withdrawnMessage: Message = { text: WORDS, blocks: [context([`:information_source: ${WORDS}`])] };

/**
 * "Postgres upgrade starts in 15 min", as it was at the reminder: who reads it later sees when that was. In the thread and
 * in the channel; before the end with a button to extend it.
 */
export function reminderMessage(event: TimelineEvent<'maintenance.reminded'>, audience: Audience): Message {
  const { maintenance, name, awaits_approval: awaitsApproval = false, ...planned } = event.after;
  const at = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  const start = at(planned.scheduled_start_date);
  const end = at(planned.ends_at);
  const inWords = (instant: Date) => formatDuration(instant.getTime() - event.at.getTime());
  const what = `:bell: *${quote(name, 250)}*`;
  if (start !== undefined && awaitsApproval && audience === 'internal') {
    const when = `${inWords(start)}, ${localizeDates(start)}`;
    return said(
      `${what} would start in ${when}, but is not approved: unapproved it is canceled then. \`/maintenance approve ${maintenance}\` approves it.`,
    );
  }
  // Whether it will start is not known yet, and why is not for everybody.
  if (start !== undefined && awaitsApproval) return said(`${what} is planned for ${localizeDates(start)}.`);
  if (start !== undefined) return said(`${what} starts in ${inWords(start)}, ${localizeDates(start)}.`);
  if (end === undefined) throw new Error(`reminder ${event.id} has neither a start nor an end`);
  const message = said(`${what} ends in ${inWords(end)}, ${localizeDates(end)}.`);
  if (audience === 'public') return message;
  const extend = button(ACTIONS.extend, 'Extend', String(maintenance));
  return { ...message, blocks: [...message.blocks, actions(`reminder:${event.id}`, [extend])] };
}

function said(text: string): Message {
  return { text, blocks: [section(text)], broadcast: true };
}
