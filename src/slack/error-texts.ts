import type { Problem, UserError } from '../core/errors.ts';
import { type OwnTexts, SHARED_TEXTS } from '../error-texts.ts';
import { type ErrorTexts, wordError } from '../errors.ts';
import { formatInstant } from './time.ts';

/** What only readers in Slack need: commands and buttons. */
const OWN_TEXTS: OwnTexts = {
  'fields-changed': ({ fields }) =>
    `${fields.map(fieldLabel).join(', ')} changed since you looked. Look again, and repeat the change.`,
  'maintenance-not-found': ({ ref }) => `There is no maintenance ${ref}. \`/maintenance list\` shows those there are.`,
  'approval-missing': ({ id, approval }) =>
    `Maintenance ${id} ${approval === 'declined' ? 'was declined' : 'is not approved yet'}. A second person approves it: /maintenance approve ${id}.`,
  'series-not-found': ({ ref }) => `There is no series ${ref}. \`/maintenance series\` shows those there are.`,
  'scope-not-found': ({ id }) => `There is no scope ${id}. /maintenance settings shows those there are.`,
  'service-not-found': ({ id }) => `There is no service ${id}. /maintenance services shows those there are.`,
  'check-not-found': ({ id }) => `There is no check ${id}. /maintenance checks shows those there are.`,
  'provider-not-found': ({ name }) =>
    `There is no monitoring system ${name}. /maintenance settings shows those there are.`,
  'checks-not-listable': ({ name }) =>
    `${name} is of a kind that cannot say which checks it has. Add each check that windows should switch in the settings.`,
  'webhook-not-found': ({ id }) => `There is no webhook ${id}. It may have been removed already.`,
};

export const SLACK_TEXTS: ErrorTexts = { ...SHARED_TEXTS, ...OWN_TEXTS };

/** Fields whose label is not simply their name in words. */
const LABELS: Readonly<Record<string, string>> = {
  scheduled_start_date: 'Start',
  scheduled_end_date: 'End',
  duration_minutes: 'Duration',
  external_reference: 'Reference',
  external_link: 'Link',
  timezone: 'Time zone',
};

function fieldLabel(field: string): string {
  return LABELS[field] ?? `${field.charAt(0).toUpperCase()}${field.slice(1)}`.replaceAll('_', ' ');
}

/** @param zone the reader's IANA zone, in which instants are shown */
function instantIn(zone: string): (at: Date) => string {
  return (at) => `${formatInstant(at, zone)} ${zone === 'UTC' ? 'UTC' : `(${zone})`}`;
}

/**
 * A problem in the words of Slack.
 * @param place whether it is shown at its field, which then needs no name
 */
export function slackProblemText(problem: Problem, zone: string, place: 'at its field' | 'elsewhere'): string {
  const subject = place === 'at its field' ? 'This' : fieldLabel(problem.field);
  return wordError(SLACK_TEXTS, problem, { subject, instant: instantIn(zone) });
}

/** An error in the words of Slack, as plain text: those of its problems where it has any, one a line. */
export function slackErrorText(error: UserError, zone = 'UTC'): string {
  if (error.problems.some(({ code }) => code !== error.code)) {
    return error.problems.map((problem) => slackProblemText(problem, zone, 'elsewhere')).join('\n');
  }
  const [about] = error.problems;
  return wordError(SLACK_TEXTS, error, {
    subject: about === undefined ? 'A value' : fieldLabel(about.field),
    instant: instantIn(zone),
  });
}
