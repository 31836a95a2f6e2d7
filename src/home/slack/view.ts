import type { HomeView, KnownBlock } from '@slack/types';
import { approvalRemark } from '../../approvals/slack/messages.ts';
import type { Service } from '../../catalogue/services/repository.ts';
import { SERVICE_SIGNS } from '../../catalogue/slack/commands.ts';
import { type Actor, isAllowed } from '../../core/permissions.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { currentWindow } from '../../maintenance/rules/times.ts';
import { announcementButtons, heading, localTimes } from '../../maintenance/slack/announcement.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  context,
  divider,
  formatList,
  formatNames,
  header,
  quote,
  section,
} from '../../slack/blocks.ts';
import { formatAgo, localTime } from '../../slack/time.ts';
import { homeMessages as texts } from '../../texts/slack-messages.ts';
import { type Day, type Entry, entriesOnDay, type HomeContent, MAX_SHOWN, type Part } from '../content.ts';
import type { CalendarWindow } from '../repository.ts';

/** The App Home of one person. It depends only on its parameters, so that an unchanged one is recognized. */
export function homeView(actor: Actor, zone: string, content: HomeContent): HomeView {
  if (!isAllowed(actor, 'read')) return { type: 'home', blocks: [section(texts.membersOnly)] };
  const { waiting, recent, services } = content;
  const yours = except(waiting.shown, content.yours.windows);
  const above = [...waiting.shown, ...yours.shown];
  const active = except(above, content.active, MAX_SHOWN.active);
  const next = except(above, content.next, MAX_SHOWN.next);
  const own = except([...above, ...active.shown, ...next.shown], content.own, MAX_SHOWN.own);
  const list = (windows: Part<Maintenance>, none?: string) => windowBlocks(actor, windows, none);
  const owned = content.yours.services;
  const ownedWindows = list(yours, texts.nothingForYours(content.yours.windows.total > 0));
  const parts: readonly (readonly [title: string, blocks: readonly KnownBlock[]])[] = [
    [texts.waiting, list(waiting)],
    [texts.yours, owned.total === 0 ? [] : [section(serviceLines(owned)), ...ownedWindows]],
    [texts.active, list(active, texts.nothingActive(content.active.total > 0))],
    [texts.next, list(next, texts.nothingNext(above.length > 0))],
    [texts.own, list(own)],
    [texts.week, calendar(content)],
    [texts.recent, recent.map(pastBlock)],
    [texts.services, services.total === 0 ? [] : [section(serviceLines(services))]],
  ];
  const plan = button(ACTIONS.plan, texts.plan, 'home', { style: 'primary' });
  return {
    type: 'home',
    blocks: [
      ...(isAllowed(actor, 'schedule') ? [actions('home:plan', [plan])] : []),
      ...parts.flatMap(([title, blocks]) => (blocks.length === 0 ? [] : [header(title), ...blocks, divider])),
      context([texts.footer(zone)]),
    ],
  };
}

/** Without the windows that are shown already, so that each is shown once. */
function except(shown: readonly Maintenance[], part: Part<Maintenance>, most?: number): Part<Maintenance> {
  const ids = new Set(shown.map(({ id }) => id));
  const others = part.shown.filter(({ id }) => !ids.has(id));
  return { shown: others.slice(0, most), total: part.total - (part.shown.length - others.length) };
}

/** @param none shown where there are no windows */
function windowBlocks(actor: Actor, { shown, total }: Part<Maintenance>, none?: string): KnownBlock[] {
  if (shown.length === 0) return none === undefined ? [] : [context([none])];
  const rest = total - shown.length;
  const blocks = shown.flatMap((maintenance) => {
    const buttons = isAllowed(actor, 'comment') ? announcementButtons(maintenance) : [];
    const row = actions(`home:${maintenance.id}`, [...buttons, detailsButton(maintenance)]);
    return [section(windowLines(maintenance)), row];
  });
  return rest > 0 ? [...blocks, context([texts.moreWindows(rest)])] : blocks;
}

const detailsButton = ({ id }: Maintenance) => button(ACTIONS.show, texts.details, String(id));

function windowLines(maintenance: Maintenance): string {
  const { id, name, services, status } = maintenance;
  const { start, end } = currentWindow(maintenance);
  const left = status === 'scheduled' ? texts.starts(formatAgo(start)) : texts.ends(formatAgo(end));
  const names = services.map((service) => service.name);
  return [
    `*${quote(name, 250)}*  (${id})`,
    [localTimes(maintenance), left, ...approvalRemark(maintenance)].join(', '),
    ...(names.length === 0 ? [] : [formatNames(names, 300)]),
  ].join('\n');
}

function pastBlock(maintenance: Maintenance): KnownBlock {
  const { id, name } = maintenance;
  const text = `${heading(maintenance)}: *${quote(name, 250)}*  (${id})\n${localTimes(maintenance)}`;
  return { ...section(text), accessory: detailsButton(maintenance) };
}

/** A line for each day; consecutive days on which nothing is planned share one. */
function calendar({ days, week }: HomeContent): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  let free: Day[] = [];
  const flush = () => {
    const names = [...new Set(free.slice(0, 1).concat(free.slice(-1)))].map((day) => dayName(day, days));
    if (names.length > 0) blocks.push(context([texts.nothingPlanned(names.join(' – '))]));
    free = [];
  };
  for (const day of days) {
    const entries = entriesOnDay(day, week);
    if (entries.length === 0) {
      free.push(day);
      continue;
    }
    flush();
    const lines = formatList(entries, MAX_SHOWN.windowsOfDay, entryLine);
    blocks.push(section([`*${dayName(day, days)}*`, ...lines].join('\n')));
  }
  flush();
  if (week.length >= MAX_SHOWN.calendar) blocks.push(context([texts.calendarCut(MAX_SHOWN.calendar)]));
  return blocks;
}

/** "2:00 AM – 4:00 AM  Postgres upgrade", in the time zone of the person. */
function entryLine({ window, from, until }: Entry<CalendarWindow>): string {
  const sign = window.status === 'in-progress' ? ':construction:' : '•';
  const hours = texts.hours(from && localTime(from), until && localTime(until));
  return `${sign} ${hours}  ${quote(window.name, 80)}  (${window.id})`;
}

/** "Today", "Tomorrow", "Tue 24 Nov". */
function dayName({ date }: Day, days: readonly Day[]): string {
  if (date === days[0]?.date) return texts.today;
  if (date === days[1]?.date) return texts.tomorrow;
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' })
    .format(new Date(`${date}T00:00:00Z`))
    .replaceAll(',', '');
}

/** The services by status, those in trouble first. */
function serviceLines({ shown, total }: Part<Service>): string {
  const rest = total - shown.length;
  const lines = (['down', 'degraded', 'up'] as const).flatMap((status) => {
    const names = shown.filter((service) => service.status === status).map(({ name }) => name);
    return names.length === 0 ? [] : [`${SERVICE_SIGNS[status]} ${status}: ${formatNames(names, 900)}`];
  });
  return [...lines, ...(rest > 0 ? [texts.moreServices(rest)] : [])].join('\n');
}
