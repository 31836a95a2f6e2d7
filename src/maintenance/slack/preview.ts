import type { Button, KnownBlock } from '@slack/types';
import type { Check } from '../../checks/repository.ts';
import { type PlainField, pick, shownText } from '../../core/fields.ts';
import type { Interval } from '../../core/time.ts';
import { freezeLines } from '../../freezes/slack/messages.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  context,
  formatNames,
  type Message,
  quote,
  SLACK_LIMITS,
  section,
  truncateBlocks,
} from '../../slack/blocks.ts';
import { formatInstant, formatWindow } from '../../slack/time.ts';
import type { Preview } from '../commands/schedule.ts';
import { CONTENT_FIELDS, type Content } from '../fields.ts';
import { formatDuration } from '../rules/status.ts';
import { formatTimes, SERVICE_WORDS } from './announcement.ts';
import type { DraftContent, DraftSeries, DraftWindow } from './drafts.ts';

/** The longest list of names in a preview; the whole is on the announcement's thread and in the list of checks. */
const NAMES = 400;
const LEFT_ALONE = 150;
const OVERLAPS = 5;
/** The most that all remarks say together (characters): with what was understood they stay within a message. */
const REMARKS = 5500;

/**
 * How Lull understood a sentence, shown before anything is done.
 * @param zone the IANA zone of whoever looks, shown beside UTC
 * @param services the names of the window's services
 */
export function previewMessage(
  draftId: string,
  window: DraftWindow,
  services: readonly string[],
  zone: string,
  meant: Preview,
): Message {
  const lines = [
    `*When*  ${formatWindow(window, zone)}`,
    ...(zone === 'UTC' ? [] : [`*UTC*  ${formatWindow(window, 'UTC')}`]),
    ...(window.timezone === zone || window.timezone === 'UTC'
      ? []
      : [`*As said*  ${formatWindow(window, window.timezone)}`]),
    `*How long*  ${formatDuration(window.end.getTime() - window.start.getTime())}`,
    ...whatLines(window, services, meant),
  ];
  return {
    text: `Preview: ${quote(window.name, 250)}, ${formatWindow(window, zone)}`,
    blocks: [
      section(`*${quote(window.name, 250)}*\n${truncateBlocks(lines.join('\n'), SLACK_LIMITS.section - 300)}`),
      ...remarks([...remarksOn(window), ...overlapLines(meant, zone)]),
      actions(`draft:${draftId}`, [
        ...scheduleButton(draftId, meant),
        button(ACTIONS.edit, 'Edit...', draftId),
        button(ACTIONS.discard, 'Discard', draftId),
      ]),
    ],
  };
}

/** How a recurring window goes on: its line in words, its next runs, and what the next clock change does to it. */
export interface Forecast {
  readonly words: string;
  readonly next: readonly Interval[];
  readonly clockChange: (Interval & { readonly notice: string }) | undefined;
}

/** The same for a recurring window. `zone` is that of whoever looks; the series keeps to its own. */
export function seriesPreview(
  draftId: string,
  series: DraftSeries,
  services: readonly string[],
  zone: string,
  meant: Preview,
  { words, next, clockChange }: Forecast,
): Message {
  const lines = [
    `*Repeats*  ${quote(words, 300)}, ${series.timezone} time (\`${quote(series.cron, 100)}\`)`,
    `*How long*  ${formatDuration(series.durationMinutes * 60_000)} each`,
    ...whatLines(series, services, meant),
    '*Next runs*',
    ...next.map((run) => `• ${formatWindow(run, zone)}`),
  ];
  // The runs of a series are not refused: their threads tell of a freeze.
  const told = meant.freezes.map((freeze) => ({ ...freeze, effect: 'warn' as const }));
  const change =
    clockChange === undefined
      ? []
      : [`:information_source: ${formatInstant(clockChange.start, zone)} (${zone}): ${clockChange.notice}`];
  return {
    text: `Preview: ${quote(series.name, 250)}, ${quote(words, 300)}`,
    blocks: [
      section(`*${quote(series.name, 250)}*\n${truncateBlocks(lines.join('\n'), SLACK_LIMITS.section - 300)}`),
      ...remarks([...remarksOn(series), ...change, ...overlapLines({ ...meant, freezes: told }, zone)]),
      actions(`draft:${draftId}`, [
        button(ACTIONS.scheduleSeries, 'Schedule', draftId, { style: 'primary' }),
        button(ACTIONS.edit, 'Edit...', draftId),
        button(ACTIONS.discard, 'Discard', draftId),
      ]),
    ],
  };
}

function whatLines(understood: DraftContent, services: readonly string[], meant: Preview): string[] {
  return [
    ...(services.length === 0
      ? []
      : [`*Services*  ${formatNames(services, NAMES)}, ${SERVICE_WORDS[understood.serviceStatus]}`]),
    `*Checks switched off*  ${checksLine(meant)}`,
    ...chosenBy(understood),
    `*Announced in*  ${channelsLine(meant)}`,
    ...fieldLines(understood),
    ...(understood.visibility === 'internal' ? ['*Internal*  not announced in public channels'] : []),
  ];
}

