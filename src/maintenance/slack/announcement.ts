import type { Button, KnownBlock } from '@slack/types';
import { canStart } from '../../approvals/rules.ts';
import { approvalButtons, approvalField } from '../../approvals/slack/messages.ts';
import { type Fact, facts, shownText } from '../../core/fields.ts';
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
import { maintenanceForms as labels } from '../../texts/slack-forms.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { allowedTransitions, type Transition } from '../rules/lifecycle.ts';
import { formatDuration, type Times } from '../rules/status.ts';
import { currentWindow, deviatedPlan } from '../rules/times.ts';

/** How much of the services and of the description a message shows (characters); a button shows the rest. */
const MAX_SERVICES_CHARS = 1000;
const MAX_DESCRIPTION_CHARS = 2000;

export function heading({ status, missed }: Pick<Maintenance, 'status' | 'missed'>): string {
  return texts.headings[missed ? 'missed' : status];
}

export function nameMaintenance({ id, name }: Pick<Maintenance, 'id' | 'name'>): string {
  return `maintenance ${id}, *${quote(name, 200)}*`;
}

export function listServiceNames({ services }: Pick<Maintenance, 'services'>, maxChars: number): string {
  return formatNames(
    services.map(({ name }) => name),
    maxChars,
  );
}

/**
 * The live message of a maintenance in a channel. It depends only on the parameters, so that an unchanged one is recognized;
 * how long is left is a date that Slack keeps true.
 * @param about.checks how many checks the window mutes; public channels do not show them
 */
export function announcement(maintenance: Maintenance, about: { audience: Audience; checks: number }): Message {
  const { id, name, description, run, scope, owner, status } = maintenance;
  const window = currentWindow(maintenance);
  const plan = deviatedPlan(maintenance);
  const internal = about.audience === 'internal';
  const services = listServiceNames(maintenance, MAX_SERVICES_CHARS);
  const quoted = quote(description, MAX_DESCRIPTION_CHARS);
  const shortened =
    services !== listServiceNames(maintenance, Number.POSITIVE_INFINITY) || quoted !== escapeMrkdwn(description);
  const buttons = [
    ...(internal ? announcementButtons(maintenance) : []),
    ...(shortened ? [button(ACTIONS.whole, labels.showAll, String(id))] : []),
  ];
  const shown = facts(CONTENT_FIELDS, maintenance);
  const serviceStatus = shownText(CONTENT_FIELDS.serviceStatus, maintenance.serviceStatus);
  const blocks: KnownBlock[] = [
    header(`${heading(maintenance)}: ${name}`),
    fields([
      ...(services === '' ? [] : [texts.field('services', `${services}\n${serviceStatus}`)]),
      texts.field('when', `${localWindow(window)}\n${formatWindow(window, 'UTC')}`),
      ...(plan ? [texts.field('planned', `${localWindow(plan)}\n${formatWindow(plan, 'UTC')}`)] : []),
      texts.field('duration', formatDuration(window.end.getTime() - window.start.getTime())),
      texts.field('now', describeStatus(maintenance)),
      ...shown.filter(({ place }) => place === 'main').map(({ label, text }) => `*${label}*\n${quote(text, 200)}`),
      ...(internal ? approvalField(maintenance) : []),
      ...(internal ? [texts.field('checks', texts.checkCount(status, about.checks))] : []),
    ]),
    ...(description === '' ? [] : [section(quoted)]),
    context([
      texts.maintenance(id),
      ...(internal ? [texts.by(mentionPerson(owner))] : []),
      ...(run === null ? [] : [texts.runOf(run.series.key, describeCron(run.series.cron), run.series.timezone)]),
      ...(scope === null ? [] : [quote(scope.name, 100)]),
      ...shown.filter(({ place }) => place === 'aside').flatMap(asideLine),
    ]),
    ...(buttons.length > 0 ? [actions(`maintenance:${id}`, buttons)] : []),
  ];
  return { text: summary(maintenance), blocks };
}

function summary(maintenance: Maintenance): string {
  const name = escapeMrkdwn(maintenance.name);
  const services = listServiceNames(maintenance, 500);
  return texts.summary(heading(maintenance), name, services, formatTimes(maintenance, 'UTC'));
}

/** "Nov 22 at 1:40 AM – 3:40 AM (planned Nov 22 at 2:00 AM – 4:00 AM)" in each reader's own zone. */
export function localTimes(times: Times): string {
  const plan = deviatedPlan(times);
  return `${localWindow(currentWindow(times))}${plan ? ` ${texts.planned(localWindow(plan, 'in a sentence'))}` : ''}`;
}

/** The same in an IANA zone. */
export function formatTimes(times: Times, zone: string): string {
  const plan = deviatedPlan(times);
  return `${formatWindow(currentWindow(times), zone)}${plan ? texts.plannedAside(formatWindow(plan, zone)) : ''}`;
}

function describeStatus(maintenance: Maintenance): string {
  const { status, missed, endedAt } = maintenance;
  const { start, end } = currentWindow(maintenance);
  if (missed) return texts.notRun;
  switch (status) {
    case 'scheduled':
      return texts.startsIn(formatAgo(start));
    case 'in-progress':
      return texts.endsIn(formatAgo(end));
    case 'canceled':
      return texts.isCanceled;
    case 'succeed':
    case 'failed':
      return texts.ended(status, endedAt && localizeDates(endedAt));
  }
}

/** The longest address that is made a link (characters); a longer one would be cut, and a cut one leads elsewhere. */
const MAX_LINK_CHARS = 1500;

function asideLine({ text, link }: Fact): string[] {
  if (link === null) return [quote(text, 200)];
  const named = text !== link;
  const address = escapeMrkdwn(link.replace(/[<>|\s]/g, encodeURIComponent));
  if (address.length > MAX_LINK_CHARS) return named ? [quote(text, 200)] : [];
  return [`<${address}|${named ? quote(text, 200) : texts.linkDetails}>`];
}

export function announcementButtons(maintenance: Maintenance): Button[] {
  const { id, name, status } = maintenance;
  const allowed = allowedTransitions(status);
  const press = (action: 'start' | 'finish' | 'extend' | 'comment' | 'change' | 'cancel', more = {}) =>
    button(ACTIONS[action], labels.buttons[action], String(id), more);
  const when = (transition: Transition, made: Button) => (allowed.includes(transition) ? [made] : []);
  return [
    ...approvalButtons(maintenance),
    ...(canStart(maintenance) ? when('start', press('start', { confirm: labels.confirmStart(name) })) : []),
    // Opens a form, which asks for confirmation.
    ...when('finish', press('finish', { style: 'primary' })),
    ...when('extend', press('extend')),
    press('comment'),
    ...when('edit', press('change')),
    ...when('cancel', press('cancel', { style: 'danger' })),
  ];
}

/** What stays in a public channel of a window that turned internal: neither what it was nor why. */
export const withdrawnMessage: Message = {
  text: texts.withdrawn,
  blocks: [context([`:information_source: ${texts.withdrawn}`])],
};
