import type { Button, KnownBlock } from '@slack/types';
import type { Check } from '../../checks/repository.ts';
import { type PlainField, pick, shownText } from '../../core/fields.ts';
import type { Interval } from '../../core/time.ts';
import { describeReasons } from '../../freezes/rules.ts';
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
import { maintenanceForms } from '../../texts/slack-forms.ts';
import { maintenanceMessages } from '../../texts/slack-messages.ts';
import type { Preview } from '../commands/schedule.ts';
import { CONTENT_FIELDS, type Content } from '../fields.ts';
import { formatDuration } from '../rules/status.ts';
import { formatTimes } from './announcement.ts';
import type { DraftContent, DraftSeries, DraftWindow } from './drafts.ts';

const texts = maintenanceMessages.preview;

/** The longest list of names in a preview; the announcement's thread and the list of checks have all. */
const MAX_NAMES_CHARS = 400;
const MAX_UNTOUCHED_CHARS = 150;
/** The most that all remarks say together (characters), so that the preview stays within a message. */
const MAX_REMARKS_CHARS = 5500;

/** @param services their names. @param zone the IANA zone of the reader, shown next to UTC */
export function previewMessage(
  draftId: string,
  window: DraftWindow,
  services: readonly string[],
  zone: string,
  forecast: Preview,
): Message {
  const when = formatWindow(window, zone);
  const lines = [
    texts.line('when', when),
    ...(zone === 'UTC' ? [] : [texts.line('utc', formatWindow(window, 'UTC'))]),
    ...(window.timezone === zone || window.timezone === 'UTC'
      ? []
      : [texts.line('written', formatWindow(window, window.timezone))]),
    texts.line('duration', formatDuration(window.end.getTime() - window.start.getTime())),
    ...contentLines(window, services, forecast),
  ];
  const remarks = [...remarksOn(window), ...overlapLines(forecast, zone)];
  return drawPreview(draftId, window, when, lines, remarks, scheduleButton(draftId, forecast));
}

/** How a recurring window continues: its rule in words, and the effect of the next clock change. */
export interface Forecast {
  readonly words: string;
  readonly clockChange: (Interval & { readonly notice: string }) | undefined;
}

/** `zone` is that of the reader; the series keeps its own. */
export function seriesPreview(
  draftId: string,
  series: DraftSeries,
  services: readonly string[],
  zone: string,
  forecast: Preview,
  { words, clockChange }: Forecast,
): Message {
  const recurrence = quote(words, 300);
  const lines = [
    texts.repeats(recurrence, series.timezone, quote(series.cron, 100)),
    texts.line('duration', texts.each(formatDuration(series.durationMinutes * 60_000))),
    ...contentLines(series, services, forecast),
    texts.nextRuns,
    ...forecast.runs.map((run) => {
      const reasons = describeReasons(run.freezes);
      return `• ${formatWindow(run, zone)}${reasons === null ? '' : texts.frozenRun(quote(reasons, 200))}`;
    }),
  ];
  // Those that block do not block the series: they skip some of its runs.
  const freezes = forecast.freezes.filter(({ effect }) => effect === 'warn');
  const remarks = [
    ...remarksOn(series),
    ...(clockChange === undefined
      ? []
      : [`:information_source: ${formatInstant(clockChange.start, zone)} (${zone}): ${clockChange.notice}`]),
    ...overlapLines({ ...forecast, freezes }, zone),
  ];
  return drawPreview(draftId, series, recurrence, lines, remarks, [
    button(ACTIONS.scheduleSeries, maintenanceForms.buttons.schedule, draftId, { style: 'primary' }),
  ]);
}

function drawPreview(
  draftId: string,
  { name }: DraftContent,
  when: string,
  lines: readonly string[],
  remarks: readonly string[],
  schedule: readonly Button[],
): Message {
  const title = quote(name, 250);
  return {
    text: texts.summary(title, when),
    blocks: [
      section(`*${title}*\n${truncateBlocks(lines.join('\n'), SLACK_LIMITS.section - 300)}`),
      ...remarkBlocks(remarks),
      actions(`draft:${draftId}`, [
        ...schedule,
        button(ACTIONS.edit, maintenanceForms.buttons.editDraft, draftId),
        button(ACTIONS.discard, maintenanceForms.buttons.discard, draftId),
      ]),
    ],
  };
}

