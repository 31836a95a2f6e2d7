import type { Button, HomeView, KnownBlock } from '@slack/types';
import { approvalRemark } from '../../approvals/slack/messages.ts';
import type { Service } from '../../catalogue/services/repository.ts';
import { type Actor, isAllowed } from '../../core/permissions.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { currentWindow } from '../../maintenance/rules/times.ts';
import { announcementButtons, heading, localTimes } from '../../maintenance/slack/announcement.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { actions, button, context, divider, formatNames, header, quote, section } from '../../slack/blocks.ts';
import { formatAgo, localTime } from '../../slack/time.ts';
import { EXAMPLE } from '../../texts/slack-help.ts';
import { type Day, type Entry, entriesOnDay, type HomeContent, MAX_SHOWN, type Part } from '../content.ts';
import type { CalendarWindow } from '../repository.ts';

const NOTHING_PLANNED = `Nothing is planned. To plan something, type \`${EXAMPLE}\``;

/** The App Home of one person. It depends on nothing but what is given, so that an unchanged one is recognised. */
export function homeView(actor: Actor, zone: string, content: HomeContent): HomeView {
  if (!isAllowed(actor, 'read')) {
    return home([section('Planned maintenance is shown to members of this workspace. Guests see the announcements.')]);
  }
  const { waiting, recent, services } = content;
  const yours = apartFrom(waiting.shown, content.yours.windows);
  const above = [...waiting.shown, ...yours.shown];
  const active = atMost(MAX_SHOWN.active, apartFrom(above, content.active));
  const next = atMost(MAX_SHOWN.next, apartFrom(above, content.next));
  const elsewhere = [...above, ...active.shown, ...next.shown];
  const own = atMost(MAX_SHOWN.own, apartFrom(elsewhere, content.own));
  return home([
    ...(isAllowed(actor, 'schedule')
      ? [actions('home:plan', [button(ACTIONS.plan, 'Schedule maintenance', 'home', { style: 'primary' })])]
      : []),
    ...(waiting.shown.length === 0 ? [] : [header('To approve'), ...windows(actor, waiting, ''), divider]),
    ...(content.yours.services.total === 0
      ? []
      : [
          header('Your services'),
          section(serviceLines(content.yours.services)),
          ...windows(
            actor,
            yours,
            content.yours.windows.total > 0 ? 'Nothing else is planned for them.' : 'Nothing is planned for them.',
          ),
          divider,
        ]),
    header('Now'),
    ...windows(actor, active, content.active.total > 0 ? 'Nothing else is in progress.' : 'Nothing is in progress.'),
    divider,
    header('Next'),
    ...windows(actor, next, above.length > 0 ? 'Nothing else is planned.' : NOTHING_PLANNED),
    ...(own.shown.length === 0 ? [] : [divider, header('Also yours'), ...windows(actor, own, '')]),
    divider,
    header('The week ahead'),
    ...calendar(content),
    ...(recent.length === 0 ? [] : [divider, header('Recently'), ...recent.map(pastLine)]),
    ...(services.total === 0 ? [] : [divider, header('Services'), section(serviceLines(services))]),
    divider,
    context([`Times are yours, as your Slack is set (${zone}). \`/maintenance help\` shows every command.`]),
  ]);
}

/** Those that are not shown already, so that each is shown once. */
function apartFrom(shown: readonly Maintenance[], { shown: some, total }: Part<Maintenance>): Part<Maintenance> {
  const ids = new Set(shown.map(({ id }) => id));
  const others = some.filter(({ id }) => !ids.has(id));
  return { shown: others, total: total - (some.length - others.length) };
}

function atMost(most: number, { shown, total }: Part<Maintenance>): Part<Maintenance> {
  return { shown: shown.slice(0, most), total };
}

function home(blocks: KnownBlock[]): HomeView {
  return { type: 'home', blocks };
}