function fieldLines(understood: Content): string[] {
  const given: Readonly<Record<string, string | null>> = pick(CONTENT_FIELDS, understood);
  return Object.entries<PlainField>(CONTENT_FIELDS).flatMap(([property, field]) => {
    const text = shownText(field, given[property] ?? null);
    const { preview } = field.shown;
    return preview === undefined || text === '' ? [] : [`*${preview.label}*  ${quote(text, preview.maxChars)}`];
  });
}

/** A freeze that blocks leaves the button only to those who may override it. */
function scheduleButton(draftId: string, { freezes, mayOverride }: Preview): Button[] {
  if (!freezes.some(({ effect }) => effect === 'block')) {
    return [button(ACTIONS.schedule, 'Schedule', draftId, { style: 'primary' })];
  }
  return mayOverride ? [button(ACTIONS.override, 'Schedule anyway...', draftId, { style: 'danger' })] : [];
}

function remarksOn({ assumed, notices }: DraftContent): string[] {
  return [
    ...assumed.map((assumption) => `:grey_question: Assumed: ${quote(assumption, 300)}`),
    ...notices.map((notice) => `:information_source: ${quote(notice, 500)}`),
  ];
}

/** All of them, for what was assumed and what it overlaps is what a preview is for; too much of it is cut in each. */
function remarks(all: readonly string[]): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  const length = all.reduce((sum, line) => sum + line.length, 0);
  const lines = length <= REMARKS ? all : all.map((line) => truncateBlocks(line, Math.floor(REMARKS / all.length)));
  for (let i = 0; i < lines.length; i += SLACK_LIMITS.contextElements) {
    blocks.push(context(lines.slice(i, i + SLACK_LIMITS.contextElements)));
  }
  return blocks;
}

function checksLine({ checks, leftAlone }: Preview): string {
  const alone = leftAlone.length === 0 ? '' : `; ${untouchedChecksText(leftAlone)}`;
  if (checks.length === 0) return `none${alone}`;
  const off = checks.filter(({ enabled, mutedBy }) => !enabled && mutedBy.length === 0).length;
  const list = formatNames(
    checks.map((check) => check.name),
    NAMES,
  );
  const already = off === 0 ? '' : `; ${off} ${off === 1 ? 'is' : 'are'} off already and will stay so`;
  return `${checks.length}: ${list}${already}${alone}`;
}

/** That checks are not switched off: "2 of a disabled system (icinga) are left alone: db1, db2". At least one. */
export function untouchedChecksText(checks: readonly Check[]): string {
  const systems = [...new Set(checks.map(({ provider }) => provider))].sort();
  const whose = systems.length === 1 ? 'a disabled system' : 'disabled systems';
  const are = checks.length === 1 ? 'is' : 'are';
  const called = formatNames(
    checks.map(({ name }) => name),
    LEFT_ALONE,
  );
  return `${checks.length} of ${whose} (${formatNames(systems, LEFT_ALONE)}) ${are} left alone: ${called}`;
}

function chosenBy({ selector }: DraftContent): string[] {
  if (selector === null) return [];
  const when = selector.follows ? 'kept up to date while it runs' : 'chosen anew at the start';
  return [`*With those that are*  \`${quote(selector.text, 300)}\`, ${when}`];
}

function channelsLine({ destinations }: Preview): string {
  if (destinations.length === 0) return 'no channel. Subscribe one, or set LULL_DEFAULT_CHANNEL.';
  const shown = destinations.slice(0, 20).map(({ channel }) => `<#${channel}>`);
  const rest = destinations.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** What stands in its way and what it overlaps, a line each, in the zone of whoever looks. */
export function overlapLines({ overlaps, freezes, mayOverride, needsApproval }: Preview, zone: string): string[] {
  const frozen = freezeLines(freezes, zone);
  if (freezes.some(({ effect }) => effect === 'block')) {
    const advice = mayOverride
      ? 'or give a reason to do it all the same.'
      : 'or ask an admin to schedule it with a reason.';
    frozen.push(`:snowflake: Choose another time, ${advice}`);
  }
  const approval = needsApproval ? [':hourglass: It starts only once a second person has approved it.'] : [];
  const shown = overlaps
    .slice(0, OVERLAPS)
    .map(
      (other) =>
        `:warning: Overlaps with maintenance ${other.id}, ${quote(other.name, 100)}: ${formatTimes(other, zone)}`,
    );
  const rest = overlaps.length - shown.length;
  return [...frozen, ...approval, ...shown, ...(rest > 0 ? [`:warning: and with ${rest} more`] : [])];
}