function contentLines(draft: DraftContent, services: readonly string[], forecast: Preview): string[] {
  const { selector } = draft;
  const status = shownText(CONTENT_FIELDS.serviceStatus, draft.serviceStatus);
  return [
    ...(services.length === 0 ? [] : [texts.line('services', `${formatNames(services, MAX_NAMES_CHARS)}, ${status}`)]),
    texts.line('checks', checksLine(forecast)),
    ...(selector === null ? [] : [texts.line('selector', texts.selector(quote(selector.text, 300), selector.follows))]),
    texts.line('channels', channelsLine(forecast)),
    ...fieldLines(draft),
    ...(draft.visibility === 'internal' ? [texts.line('internal', texts.notInPublic)] : []),
  ];
}

function fieldLines(content: Content): string[] {
  const values: Readonly<Record<string, string | null>> = pick(CONTENT_FIELDS, content);
  return Object.entries<PlainField>(CONTENT_FIELDS).flatMap(([property, field]) => {
    const text = shownText(field, values[property] ?? null);
    const { preview } = field.shown;
    return preview === undefined || text === '' ? [] : [`*${preview.label}*  ${quote(text, preview.maxChars)}`];
  });
}

/** A freeze that blocks leaves the button only to those who may override it. */
function scheduleButton(draftId: string, { freezes, mayOverride }: Preview): Button[] {
  const { schedule, scheduleAnyway } = maintenanceForms.buttons;
  if (!freezes.some(({ effect }) => effect === 'block')) {
    return [button(ACTIONS.schedule, schedule, draftId, { style: 'primary' })];
  }
  return mayOverride ? [button(ACTIONS.override, scheduleAnyway, draftId, { style: 'danger' })] : [];
}

function remarksOn({ assumed, notices }: DraftContent): string[] {
  return [
    ...assumed.map((assumption) => texts.assumed(quote(assumption, 300))),
    ...notices.map((notice) => `:information_source: ${quote(notice, 500)}`),
  ];
}

/** All of them, for assumptions and overlaps are what a preview is for; too much of it is cut in each. */
function remarkBlocks(remarks: readonly string[]): KnownBlock[] {
  const length = remarks.reduce((sum, line) => sum + line.length, 0);
  const most = length <= MAX_REMARKS_CHARS ? MAX_REMARKS_CHARS : Math.floor(MAX_REMARKS_CHARS / remarks.length);
  const lines = remarks.map((line) => truncateBlocks(line, most));
  const blocks: KnownBlock[] = [];
  for (let i = 0; i < lines.length; i += SLACK_LIMITS.contextElements) {
    blocks.push(context(lines.slice(i, i + SLACK_LIMITS.contextElements)));
  }
  return blocks;
}

function checksLine({ checks, leftAlone }: Preview): string {
  const untouched = leftAlone.length === 0 ? '' : `; ${untouchedChecksText(leftAlone)}`;
  if (checks.length === 0) return `${texts.noChecks}${untouched}`;
  const off = checks.filter(({ enabled, mutedBy }) => !enabled && mutedBy.length === 0).length;
  const names = formatNames(
    checks.map(({ name }) => name),
    MAX_NAMES_CHARS,
  );
  return `${checks.length}: ${names}${off === 0 ? '' : texts.alreadyMuted(off)}${untouched}`;
}

/** That checks are not muted: "2 of a disabled system (icinga) are left alone: db1, db2". At least one. */
export function untouchedChecksText(checks: readonly Check[]): string {
  const systems = [...new Set(checks.map(({ provider }) => provider))].sort();
  const names = checks.map(({ name }) => name);
  return texts.untouched(
    { count: checks.length, names: formatNames(names, MAX_UNTOUCHED_CHARS) },
    { count: systems.length, names: formatNames(systems, MAX_UNTOUCHED_CHARS) },
  );
}

function channelsLine({ destinations }: Preview): string {
  if (destinations.length === 0) return texts.noChannel;
  const shown = destinations.slice(0, 20).map(({ channel }) => `<#${channel}>`);
  const rest = destinations.length - shown.length;
  return shown.join(', ') + (rest > 0 ? texts.more(rest) : '');
}

/** What blocks it and what it overlaps, a line each, in the zone of the reader. */
export function overlapLines(
  { overlaps, overlapCount, freezes, mayOverride, needsApproval }: Preview,
  zone: string,
): string[] {
  const blocked = freezes.some(({ effect }) => effect === 'block');
  return [
    ...freezeLines(freezes, zone),
    ...(blocked ? [texts.blocked(mayOverride)] : []),
    ...(needsApproval ? [texts.needsApproval] : []),
    ...overlaps.map((other) => texts.overlap(other.id, quote(other.name, 100), formatTimes(other, zone))),
    ...(overlapCount > overlaps.length ? [texts.moreOverlaps(overlapCount - overlaps.length)] : []),
  ];
}