function windows(actor: Actor, { shown, total }: Part<Maintenance>, none: string): KnownBlock[] {
  if (shown.length === 0) return [context([none])];
  const rest = total - shown.length;
  return [
    ...shown.flatMap((maintenance) => [
      section(lines(maintenance)),
      actions(`home:${maintenance.id}`, [
        ...(isAllowed(actor, 'comment') ? announcementButtons(maintenance) : []),
        details(maintenance),
      ]),
    ]),
    ...(rest > 0 ? [context([`and ${rest} more: \`/maintenance list\``])] : []),
  ];
}

function details({ id }: Maintenance): Button {
  return button(ACTIONS.show, 'Details', String(id));
}

function lines(maintenance: Maintenance): string {
  const { id, status } = maintenance;
  const { start, end } = currentWindow(maintenance);
  const left = status === 'scheduled' ? `starts ${formatAgo(start)}` : `ends ${formatAgo(end)}`;
  return [
    `*${quote(maintenance.name, 250)}*  (${id})`,
    [localTimes(maintenance), left, ...approvalRemark(maintenance)].join(', '),
    ...servicesOf(maintenance),
  ].join('\n');
}

function servicesOf({ services }: Maintenance): string[] {
  if (services.length === 0) return [];
  return [
    formatNames(
      services.map(({ name }) => name),
      300,
    ),
  ];
}

function pastLine(maintenance: Maintenance): KnownBlock {
  return {
    ...section(
      `${heading(maintenance)}: *${quote(maintenance.name, 250)}*  (${maintenance.id})\n${localTimes(maintenance)}`,
    ),
    accessory: details(maintenance),
  };
}

/** A line for each day; those in a row on which nothing is planned share one. */
function calendar({ days, week }: HomeContent): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  let free: Day[] = [];
  const flush = () => {
    const [first] = free;
    const last = free.at(-1);
    if (first === undefined || last === undefined) return;
    const span = first === last ? dayName(first, days) : `${dayName(first, days)} – ${dayName(last, days)}`;
    blocks.push(context([`${span}: nothing planned`]));
    free = [];
  };
  for (const day of days) {
    const entries = entriesOnDay(day, week);
    if (entries.length === 0) {
      free.push(day);
      continue;
    }
    flush();
    const shown = entries.slice(0, MAX_SHOWN.windowsOfDay);
    const rest = entries.length - shown.length;
    blocks.push(
      section(
        [`*${dayName(day, days)}*`, ...shown.map(entryLine), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'),
      ),
    );
  }
  flush();
  if (week.length >= MAX_SHOWN.calendar) {
    blocks.push(context([`There are more: this calendar shows the first ${MAX_SHOWN.calendar} windows of the week.`]));
  }
  return blocks;
}

/** "2:00 AM – 4:00 AM  Postgres upgrade", as the person's Slack shows times. */
function entryLine({ window, from, until }: Entry<CalendarWindow>): string {
  const sign = window.status === 'in-progress' ? ':construction:' : '•';
  return `${sign} ${part(from, until)}  ${quote(window.name, 80)}  (${window.id})`;
}

function part(from: Date | undefined, until: Date | undefined): string {
  if (from === undefined) return until === undefined ? 'all day' : `until ${localTime(until)}`;
  return until === undefined ? `from ${localTime(from)}` : `${localTime(from)} – ${localTime(until)}`;
}

/** "Today", "Tomorrow", "Tue 24 Nov". */
function dayName({ date }: Day, days: readonly Day[]): string {
  if (date === days[0]?.date) return 'Today';
  if (date === days[1]?.date) return 'Tomorrow';
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' })
    .format(new Date(`${date}T00:00:00Z`))
    .replaceAll(',', '');
}

const SIGNS = { up: ':large_green_circle:', degraded: ':large_yellow_circle:', down: ':red_circle:' } as const;

/** The services by status, those in trouble first. */
function serviceLines({ shown, total }: Part<Service>): string {
  const rest = total - shown.length;
  const lines = (['down', 'degraded', 'up'] as const).flatMap((status) => {
    const called = shown.filter((service) => service.status === status).map(({ name }) => name);
    return called.length === 0 ? [] : [`${SIGNS[status]} ${status}: ${formatNames(called, 900)}`];
  });
  return [...lines, ...(rest > 0 ? [`and ${rest} more: \`/maintenance services\``] : [])].join('\n');
}
