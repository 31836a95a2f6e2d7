import type { KnownBlock } from '@slack/types';
import type { Preview } from '../../actions/preview.ts';
import { durationInWords } from '../../domain/maintenance.ts';
import type { DraftWindow } from '../draft.ts';
import { ACTIONS } from './action-ids.ts';
import { SERVICE_WORDS } from './announcement.ts';
import { actions, button, context, LIMITS, names, quote, section, shorten } from './blocks.ts';
import type { Message } from './message.ts';
import { between } from './time.ts';

/** The longest list of names in a preview; the whole is on the announcement's thread and in the list of checks. */
const NAMES = 600;
const OVERLAPS = 5;

/**
 * What was understood, before anything is done (rule 7).
 * @param zone the IANA zone of whoever looks, shown beside UTC
 * @param services the names of the window's services
 */
export function preview(
  draftId: string,
  window: DraftWindow,
  services: readonly string[],
  zone: string,
  meant: Preview,
): Message {
  const lines = [
    `*When*  ${between(window, zone)}`,
    ...(zone === 'UTC' ? [] : [`*UTC*  ${between(window, 'UTC')}`]),
    ...(window.timezone === zone || window.timezone === 'UTC'
      ? []
      : [`*As said*  ${between(window, window.timezone)}`]),
    `*How long*  ${durationInWords(window.end.getTime() - window.start.getTime())}`,
    ...(services.length === 0 ? [] : [`*Services*  ${names(services, NAMES)}, ${SERVICE_WORDS[window.serviceStatus]}`]),
    `*Checks switched off*  ${checksLine(meant)}`,
    `*Announced in*  ${channelsLine(meant)}`,
    ...(window.description === '' ? [] : [`*Description*  ${quote(window.description, 500)}`]),
    ...(window.externalReference === null ? [] : [`*Reference*  ${quote(window.externalReference, 200)}`]),
    ...(window.externalLink === null ? [] : [`*Link*  ${quote(window.externalLink, 300)}`]),
    ...(window.visibility === 'internal' ? ['*Internal*  not announced in public channels'] : []),
  ];
  const remarks = [
    ...window.assumed.map((assumption) => `:grey_question: Assumed: ${quote(assumption, 300)}`),
    ...window.notices.map((notice) => `:information_source: ${quote(notice, 500)}`),
    ...overlapLines(meant, zone),
  ];
  const blocks: KnownBlock[] = [
    section(`*${quote(window.name, 250)}*\n${shorten(lines.join('\n'), LIMITS.section - 300)}`),
    ...(remarks.length === 0 ? [] : [context(remarks)]),
    actions(`draft:${draftId}`, [
      button(ACTIONS.schedule, 'Schedule', draftId, { style: 'primary' }),
      button(ACTIONS.edit, 'Edit...', draftId),
      button(ACTIONS.discard, 'Discard', draftId),
    ]),
  ];
  return { text: `Preview: ${quote(window.name, 250)}, ${between(window, zone)}`, blocks };
}

function checksLine({ checks }: Preview): string {
  if (checks.length === 0) return 'none';
  const list = names(
    checks.map((check) => check.name),
    NAMES,
  );
  return `${checks.length}: ${list}`;
}

function channelsLine({ destinations }: Preview): string {
  if (destinations.length === 0) return 'no channel. Subscribe one, or set LULL_DEFAULT_CHANNEL.';
  const shown = destinations.slice(0, 20).map(({ channel }) => `<#${channel}>`);
  const rest = destinations.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function overlapLines({ overlaps }: Preview, zone: string): string[] {
  const shown = overlaps
    .slice(0, OVERLAPS)
    .map(
      (other) =>
        `:warning: Overlaps with maintenance ${other.id}, ${quote(other.name, 100)}: ${between(
          { start: other.scheduledStart, end: other.scheduledEnd },
          zone,
        )}`,
    );
  const rest = overlaps.length - shown.length;
  return rest > 0 ? [...shown, `:warning: and with ${rest} more`] : shown;
}
